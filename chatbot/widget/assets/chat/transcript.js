/** The conversation as it is read: what stands above it, the turns, and keeping the end in view. */
import { button, el, icon } from "./dom.js";
import { workingButton } from "./fields.js";
import { problemText } from "./problems.js";
import { TurnView } from "./turn-view.js";

/** @typedef {import("./conversation.js").Conversation} Conversation */
/** @typedef {import("./types.js").Turn} Turn */

/** How close to the end still counts as reading the end, in pixels. */
const NEAR_END = 80;

const SUGGESTIONS = ["suggestion_1", "suggestion_2", "suggestion_3"];

export class Transcript {
  /** @param {Conversation} conversation */
  constructor(conversation) {
    this.conversation = conversation;
    this.app = conversation.app;
    this.changed = new Set();
    const { t } = this.app;
    this.list = el("div", { class: "turns" });
    this.latest = button("latest", () => this.toEnd(), icon("latest"), el("span", { class: "unseen" }, t("latest")));
    this.latest.hidden = true;
    this.error = el("p", { class: "error", role: "alert" });
    this.more = workingButton("text-button", t("earlier"), () => this.#showEarlier());
    this.more.hidden = !this.app.earlier;
    const ideas = SUGGESTIONS.map((key) => button("suggestion", () => this.#suggest(t(key)), t(key)));
    this.suggestions = el("div", { class: "suggestions" }, ideas);
    this.node = el("div", {
      class: "log",
      role: "log",
      "aria-live": "off",
      "aria-label": t("transcript"),
      tabindex: "0",
    });
    this.node.append(this.#intro(), this.list);
    this.node.addEventListener("scroll", () => (this.latest.hidden = this.#atEnd()), { passive: true });
    for (const turn of this.app.turns) this.add(turn);
  }

  #intro() {
    const { notice } = this.app;
    const disclosure = el("p", { class: "disclosure" }, icon("spark"), el("span", {}, notice?.disclosure));
    this.state = el("p", { class: "quiet" });
    this.tellState();
    return el("div", { class: "intro" }, disclosure, this.state, this.more, this.error, this.suggestions);
  }

  /** Whether the conversation is stored, as it is now. */
  tellState() {
    const { t, session } = this.app;
    this.state.textContent = t(session?.state === "stored" ? "state_stored" : "state_ephemeral");
  }

  /** What was pressed is gone afterwards: the focus goes to where the reply appears. @param {string} text */
  #suggest(text) {
    this.conversation.say(text);
    this.node.focus();
  }

  /** @param {Turn} turn */
  add(turn) {
    this.suggestions.hidden = true;
    this.list.append(new TurnView(this.conversation, turn).node);
  }

  /** Draws a turn anew, from its beginning. @param {Turn} turn */
  renew(turn) {
    const old = TurnView.of(turn)?.node;
    old?.replaceWith(new TurnView(this.conversation, turn).node);
  }

  /** Brings a turn's view up to date with the next frame, however many tokens arrive before it. @param {Turn} turn */
  draw(turn) {
    if (this.changed.size === 0) requestAnimationFrame(() => this.#flush());
    this.changed.add(turn);
  }

  /** A reader at the end stays at the end. */
  #flush() {
    const follow = this.#atEnd();
    for (const turn of this.changed) TurnView.of(turn)?.update();
    this.changed.clear();
    if (follow) this.toEnd();
  }

  toEnd() {
    this.node.scrollTop = this.node.scrollHeight;
    this.latest.hidden = true;
  }

  #atEnd() {
    return this.node.scrollHeight - this.node.scrollTop - this.node.clientHeight < NEAR_END;
  }

  async #showEarlier() {
    const known = this.app.turns.length;
    this.error.textContent = "";
    try {
      await this.app.loadTurns();
    } catch (error) {
      this.error.textContent = problemText(this.app, error);
      return;
    }
    const added = this.app.turns.slice(0, this.app.turns.length - known);
    this.list.prepend(...added.map((turn) => new TurnView(this.conversation, turn).node));
    this.more.hidden = !this.app.earlier;
    this.node.focus();
  }
}
