/** The chat itself: the transcript, what is being answered, and the sheets on top. */
import { Problem } from "./api.js";
import { Composer } from "./composer.js";
import { button, el, icon } from "./dom.js";
import { handoffSheet } from "./handoff.js";
import { spoken } from "./markdown.js";
import { privacySheet } from "./privacy.js";
import { replyEvents } from "./stream.js";
import { TurnView } from "./turn-view.js";
import { applyEvent, newTurn } from "./turn.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").Turn} Turn */

/** How close to the end still counts as reading the end, in pixels. */
const NEAR_END = 80;

/** How long a stopped reply may take to say so itself. */
const STOP_PATIENCE_MS = 3000;

/** @param {App} app */
export function chatView(app) {
  return new Conversation(app).node;
}

export class Conversation {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.abort = new AbortController();
    /** @type {Turn | null} */ this.answering = null;
    this.composer = new Composer(app, { send: (text) => this.say(text), stop: () => this.stop() });
    this.list = el("div", { class: "turns" });
    this.latest = button("latest", () => this.#toEnd(), icon("latest"), el("span", { class: "unseen" }, app.t("latest")));
    this.latest.hidden = true;
    this.log = this.#buildLog();
    this.main = el("div", { class: "chat" }, this.log, this.latest, this.composer.node, this.#buildFoot());
    this.node = el("div", { class: "layers" }, this.main);
    for (const turn of app.turns) this.#add(turn);
    queueMicrotask(() => this.#begin());
  }

  #buildLog() {
    const { t } = this.app;
    const log = el("div", { class: "log", role: "log", "aria-live": "off", "aria-label": t("transcript"), tabindex: "0" });
    log.append(this.#buildIntro(), this.list);
    log.addEventListener("scroll", () => (this.latest.hidden = this.#atEnd()), { passive: true });
    return log;
  }

  #buildIntro() {
    const { t, notice, session, earlier } = this.app;
    const state = t(session?.state === "stored" ? "state_stored" : "state_ephemeral");
    this.suggestions = el("div", { class: "suggestions" }, ["suggestion_1", "suggestion_2", "suggestion_3"].map((key) =>
      button("suggestion", () => this.say(t(key)), t(key)),
    ));
    this.suggestions.hidden = this.app.turns.length > 0;
    this.more = button("text-button", () => this.#showEarlier(), t("earlier"));
    this.more.hidden = !earlier;
    return el(
      "div",
      { class: "intro" },
      el("p", { class: "disclosure" }, icon("spark"), el("span", {}, notice?.disclosure)),
      el("p", { class: "quiet" }, state),
      this.more,
      this.suggestions,
    );
  }

  #buildFoot() {
    const { t } = this.app;
    return el(
      "div",
      { class: "chat-foot" },
      button("text-button", () => this.openHandoff(), icon("person"), t("talk_to_person")),
      button("text-button", () => this.openSheet(privacySheet(this.app, this)), icon("shield"), t("privacy_menu")),
    );
  }

  /** A reply that was under way in an earlier page view goes on; a message that waited is sent. */
  #begin() {
    this.#toEnd();
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
    this.#add(turn);
    this.#toEnd();
    this.app.quiet = this.#answer(turn);
  }

  /** Sends a message again, with the key it had. @param {Turn} turn */
  retry(turn) {
    Object.assign(turn, { status: "waiting", problem: null, notices: [], handoff: null });
    this.app.quiet = this.#answer(turn);
    this.composer.focus();
  }

  /** Takes a message back into the composer, to be changed. @param {Turn} turn */
  edit(turn) {
    this.app.turns = this.app.turns.filter((other) => other !== turn);
    TurnView.of(turn)?.node.remove();
    this.composer.write(turn.text);
  }

  /** @param {Turn} turn */
  #add(turn) {
    this.suggestions.hidden = true;
    this.list.append(new TurnView(this, turn).node);
  }

  /** @param {Turn} turn @param {boolean} [again] resume instead of sending */
  async #answer(turn, again = false) {
    this.#busy(turn);
    this.app.announce(this.app.t("answering"));
    try {
      for await (const event of this.#events(turn, again)) this.#take(turn, event);
    } catch (error) {
      if (await this.#setAside(turn, error)) return;
      this.#fail(turn, error);
    }
    this.#busy(null);
    this.#draw(turn);
    this.#say(turn);
  }

  /** @param {Turn} turn @param {boolean} again */
  #events(turn, again) {
    const { api } = this.app;
    const session = /** @type {import("./types.js").Session} */ (this.app.session);
    this.abort = new AbortController();
    const body = session.state === "ephemeral" && session.sealed ? { text: turn.text, state: session.sealed } : { text: turn.text };
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
    this.#draw(turn);
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
    if (turn) this.#draw(turn);
  }

  /** @param {Turn} turn */
  #draw(turn) {
    const follow = this.#atEnd();
    TurnView.of(turn)?.update();
    if (follow) this.#toEnd();
  }

  /** The whole reply at once, for those who listen. @param {Turn} turn */
  #say(turn) {
    const { t } = this.app;
    if (turn.problem) return;
    const heard = spoken(turn.reply) || t("stopped");
    this.app.announce(`${t("reply_announced")} ${heard}`);
  }

  #atEnd() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_END;
  }

  #toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.latest.hidden = true;
  }

  async #showEarlier() {
    const known = this.app.turns.length;
    await this.app.loadTurns();
    const added = this.app.turns.slice(0, this.app.turns.length - known);
    this.list.prepend(...added.map((turn) => new TurnView(this, turn).node));
    this.more.hidden = !this.app.earlier;
    this.log.focus();
  }

  /** @param {string} [message] */
  openHandoff(message = "") {
    this.openSheet(handoffSheet(this.app, this, message));
  }

  /** Shows a sheet over the chat; what is below is out of reach until it closes. @param {HTMLElement} sheet */
  openSheet(sheet) {
    const root = /** @type {ShadowRoot} */ (this.node.getRootNode());
    const opener = /** @type {HTMLElement | null} */ (root.activeElement);
    this.main.inert = true;
    this.node.append(sheet);
    /** @type {HTMLElement | null} */ (sheet.querySelector("[data-focus]"))?.focus();
    this.app.closeSheet = () => {
      this.app.closeSheet = () => false;
      this.main.inert = false;
      sheet.remove();
      (opener?.isConnected ? opener : this.composer).focus();
      return true;
    };
  }
}
