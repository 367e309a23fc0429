/** What a visitor can do with a reply: copy it, rate it, say why. */
import { button, el, icon, uuid } from "./dom.js";
import { workingButton } from "./fields.js";
import { problemText } from "./problems.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").Turn} Turn */

const COPIED_MS = 2000;

/** @param {App} app @param {Turn} turn */
export function feedbackBar(app, turn) {
  const more = el("div", { class: "feedback-more" });
  const thumbs = /** @type {const} */ (["up", "down"]).map((rating) => thumb(app, turn, rating, more));
  const copy = navigator.clipboard && copyButton(app, turn);
  if (turn.comment !== null) more.append(...commentForm(app, turn, more));
  return el("div", { class: "feedback" }, el("div", { class: "actions" }, copy, thumbs), more);
}

/** @param {App} app @param {Turn} turn */
function copyButton(app, turn) {
  const node = button(
    "icon-button",
    async () => {
      await navigator.clipboard.writeText(turn.reply).then(
        () => copied(app, node),
        () => {},
      );
    },
    icon("copy"),
  );
  return named(node, app.t("copy"));
}

/** @param {App} app @param {HTMLElement} node */
function copied(app, node) {
  node.replaceChildren(icon("done"));
  app.announce(app.t("copied"));
  setTimeout(() => node.replaceChildren(icon("copy")), COPIED_MS);
}

/** @param {HTMLElement} node @param {string} name */
function named(node, name) {
  node.setAttribute("aria-label", name);
  node.title = name;
  return node;
}

/** @param {App} app @param {Turn} turn @param {"up" | "down"} rating @param {HTMLElement} more */
function thumb(app, turn, rating, more) {
  const node = named(
    button("icon-button thumb", () => rate(app, turn, rating, node, more), icon(rating)),
    app.t(`rate_${rating}`),
  );
  node.setAttribute("aria-pressed", String(turn.rating === rating));
  return node;
}

/** @param {App} app @param {Turn} turn @param {"up" | "down"} rating @param {HTMLElement} node @param {HTMLElement} more */
async function rate(app, turn, rating, node, more) {
  const others = node.parentElement?.querySelectorAll(".thumb") ?? [];
  try {
    await send(app, turn, { rating });
    turn.rating = rating;
    turn.comment ??= "";
    for (const other of others) other.setAttribute("aria-pressed", String(other === node));
    more.replaceChildren(...commentForm(app, turn, more));
  } catch (error) {
    more.replaceChildren(el("p", { class: "error", role: "alert" }, problemText(app, error)));
  }
}

/** @param {App} app @param {Turn} turn @param {{rating: string, comment?: string}} body */
function send(app, turn, body) {
  return app.api.feedback(app.session?.id ?? "", { turn: Number(turn.id), ...body }, uuid());
}

/** @param {App} app @param {Turn} turn @param {HTMLElement} more */
function commentForm(app, turn, more) {
  const { t } = app;
  const thanks = () => {
    turn.comment = null;
    const said = el("p", { class: "quiet", role: "status", tabindex: "-1" }, t("thanks"));
    more.replaceChildren(said);
    said.focus();
  };
  const box = el("textarea", { rows: "2", maxlength: "1000", id: `comment-${turn.key}` });
  box.value = turn.comment ?? "";
  box.addEventListener("input", () => (turn.comment = box.value));
  const error = el("p", { class: "error", role: "alert" });
  const save = workingButton("button small", t("comment_send"), async () => {
    if (!box.value.trim()) return thanks();
    await send(app, turn, { rating: turn.rating, comment: box.value.trim() }).then(thanks, (cause) => {
      error.textContent = problemText(app, cause);
    });
  });
  const label = el("label", { for: box.id }, t("comment_label"));
  return [
    label,
    box,
    error,
    el("div", { class: "row" }, save, button("button small plain", thanks, t("comment_skip"))),
  ];
}
