/** "Privacy and choices": the preference centre. Parts that the service does not offer stay away. */
import { button, el } from "./dom.js";
import { choices } from "./choices.js";
import { decisions } from "./decisions.js";
import { policyLinks, section, workingButton } from "./fields.js";
import { erasedView } from "./gate.js";
import { rightsCard } from "./guardian.js";
import { history } from "./history.js";
import { log } from "./log.js";
import { problemText } from "./problems.js";
import { rights } from "./rights.js";
import { sheet } from "./sheets.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app @param {import("./conversation.js").Conversation} conversation */
export function privacySheet(app, conversation) {
  const { t } = app;
  return sheet(
    app,
    t("privacy_menu"),
    el("p", { class: "quiet" }, t("privacy_text")),
    app.session?.child ? childRights(app) : choices(app),
    decisions(app),
    section(t("history_title"), history(app)),
    section(t("log_title"), el("p", { class: "quiet" }, t("log_text")), el("div", { class: "stack" }, log(app))),
    !app.session?.child && rights(app),
    section(t("policies"), policyLinks(app), subscribing(app)),
    section(t("reference_title"), ...reference(app)),
    section(t("forget_title"), el("p", { class: "quiet" }, t("forget_text")), forget(app, conversation)),
  );
}

/** News by e-mail is asked on a page of its own, never of a child. @param {App} app */
function subscribing(app) {
  const href = app.api.address(`/subscribe?language=${app.language}`);
  return !app.session?.child && !app.session?.minor && outside(href, app.t("subscribe_link"));
}

/** @param {string} href @param {string} text */
const outside = (href, text) => el("a", { href, target: "_blank", rel: "noopener" }, text);

/** A child's rights; the choices are the guardian's. @param {App} app */
function childRights(app) {
  const box = el("div");
  app.childWords().then(
    (words) => box.replaceChildren(rightsCard(words)),
    (error) => box.replaceChildren(el("p", { class: "error", role: "alert" }, problemText(app, error))),
  );
  return box;
}

/** What a parent needs to have this chat stopped. @param {App} app */
function reference(app) {
  const { t } = app;
  return [
    el("p", { class: "quiet" }, t("reference_text")),
    el("p", { class: "reference" }, el("code", {}, app.session?.id)),
    outside(app.api.address(`/guardian/report?language=${app.language}`), t("reference_link")),
  ];
}

/** Asks once more before everything goes. @param {App} app @param {import("./conversation.js").Conversation} conversation */
function forget(app, conversation) {
  const { t } = app;
  const error = el("p", { class: "error", role: "alert" });
  const box = el("div", { class: "stack" });
  const ask = button(
    "button danger",
    () => {
      const sure = el("p", { tabindex: "-1" }, t("forget_sure"));
      const yes = workingButton("button danger", t("forget_yes"), () => erase(app, conversation, error));
      box.replaceChildren(sure, error, el("div", { class: "pair" }, button("button plain", reset, t("cancel")), yes));
      sure.focus();
      box.scrollIntoView({ block: "end" });
    },
    t("forget"),
  );
  const reset = () => {
    box.replaceChildren(ask);
    ask.focus();
  };
  box.append(ask);
  return box;
}

/** @param {App} app @param {import("./conversation.js").Conversation} conversation @param {HTMLElement} error */
async function erase(app, conversation, error) {
  conversation.abort.abort();
  try {
    const { reference, held } = await app.api.erase();
    app.forget();
    app.show((current) => erasedView(current, reference ?? "", held?.message));
  } catch (cause) {
    error.textContent = problemText(app, cause);
  }
}
