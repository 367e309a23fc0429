/** A child's side: a code for a parent, the way in with the parent's code, the notice and rights in plain words. */
import { button, el, icon, locale } from "./dom.js";
import { workingButton } from "./fields.js";
import { problemText } from "./problems.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").ChildWords} ChildWords */

const MINUTE_MS = 60_000;

/** Where no message is read: get a code for a parent, or use the parent's. @param {App} app */
export function guardianSteps(app) {
  const { t } = app;
  const error = el("p", { class: "error", role: "alert" });
  const box = el("div", { class: "stack" });
  const ask = workingButton("button", t("guardian_ask_button"), () => attempt(app, error, () => invite(app, box)));
  if (app.draft.invitation) showCode(app, box);
  else box.append(el("p", { class: "quiet" }, t("guardian_ask_text")), ask);
  return [el("h4", {}, t("guardian_ask")), box, el("h4", {}, t("guardian_enter")), entry(app, error), error];
}

/** @param {App} app @param {HTMLElement} error @param {() => Promise<void>} act */
async function attempt(app, error, act) {
  error.textContent = "";
  await act().catch((cause) => (error.textContent = problemText(app, cause)));
}

/** @param {App} app @param {HTMLElement} box */
async function invite(app, box) {
  app.draft.invitation = await app.api.invite(app.session?.country ?? "ZZ", app.language);
  showCode(app, box).focus();
}

/** @param {App} app @param {HTMLElement} box */
function showCode(app, box) {
  const { t } = app;
  const { code, expires_at } = /** @type {{code: string, expires_at: string}} */ (app.draft.invitation);
  const until = new Date(expires_at).toLocaleString(locale(app.language), { dateStyle: "long", timeStyle: "short" });
  const link = new URL(app.api.address(`/guardian/${code}`), location.href).href;
  const text = el("p", { tabindex: "-1" }, t("guardian_code"));
  box.replaceChildren(
    text,
    el("p", { class: "reference" }, el("code", {}, code)),
    el("p", { class: "reference" }, el("code", {}, link)),
    el("p", { class: "quiet" }, t("guardian_code_until", { until })),
  );
  return text;
}

/** @param {App} app @param {HTMLElement} error */
function entry(app, error) {
  const { t } = app;
  const field = el("input", { id: "guardian-code", maxlength: "20", autocomplete: "off", required: true });
  field.value = app.draft.code;
  field.addEventListener("input", () => (app.draft.code = field.value));
  const send = el("button", { class: "button" }, t("guardian_enter_button"));
  const labelled = el("div", { class: "field" }, el("label", { for: field.id }, t("guardian_enter_label")), field);
  const form = el("form", { class: "form" }, labelled, send);
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    attempt(app, error, async () => {
      const answer = await app.api.enterAsChild(field.value.trim(), app.language);
      await app.childWords();
      app.show((current) => childView(current, answer));
    });
  });
  return form;
}

/** What a child reads before the chat begins. @param {App} app @param {object} answer */
function childView(app, answer) {
  const words = /** @type {ChildWords} */ (app.child);
  const body = el(
    "div",
    { class: "page-body" },
    el("h3", { class: "page-title", tabindex: "-1", "data-focus": true }, words.title),
    words.text.map((line) => el("p", {}, line)),
    rightsCard(words),
    button("button wide", () => app.admit({ ...answer, child: true }), app.t("guardian_begin")),
  );
  return el("div", { class: "page" }, body);
}

/** @param {ChildWords} words */
export function rightsCard(words) {
  const rows = words.rights.map(({ title, text }) => el("li", {}, el("strong", {}, `${title}: `), text));
  return el("section", { class: "stack rights" }, el("h4", {}, words.rights_title), el("ul", {}, rows));
}

/** A quiet word after half an hour, and again after the next. @param {App} app @param {HTMLElement} main */
export async function remindOfBreak(app, main) {
  const words = await app.childWords();
  const every = words.pause_minutes * MINUTE_MS;
  const timer = setInterval(() => {
    if (!main.isConnected) return clearInterval(timer);
    main.querySelector(".pause")?.remove();
    main.prepend(el("p", { class: "note pause", role: "status" }, icon("person"), el("span", {}, words.pause)));
  }, every);
}
