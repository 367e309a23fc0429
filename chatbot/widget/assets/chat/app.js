/**
 * What the widget knows, and which view it shows.
 *
 *   begin ── kept session? ── chat
 *      └ notice ── age ── choices ──┬─ stored | ephemeral ── chat ── erased
 *                                   └─ guardian_required | refused ── closed
 */
import { Api, Problem } from "./api.js";
import { ageView, choicesView, closedView, failedView, loadingView } from "./gate.js";
import { chatView } from "./conversation.js";
import { el, uuid } from "./dom.js";
import { tellPage } from "./minor.js";
import { kept, keep } from "./store.js";
import { translator } from "./strings.js";
import { pastTurn } from "./turn.js";

/** @typedef {(app: App) => HTMLElement} View */

export class App {
  /** @param {string} base where the service answers @param {string} language */
  constructor(base, language) {
    this.api = new Api(base);
    this.language = language;
    this.t = translator(language);
    this.stage = el("div", { class: "stage" });
    this.live = el("div", { class: "unseen", role: "status", "aria-live": "polite" });
    /** @type {import("./types.js").Notice | null} */ this.notice = null;
    /** @type {import("./types.js").Session | null} */ this.session = null;
    /** @type {import("./types.js").Turn[]} */ this.turns = [];
    /** @type {import("./types.js").Turn | null} a message that waits for a new answer of the visitor */
    this.pending = null;
    /** @type {import("./types.js").ChildWords | null} */ this.child = null;
    /** @type {import("./conversation.js").Conversation | null} */ this.conversation = null;
    /** @type {import("./sheets.js").Sheet | null} the sheet on top, so that it comes back in another language */
    this.sheet = null;
    this.earlier = "";
    this.note = "";
    this.draft = emptyDraft();
    this.quiet = Promise.resolve();
    this.told = Promise.resolve();
    /** @type {Promise<unknown>} */ this.chosen = Promise.resolve();
    this.onchange = () => {};
    /** @type {() => boolean} */ this.closeSheet = () => false;
    /** @type {View} */ this.view = loadingView;
    this.started = false;
  }

  /** Fetches the notice and finds the view to begin with; later calls only put the focus back. */
  async begin() {
    if (this.started) return this.#focus();
    this.started = true;
    this.show(loadingView);
    try {
      await this.loadNotice();
      this.session = kept();
      tellPage(this.session);
      if (this.session && (await this.#recall())) return this.show(chatView);
      this.show(ageView);
    } catch (error) {
      this.started = false;
      this.show((app) => failedView(app, error));
    }
  }

  async loadNotice(language = this.language) {
    const notice = await this.api.notice(language);
    this.notice = notice;
    this.language = notice.language ?? language;
    this.t = translator(this.language, notice.strings);
    this.onchange();
  }

  /** The same view, and the sheet on it, at once in another language; what was typed stays, a running reply goes on,
   * and the service speaks it from the next message on. @param {string} language */
  async setLanguage(language) {
    await this.loadNotice(language);
    if (this.child) await this.childWords();
    const { sheet } = this;
    this.#draw(this.view);
    if (sheet) this.conversation?.openSheet(sheet, false);
    // What is sealed changes hands with each: first the reply, then the choices. The words on the page changed anyway.
    this.told = this.quiet.then(() => this.#tellLanguage()).catch(() => {});
  }

  /** The service speaks in the session's language too: no choice is changed by it. */
  async #tellLanguage() {
    const notice_version = this.notice?.version ?? "";
    if (this.mayChat && !this.session?.child) await this.rechoose({ consents: {}, notice_version });
  }

  /** @param {View} view */
  show(view) {
    this.#draw(view);
    this.#focus();
  }

  /** @param {View} view */
  #draw(view) {
    this.view = view;
    this.sheet = null;
    this.closeSheet = () => false;
    this.stage.replaceChildren(view(this));
  }

  #focus() {
    const target = this.stage.querySelector("[data-focus]");
    if (target instanceof HTMLElement) target.focus({ preventScroll: true });
  }

  /** Says something to screen readers once. @param {string} text */
  announce(text) {
    this.live.textContent = "";
    setTimeout(() => (this.live.textContent = text), 50);
  }

  /** Takes the service's answer to the age question and the choices. @param {any} answer */
  admit(answer) {
    const { id, state, child, minor } = answer;
    const { country } = this.draft;
    this.session = { id, token: answer.token ?? "", state, country, child, minor };
    this.api.token = this.session.token;
    tellPage(this.session);
    keep(this.session);
    this.draft = { ...emptyDraft(), text: this.draft.text, company: this.draft.company };
    this.note = "";
    this.show(this.mayChat ? chatView : closedView);
  }

