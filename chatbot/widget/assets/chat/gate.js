/** Before the first message: what answers here, the neutral age question, the choices; and the kind no. */
import { Problem } from "./api.js";
import { chatView } from "./conversation.js";
import { button, el, fill, icon, uuid } from "./dom.js";
import { answerOf, policyLinks, purposeList, withMail, workingButton } from "./fields.js";
import { born, bornFields, companyField, countryField, subjectType } from "./age.js";
import { guardianSteps } from "./guardian.js";
import { problemText } from "./problems.js";

/** @typedef {import("./app.js").App} App */

/** @param {App} app @param {...import("./dom.js").Child} children */
function page(app, ...children) {
  return el("div", { class: "page" }, el("div", { class: "page-body" }, children), foot(app));
}

/** @param {App} app */
function foot(app) {
  return app.notice && el("div", { class: "page-foot" }, policyLinks(app));
}

/** @param {string} text */
const title = (text) => el("h3", { class: "page-title", tabindex: "-1", "data-focus": true }, text);

/** @param {App} app */
const note = (app) => app.note && el("p", { class: "note" }, icon("shield"), el("span", {}, app.t(app.note)));

/** @param {App} app */
export function loadingView(app) {
  const dots = el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i"));
  return el(
    "div",
    { class: "page page-quiet" },
    dots,
    el("p", { tabindex: "-1", "data-focus": true }, app.t("loading")),
  );
}

/** @param {App} app @param {unknown} error */
export function failedView(app, error) {
  const retry = button("button", () => app.begin(), app.t("retry"));
  const text = el("p", { tabindex: "-1", "data-focus": true, role: "alert" }, problemText(app, error));
  return el("div", { class: "page page-quiet" }, icon("warning"), text, retry);
}

/** Who answers, then where and when the visitor was born. @param {App} app */
export function ageView(app) {
  const notice = /** @type {import("./types.js").Notice} */ (app.notice);
  const form = el("form", { class: "form", novalidate: true });
  const go = el("button", { class: "button wide" }, app.t("continue"));
  fill(form, countryField(app), bornFields(app), companyField(app, form), go);
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    if (born(app, form)) app.show(choicesView);
  });
  const disclosure = el("p", { class: "disclosure" }, icon("spark"), el("span", {}, notice.disclosure));
  return page(
    app,
    note(app),
    title(app.t("welcome_title")),
    disclosure,
    el("p", { class: "quiet" }, app.t("welcome_text")),
    form,
  );
}

/** Each purpose with its explanation, off; two equal answers. @param {App} app */
export function choicesView(app) {
  const { t } = app;
  const problem = el("p", { class: "error", role: "alert", hidden: true });
  const { buttons } = /** @type {import("./types.js").Notice} */ (app.notice);
  const none = workingButton("button", buttons.none, () => submit(app, {}, problem));
  const some = workingButton("button", buttons.selected, () => submit(app, app.draft.consents, problem));
  return page(
    app,
    note(app),
    title(t("choices_title")),
    el("p", { class: "quiet" }, t("choices_text")),
    purposeList(app, app.draft.consents),
    problem,
    el("div", { class: "pair stay" }, none, some),
    !app.session && button("text-button", () => app.show(ageView), icon("back"), t("back")),
  );
}

/** @param {App} app @param {Record<string, boolean>} granted @param {HTMLElement} problem */
async function submit(app, granted, problem) {
  const answer = answerOf(app, granted);
  problem.hidden = true;
  try {
    await (app.session ? change(app, answer) : enter(app, answer));
  } catch (error) {
    if (await refused(app, error)) return;
    problem.textContent = problemText(app, error);
    problem.hidden = false;
  }
}

/** @typedef {import("./fields.js").Answer} Answer */

/** @param {App} app @param {Answer} answer */
async function change(app, answer) {
  await app.rechoose(answer);
  app.note = "";
  app.show(chatView);
}

/** @param {App} app @param {Answer} answer */
async function enter(app, answer) {
  const { country, year, month } = app.draft;
  const subject_type = subjectType(app);
  const body = { country, born: `${year}-${month}`, subject_type, language: app.language, ...answer };
  app.admit(await app.api.openSession(body, keyFor(app, body)));
}

/** The same request keeps its idempotency key; a changed one gets a new one. @param {App} app @param {object} body */
function keyFor(app, body) {
  const form = JSON.stringify(body);
  if (app.draft.sent !== form) Object.assign(app.draft, { sent: form, key: uuid() });
  return app.draft.key;
}

/** Refusals that lead to another view rather than to a message here. @param {App} app @param {unknown} error */
async function refused(app, error) {
  const code = error instanceof Problem ? error.code : "";
  if (code === "unauthorized" || code === "not_found") app.startOver(app.pending);
  else if (code === "consent_stale") {
    await app.loadNotice();
    app.note = app.pending ? "note_stale" : "choices_changed";
    app.draft.consents = {};
    app.show(choicesView);
  } else return false;
  return true;
}

/** No message is read here: kindly what happens next. @param {App} app */
export function closedView(app) {
  const { t, session } = app;
  const guardian = session?.state === "guardian_required";
  return page(
    app,
    el("div", { class: "emblem" }, icon(guardian ? "person" : "shield")),
    title(t(guardian ? "guardian_title" : "refused_title")),
    el("p", {}, withMail(app.notice?.messages[session?.state ?? ""] ?? "", app.notice?.contacts.support)),
    guardian && guardianSteps(app),
    !guardian && button("button", () => reconsider(app), t("change_choices")),
  );
}

/** @param {App} app */
function reconsider(app) {
  app.session = null;
  app.show(app.draft.country ? choicesView : ageView);
}

/** @param {App} app @param {string} reference @param {string} [held] what a law keeps for a while, unread */
export function erasedView(app, reference, held) {
  const { t } = app;
  return page(
    app,
    el("div", { class: "emblem" }, icon("done")),
    title(t(held ? "forget_title" : "erased_title")),
    el("p", {}, held || t("erased_text")),
    reference && el("p", { class: "quiet" }, t("reference"), " ", el("code", {}, reference)),
    button("button", () => app.startOver(), t("new_chat")),
  );
}
