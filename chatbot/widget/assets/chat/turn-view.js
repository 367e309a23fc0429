/** One turn on show: the visitor's message, what was hidden in it, the reply and what can be done with it. */
import { button, el, fill, icon } from "./dom.js";
import { feedbackBar } from "./feedback.js";
import { isSafe, link, MarkdownView } from "./markdown.js";
import { problemCard } from "./problem-card.js";
import { known } from "./strings.js";

/** @typedef {import("./conversation.js").Conversation} Conversation */
/** @typedef {import("./types.js").Turn} Turn */

const PLACEHOLDER = /<[A-Z][A-Z_]*_\d+>/g;

/** @type {WeakMap<Turn, TurnView>} */
const views = new WeakMap();

export class TurnView {
  /** @param {Turn} turn */
  static of(turn) {
    return views.get(turn);
  }

  /** @param {Conversation} conversation @param {Turn} turn */
  constructor(conversation, turn) {
    this.conversation = conversation;
    this.t = conversation.app.t;
    this.turn = turn;
    this.hidden = el("div", { class: "hidden-slot" });
    this.markdown = new MarkdownView({ cite: (number) => this.#cite(number), address: (href) => this.#address(href) });
    this.sources = el("ol", { class: "sources", "aria-label": this.t("sources"), hidden: true });
    this.after = el("div", { class: "after" });
    this.reply = this.#buildReply();
    this.node = el("article", { class: "turn" }, this.#buildMessage(), this.hidden, this.reply, this.after);
    this.drawn = { findings: 0, citations: 0, status: "", notices: 0 };
    views.set(turn, this);
    this.update();
  }

  #buildMessage() {
    return el("div", { class: "mine" }, el("span", { class: "unseen" }, this.t("you_said")), this.turn.text);
  }

  #buildReply() {
    const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
    this.label = el("span", {}, this.t("model_says"));
    const who = el("p", { class: "who" }, el("span", { class: "mark" }, icon("spark")), this.label);
    return el("div", { class: "theirs", "data-ai-generated": "true" }, who, this.markdown.node, dots, this.sources);
  }

  /** Brings the nodes in line with the turn; cheap when little changed. */
  update() {
    const { turn, drawn } = this;
    if (drawn.findings !== turn.findings.length) this.hidden.replaceChildren(...this.#hiddenDetails());
    if (drawn.citations !== turn.citations.size) this.#drawSources();
    this.markdown.update(turn.reply);
    this.label.textContent = turn.label || this.t("model_says");
    if (drawn.status !== turn.status || drawn.notices !== turn.notices.length) this.#drawStatus();
    const { findings, citations, status, notices } = turn;
    this.drawn = { findings: findings.length, citations: citations.size, status, notices: notices.length };
  }

  #drawStatus() {
    const { turn } = this;
    const open = turn.status === "waiting" || turn.status === "streaming";
    this.node.dataset.status = turn.status;
    this.reply.setAttribute("aria-busy", String(open));
    this.reply.hidden = turn.status === "failed" && !turn.reply;
    this.after.replaceChildren();
    fill(this.after, this.#notices(), !open && this.#outcome());
  }

  #notices() {
    return this.turn.notices.map(({ message, label, link: href }) => {
      const way = href ? [" ", link(this.#address(href), [label ?? href])] : [];
      return el("p", { class: "note" }, icon("shield"), el("span", {}, message, ...way));
    });
  }

  /** What follows a reply that has ended. */
  #outcome() {
    const { turn, conversation, t } = this;
    if (turn.problem) return problemCard(conversation, turn);
    const stopped = turn.status === "stopped" && el("p", { class: "quiet" }, t("stopped"));
    return [
      stopped,
      turn.handoff && this.#offer(turn.handoff),
      turn.reply && turn.id && feedbackBar(conversation.app, turn),
    ];
  }

  /** @param {{message: string}} handoff */
  #offer({ message }) {
    const go = button(
      "button small",
      () => this.conversation.openHandoff(this.turn.text),
      icon("person"),
      this.t("talk_to_person"),
    );
    return el("div", { class: "offer" }, el("p", {}, message), go);
  }

  /** Chips for what the model did not see; opened, they show what it saw instead. */
  #hiddenDetails() {
    const { turn, t } = this;
    if (!turn.findings.length) return [];
    const labels = turn.findings.map((finding) => this.#kind(finding));
    const chips = countByLabel(labels).map(([label, count]) => chip(count > 1 ? `${label} × ${count}` : label));
    const end = el("span", { class: "chips-end" }, t("hidden_from_model"));
    const summary = el("summary", {}, icon("hidden"), el("span", { class: "chips" }, chips), end);
    const saw = el("p", { class: "saw" }, marked(turn.redacted));
    return [el("details", { class: "hidden-details" }, summary, el("p", { class: "quiet" }, t("model_saw")), saw)];
  }

  /** Our word for a kind in the visitor's language, else the service's label. @param {import("./types.js").Finding} finding */
  #kind({ kind, label }) {
    return known(this.t, `kind_${kind}`) || label || this.t("kind_other");
  }

  #drawSources() {
    const all = [...this.turn.citations.values()].sort((a, b) => a.number - b.number);
    this.sources.replaceChildren(...all.map((citation) => this.#source(citation)));
    this.sources.hidden = all.length === 0;
    this.markdown.redraw(this.turn.reply);
  }

  /** @param {string} href */
  #address(href) {
    return this.conversation.app.api.address(href);
  }

  /** @param {import("./types.js").Citation} citation */
  #source({ number, title, excerpt, url }) {
    const more = url && isSafe(url) && link(this.#address(url), [this.t("open_source")]);
    const summary = el("summary", {}, el("span", { class: "number" }, number), el("span", {}, title));
    return el("li", {}, el("details", { "data-source": number }, summary, el("p", {}, excerpt), more));
  }

  /** @param {number} number */
  #cite(number) {
    const citation = this.turn.citations.get(number);
    if (!citation) return null;
    const node = button("cite", () => this.#openSource(number), String(number));
    node.setAttribute("aria-label", this.t("source_number", { number, title: citation.title }));
    return node;
  }

  /** @param {number} number */
  #openSource(number) {
    const details = this.sources.querySelector(`[data-source="${number}"]`);
    if (!details) return;
    details.open = true;
    details.querySelector("summary").focus({ preventScroll: true });
    details.scrollIntoView({ block: "nearest" });
  }
}

/** @param {string} text */
const chip = (text) => el("span", { class: "chip" }, text);

/** @param {string[]} labels @returns {[string, number][]} */
function countByLabel(labels) {
  const counts = new Map();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts];
}

/** Text with its placeholders set apart. @param {string} text */
function marked(text) {
  const words = text.split(PLACEHOLDER);
  const marks = text.match(PLACEHOLDER) ?? [];
  return words.flatMap((word, i) => (i < marks.length ? [word, el("mark", {}, marks[i])] : [word]));
}
