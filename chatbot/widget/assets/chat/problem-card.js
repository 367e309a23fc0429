/** What went wrong with a turn, in plain words, and the way on. */
import { Problem } from "./api.js";
import { button, el, icon } from "./dom.js";
import { problemText } from "./problems.js";

/** @typedef {import("./conversation.js").Conversation} Conversation */
/** @typedef {import("./types.js").Turn} Turn */

/** @param {Conversation} conversation @param {Turn} turn */
export function problemCard(conversation, turn) {
  const { app } = conversation;
  const problem = turn.problem instanceof Problem ? turn.problem : null;
  const text = el("p", { role: "alert" }, problemText(app, turn.problem));
  const again = problem?.retryable !== false;
  const retry = again
    ? retryButton(conversation, turn, problem?.retryAfter ?? 0)
    : button("button small", () => conversation.edit(turn), app.t("edit"));
  const person = button("button small plain", () => conversation.openHandoff(turn.text), app.t("talk_to_person"));
  return el("div", { class: "problem" }, icon("warning"), text, el("div", { class: "row" }, retry, person));
}

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
