/** "Privacy and choices": what is granted, what the model sees, language, policies, end and forget. */
import { button, el } from "./dom.js";
import { answerOf, languageSelect, policyLinks, purposeList, workingButton } from "./fields.js";
import { erasedView } from "./gate.js";
import { rightsCard } from "./guardian.js";
import { history } from "./history.js";
import { problemText } from "./problems.js";
import { sheet } from "./sheets.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app @param {import("./conversation.js").Conversation} conversation */
export function privacySheet(app, conversation) {
  const { t } = app;
  return sheet(
    app,
    t("privacy_menu"),
    el("p", { class: "quiet" }, t("privacy_text")),
    app.session?.child ? childRights(app) : section(t("my_choices"), choices(app)),
    section(t("history_title"), history(app)),
    section(t("language"), languageSelect(app)),
    section(t("policies"), policyLinks(app)),
    section(t("reference_title"), ...reference(app)),
    section(t("forget_title"), el("p", { class: "quiet" }, t("forget_text")), forget(app, conversation)),
  );
}

/** @param {string} title @param {...import("./dom.js").Child} children */
function section(title, ...children) {
  return el("section", { class: "stack" }, el("h4", {}, title), children);
}

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
    el("a", { href: app.api.address("/guardian/report"), target: "_blank", rel: "noopener" }, t("reference_link")),
  ];
}

/** The switches, as the service has them. @param {App} app */
function choices(app) {
  const box = el("div", { class: "stack" }, el("p", { class: "quiet" }, app.t("loading")));
  app.api.consents().then(
    ({ consents }) => box.replaceChildren(...choiceForm(app, { ...consents })),
    (error) => box.replaceChildren(el("p", { class: "error", role: "alert" }, problemText(app, error))),
  );
  return box;
}

/** @param {App} app @param {Record<string, boolean>} values */
function choiceForm(app, values) {
  const status = el("p", { class: "quiet", role: "status" });
  const save = workingButton("button", app.t("save_choices"), async () => {
    await app.rechoose(answerOf(app, values)).then(
      () => saved(app, status),
      (error) => (status.textContent = problemText(app, error)),
    );
  });
  return [purposeList(app, values), save, status];
}

/** @param {App} app @param {HTMLElement} status */
function saved(app, status) {
  status.textContent = app.t(app.session?.state === "stored" ? "saved_stored" : "saved_ephemeral");
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
    const { reference } = await app.api.erase();
    app.forget();
    app.show((current) => erasedView(current, reference ?? ""));
  } catch (cause) {
    error.textContent = problemText(app, cause);
  }
}
