/** "Talk to a person": takes a message for the support team and gives a reference. */
import { el, icon, uuid } from "./dom.js";
import { workingButton } from "./fields.js";
import { problemText } from "./problems.js";
import { sheet } from "./sheets.js";

/** @typedef {import("./app.js").App} App */

/** @typedef {{message: string, key: string}} Draft one message to the team, whatever language it is written in */

/** @param {string} message what the visitor asked before, to begin with @returns {Draft} */
export const handoffDraft = (message) => ({ message, key: uuid() });

/** @param {App} app @param {Draft} draft */
export function handoffSheet(app, draft) {
  const { t } = app;
  const box = el("textarea", {
    id: "handoff-message",
    rows: "5",
    maxlength: "4000",
    "aria-describedby": "handoff-error",
  });
  box.value = draft.message;
  box.addEventListener("input", () => (draft.message = box.value));
  const error = el("p", { class: "error", id: "handoff-error", role: "alert" });
  const body = el("div", { class: "stack" });
  const send = workingButton("button", t("handoff_send"), () => submit(app, body, box, error, draft.key));
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
