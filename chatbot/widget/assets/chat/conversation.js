/** The chat itself: the transcript, what is being answered, and the sheets on top. */
import { Problem } from "./api.js";
import { Composer } from "./composer.js";
import { button, el, icon } from "./dom.js";
import { remindOfBreak } from "./guardian.js";
import { handoffDraft, handoffSheet } from "./handoff.js";
import { spoken } from "./markdown.js";
import { failedSheet } from "./sheets.js";
import { replyEvents } from "./stream.js";
import { Transcript } from "./transcript.js";
import { TurnView } from "./turn-view.js";
import { applyEvent, newTurn } from "./turn.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").Turn} Turn */

/** How long a stopped reply may take to say so itself. */
const STOP_PATIENCE_MS = 3000;

/** Whether a rule stopped the chat at this message. @param {Turn} turn */
const isHeld = ({ problem }) => problem instanceof Problem && problem.reference !== "";

/** A reply that is being written goes on in the same conversation, in whatever language it is drawn. @param {App} app */
export function chatView(app) {
  const { conversation, turns } = app;
  const running = conversation?.answering && turns.includes(conversation.answering);
  return (running ? conversation : new Conversation(app)).draw();
}

export class Conversation {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    app.conversation = this;
    this.abort = new AbortController();
    /** @type {Turn | null} */ this.answering = null;
    /** @type {Composer} */ this.composer;
    /** @type {Transcript} */ this.transcript;
    this.node = this.main = el("div");
  }

  /** Its nodes, in the language on show. */
  draw() {
    const { app } = this;
    this.composer = new Composer(app, { send: (text) => this.say(text), stop: () => this.stop() });
    this.transcript = new Transcript(this);
    const { node, latest } = this.transcript;
    this.composer.node.hidden = app.turns.some(isHeld);
    this.main = el("div", { class: "chat" }, node, latest, this.composer.node, this.#buildFoot());
    this.node = el("div", { class: "layers" }, this.main);
    queueMicrotask(() => this.#begin());
    if (app.session?.child) remindOfBreak(app, this.main).catch(() => {});
    return this.node;
  }

  #buildFoot() {
    const { t } = this.app;
    return el(
      "div",
      { class: "chat-foot" },
      button("text-button", () => this.openHandoff(), icon("person"), t("person_button")),
      button("text-button", () => this.#openPrivacy(), icon("shield"), t("privacy_button")),
    );
  }

  /** A reply that was under way in an earlier page view goes on; a message that waited is sent. */
  #begin() {
    this.transcript.toEnd();
    if (this.answering) return this.#busy(this.answering);
    const open = this.app.turns.find((turn) => turn.status === "waiting" || turn.status === "streaming");
    const { pending } = this.app;
    this.app.pending = null;
    if (open) this.app.quiet = this.#answer(open, true);
    else if (pending) this.#ask(pending);
  }

  /** @param {string} text */
  say(text) {
    if (!this.answering) this.#ask(newTurn(text));
  }

  /** @param {Turn} turn */
  #ask(turn) {
    this.app.turns.push(turn);
    this.transcript.add(turn);
    this.transcript.toEnd();
    this.app.quiet = this.#answer(turn);
  }

  /** Sends a message again, with the key it had. @param {Turn} turn */
  retry(turn) {
    if (this.answering) return;
    Object.assign(turn, { ...newTurn(turn.text), key: turn.key });
    this.transcript.renew(turn);
    this.app.quiet = this.#answer(turn);
    this.composer.focus();
  }

  /** Takes a message back into the composer, to be changed. @param {Turn} turn */
  edit(turn) {
    this.app.turns = this.app.turns.filter((other) => other !== turn);
    TurnView.of(turn)?.node.remove();
    this.composer.write(turn.text);
  }

  /** @param {Turn} turn @param {boolean} [again] resume instead of sending */
  async #answer(turn, again = false) {
    this.#busy(turn);
    this.app.announce(this.app.t("answering"));
    try {
      await this.app.told;
      for await (const event of this.#events(turn, again)) this.#take(turn, event);
    } catch (error) {
      if (await this.#setAside(turn, error)) return;
      this.#fail(turn, error);
    }
    this.#busy(null);
    this.transcript.draw(turn);
    this.#say(turn);
    if (isHeld(turn)) this.#hold();
  }

  /** @param {Turn} turn @param {boolean} again */
  #events(turn, again) {
    const { api } = this.app;
    const session = /** @type {import("./types.js").Session} */ (this.app.session);
    this.abort = new AbortController();
    const body = { text: turn.text, ...(session.sealed ? { state: session.sealed } : {}) };
    return replyEvents({
      open: (signal) => (again ? api.resume(session.id, "", signal) : api.send(session.id, body, turn.key, signal)),
      resume: (last, signal) => api.resume(session.id, last, signal),
      signal: this.abort.signal,
    });
  }

  /** @param {Turn} turn @param {import("./types.js").StreamEvent} event */
  #take(turn, event) {
    if (event.event === "error") throw new Problem(event.data);
    if (event.data?.state && this.app.session) this.app.session.sealed = event.data.state;
    applyEvent(turn, event);
    this.transcript.draw(turn);
  }

  /** @param {Turn} turn @param {unknown} error */
  #fail(turn, error) {
    if (this.abort.signal.aborted) turn.status = "stopped";
    else Object.assign(turn, { status: "failed", problem: error instanceof Error ? error : new Error("unknown") });
  }

  /** Refusals that ask the visitor something first; the message waits meanwhile. @param {Turn} turn @param {unknown} error */
  async #setAside(turn, error) {
    const code = error instanceof Problem ? error.code : "";
    if (code === "consent_stale" || code === "consent_required") {
      await this.app.askAgain(turn).catch((cause) => this.#fail(turn, cause));
      return turn.status !== "failed";
    }
    const gone = code === "not_found" && !turn.id;
    if (!gone && !["unauthorized", "age_required", "state_invalid"].includes(code)) return false;
    this.app.startOver(turn);
    return true;
  }

  /** Nothing more is read here: no box invites to write, and what can be done is in sight. */
  #hold() {
    this.composer.node.hidden = true;
    requestAnimationFrame(() => {
      this.transcript.toEnd();
      this.node.querySelector(".held")?.focus();
    });
  }

  /** Stops the model, and the wait for it. */
  async stop() {
    const { abort, app } = this;
    setTimeout(() => this.answering && abort === this.abort && abort.abort(), STOP_PATIENCE_MS);
    await app.api.stop(app.session?.id ?? "").catch(() => abort.abort());
  }

  /** @param {Turn | null} turn */
  #busy(turn) {
    this.answering = turn;
    this.composer.answering(turn !== null);
    if (turn) this.transcript.draw(turn);
  }

  /** The whole reply at once, for those who listen. @param {Turn} turn */
  #say(turn) {
    const { t } = this.app;
    if (turn.problem || !this.node.isConnected) return;
    const heard = spoken(turn.reply) || t("stopped");
    this.app.announce(`${t("reply_announced")} ${heard}`);
  }

  /** @param {string} [message] */
  openHandoff(message = "") {
    const draft = handoffDraft(message);
    this.openSheet((app) => handoffSheet(app, draft));
  }

  /** The preference centre is fetched when it is wanted: most visitors only chat. */
  async #openPrivacy() {
    try {
      const { privacySheet } = await import("./privacy.js");
      const now = this.app.conversation; // in another language by now, perhaps
      if (!this.app.sheet && now?.node.isConnected) now.openSheet(privacySheet);
    } catch {
      this.openSheet((app) => failedSheet(app, new Problem({ code: "offline" })));
    }
  }

  /** Shows a sheet over the chat; what is below is out of reach until it closes.
   * @param {import("./sheets.js").Sheet} make @param {boolean} [focus] false when it only comes back */
  openSheet(make, focus = true) {
    const root = /** @type {ShadowRoot} */ (this.node.getRootNode());
    const opener = /** @type {HTMLElement | null} */ (focus ? root.activeElement : null);
    const sheet = make(this.app, this);
    this.app.sheet = make;
    this.main.inert = true;
    this.node.append(sheet);
    if (focus) /** @type {HTMLElement | null} */ (sheet.querySelector("[data-focus]"))?.focus();
    this.app.closeSheet = () => {
      this.app.closeSheet = () => false;
      this.app.sheet = null;
      this.main.inert = false;
      this.transcript.tellState();
      sheet.remove();
      (opener?.isConnected ? opener : this.composer).focus();
      return true;
    };
  }
}
