/** "Talk to a person": takes a message for the support team and gives a reference. */
import { el, icon, uuid } from "./dom.js";
import { workingButton } from "./fields.js";
import { problemText } from "./problems.js";
import { sheet } from "./sheets.js";

/** @typedef {import("./app.js").App} App */

/**
 * @param {App} app
 * @param {import("./conversation.js").Conversation} _conversation
 * @param {string} message what the visitor asked before, to begin with
 */
export function handoffSheet(app, _conversation, message) {
  const { t } = app;
  const key = uuid();
  const box = el("textarea", {
    id: "handoff-message",
    rows: "5",
    maxlength: "4000",
    "aria-describedby": "handoff-error",
  });
  box.value = message;
  const error = el("p", { class: "error", id: "handoff-error", role: "alert" });
  const body = el("div", { class: "stack" });
  const send = workingButton("button", t("handoff_send"), () => submit(app, body, box, error, key));
  body.append(
    el("p", { class: "quiet" }, t("handoff_text")),
    el("label", { for: box.id }, t("handoff_label")),
    box,
    error,
    send,
  );
  return sheet(app, t("handoff_title"), body);
}

/** @param {App} app @param {HTMLElement} body @param {HTMLTextAreaElement} box @param {HTMLElement} error @param {string} key */
async function submit(app, body, box, error, key) {
  const message = box.value.trim();
  error.textContent = message ? "" : app.t("handoff_empty");
  if (!message) return box.focus();
  try {
    thanks(app, body, await app.api.handoff(app.session?.id ?? "", { message }, key));
  } catch (cause) {
    error.textContent = problemText(app, cause);
  }
}

/** @param {App} app @param {HTMLElement} body @param {{reference: string, message: string}} answer */
function thanks(app, body, { reference, message }) {
  const heading = el("h4", { tabindex: "-1" }, app.t("handoff_done"));
  const line = el("p", { class: "reference" }, app.t("reference"), " ", el("code", {}, reference));
  body.replaceChildren(el("div", { class: "emblem" }, icon("done")), heading, el("p", {}, message), line);
  heading.focus();
}
