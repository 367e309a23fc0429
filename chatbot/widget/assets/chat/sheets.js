/** A sheet lies over the chat: a title, a way back, and its content. */
import { button, el, icon } from "./dom.js";
import { problemText } from "./problems.js";

/** @typedef {(app: import("./app.js").App, conversation: import("./conversation.js").Conversation) => HTMLElement} Sheet */

/**
 * @param {import("./app.js").App} app
 * @param {string} title
 * @param {...import("./dom.js").Child} children
 * @returns {HTMLElement}
 */
export function sheet(app, title, ...children) {
  const back = button("icon-button", () => app.closeSheet(), icon("back"));
  back.setAttribute("aria-label", app.t("back_to_chat"));
  const heading = el("h3", { id: "sheet-title", tabindex: "-1", "data-focus": true }, title);
  const head = el("div", { class: "sheet-head" }, back, heading);
  return el(
    "section",
    { class: "sheet", "aria-labelledby": "sheet-title" },
    head,
    el("div", { class: "sheet-body" }, children),
  );
}

/** @param {import("./app.js").App} app @param {unknown} error */
export function failedSheet(app, error) {
  return sheet(app, app.t("privacy_menu"), el("p", { class: "error", role: "alert" }, problemText(app, error)));
}
