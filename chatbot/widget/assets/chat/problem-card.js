/** What went wrong with a turn, in plain words, and the way on. */
import { Problem } from "./api.js";
import { review } from "./decisions.js";
import { button, day, el, icon } from "./dom.js";
import { withMail } from "./fields.js";
import { problemText } from "./problems.js";

/** @typedef {import("./conversation.js").Conversation} Conversation */
/** @typedef {import("./types.js").Turn} Turn */

/** @param {Conversation} conversation @param {Turn} turn */
export function problemCard(conversation, turn) {
  const { app } = conversation;
  const problem = turn.problem instanceof Problem ? turn.problem : null;
  if (problem?.reference) return heldCard(app, problem);
  const text = el("p", { role: "alert" }, problemText(app, turn.problem));
  const again = problem?.retryable !== false;
  const retry = again
    ? retryButton(conversation, turn, problem?.retryAfter ?? 0)
    : button("button small", () => conversation.edit(turn), app.t("edit"));
  const person = button("button small plain", () => conversation.openHandoff(turn.text), app.t("talk_to_person"));
  return el("div", { class: "problem" }, icon("warning"), text, el("div", { class: "row" }, retry, person));
}

/** The chat was stopped by a rule: why, what happens to it, and a person who checks it. @param {import("./app.js").App} app
 * @param {Problem} problem */
function heldCard(app, problem) {
  const { t } = app;
  const { decision, eraseAt, reference } = problem;
  const support = app.notice?.contacts.support;
  // Nothing is erased before a person has looked at it.
  const goes = eraseAt && !problem.review && el("p", {}, t("held_erase", { date: day(app, eraseAt) }));
  const asked = (/** @type {import("./types.js").Decision["review"]} */ came) => {
    problem.review = came;
    if (goes) goes.remove();
  };
  return el(
    "div",
    { class: "held", tabindex: "-1" },
    icon("person"),
    el("p", { role: "alert" }, el("strong", {}, t("held_title")), " ", withMail(t("child_held", { support }), support)),
    goes,
    decision && review(app, { ...NOT_ASKED, id: decision, review: problem.review }, asked),
    el("p", { class: "reference quiet" }, t("reference"), " ", el("code", {}, reference)),
  );
}

/** A decision of which only the number is known. */
const NOT_ASKED = { kind: "", at: "", rule: "", version: "", inputs: {}, reviewable: true, review: null };

/** Ready at once, or after the wait that the service asked for.
 * @param {Conversation} conversation @param {Turn} turn @param {number} seconds */
function retryButton(conversation, turn, seconds) {
  const { t } = conversation.app;
  const node = button("button small", () => conversation.retry(turn));
  countDown(node, Math.ceil(seconds), (left) => (left ? t("retry_in", { seconds: left }) : t("retry")));
  return node;
}

/** @param {HTMLButtonElement} node @param {number} left @param {(left: number) => string} words */
function countDown(node, left, words) {
  node.textContent = words(left);
  node.disabled = left > 0;
  if (left > 0) setTimeout(() => countDown(node, left - 1, words), 1000);
}