  /** What a child reads, in the language on show. @returns {Promise<import("./types.js").ChildWords>} */
  async childWords() {
    if (this.child?.language !== this.language) this.child = await this.api.childWords(this.language);
    return /** @type {import("./types.js").ChildWords} */ (this.child);
  }

  get mayChat() {
    return this.session?.state === "stored" || this.session?.state === "ephemeral";
  }

  /**
   * Puts other choices into effect: storing may begin or end, and the conversation moves accordingly. One after the
   * other: a late answer to an earlier change must not take away what a later one handed over.
   * @param {{consents: Record<string, boolean>, notice_version: string}} answer
   * @returns {Promise<string>} what a law keeps for a while, unread, in words
   */
  rechoose(answer) {
    const made = this.chosen.then(() => this.#rechoose(answer));
    this.chosen = made.catch(() => {});
    return made;
  }

  /** @param {{consents: Record<string, boolean>, notice_version: string}} answer */
  async #rechoose(answer) {
    const session = /** @type {import("./types.js").Session} */ (this.session);
    const { sealed } = session;
    const body = { ...answer, language: this.language, ...(sealed ? { state: sealed } : {}) };
    const { state, token, conversation, held } = await this.api.saveConsents(body);
    const newer = state === "ephemeral" && session.sealed !== sealed; // a reply ended meanwhile
    Object.assign(session, { state, sealed: newer ? session.sealed : (conversation ?? undefined) });
    this.draft.consents = {};
    this.renew(token);
    return held?.message ?? "";
  }

  /** A choice that was changed comes with a new token; the old one ends. @param {string | undefined} token */
  renew(token) {
    const session = /** @type {import("./types.js").Session} */ (this.session);
    this.api.token = session.token = token ?? session.token;
    keep(session);
  }

  /** The notice changed: ask again, and send the message afterwards. @param {import("./types.js").Turn} turn */
  async askAgain(turn) {
    await this.loadNotice();
    this.#setAside(turn);
    this.note = "note_stale";
    this.show(choicesView);
  }

  /** The session is over: begin anew, and send the message afterwards. @param {import("./types.js").Turn | null} turn */
  startOver(turn = null) {
    if (turn) this.#setAside(turn);
    this.note = turn ? "note_expired" : "";
    const { text } = this.draft;
    this.forget();
    if (turn) this.draft.text = text;
    this.show(ageView);
  }

  /** Another conversation of the same visitor, if both shall be remembered: the token says which came before. The one
   * before stays in the tab until the new one has begun. */
  startAgain() {
    this.conversation?.abort.abort();
    this.session = null;
    this.turns = [];
    this.earlier = "";
    this.show(ageView);
  }

  /** Nothing of the conversation stays in the page. */
  forget() {
    this.conversation?.abort.abort();
    keep(null);
    this.session = null;
    this.api.token = "";
    this.turns = [];
    this.earlier = "";
    this.draft = emptyDraft();
  }

  /** @param {import("./types.js").Turn} turn */
  #setAside(turn) {
    this.pending = { ...turn, status: "waiting", problem: null };
    this.turns = this.turns.filter((other) => other.key !== turn.key);
  }

  /** Fetches the latest page of a kept session; false when the service no longer knows it. */
  async #recall() {
    const session = /** @type {import("./types.js").Session} */ (this.session);
    this.api.token = session.token;
    try {
      await this.loadTurns();
      return true;
    } catch (error) {
      if (!(error instanceof Problem) || error.code === "offline") throw error;
      this.forget();
      return false;
    }
  }

  /** Puts a page of earlier turns before those on show. */
  async loadTurns() {
    const page = await this.api.turns(this.session?.id ?? "", this.earlier);
    this.turns = [...page.turns.map(pastTurn).reverse(), ...this.turns];
    this.earlier = String(page.before ?? "");
  }
}

/** What the visitor typed before anything may be sent. Held in memory, dropped at the answer. */
function emptyDraft() {
  return {
    country: "",
    month: "",
    year: "",
    company: false,
    text: "",
    code: "",
    invitation: /** @type {{code: string, expires_at: string} | null} */ (null),
    key: uuid(),
    sent: "",
    consents: /** @type {Record<string, boolean>} */ ({}),
  };
}
