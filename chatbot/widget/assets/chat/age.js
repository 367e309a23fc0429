/** The neutral age question: country, month, year. Nothing hints at a threshold, nothing is chosen beforehand. */
import { el } from "./dom.js";
import { tick } from "./fields.js";

/** @typedef {import("./app.js").App} App */

const OLDEST = 120;

/**
 * @param {App} app
 * @param {string} name of the draft's field
 * @param {string} label
 * @param {HTMLElement} control
 */
function field(app, name, label, control) {
  control.id = `field-${name}`;
  control.setAttribute("aria-describedby", `error-${name}`);
  control.addEventListener("input", () => Object.assign(app.draft, { [name]: value(control) }));
  const error = el("p", { class: "error", id: `error-${name}`, "data-error": name });
  return el("div", { class: "field" }, el("label", { for: control.id }, label), control, error);
}

/** @param {HTMLElement} control */
const value = (control) => /** @type {HTMLInputElement} */ (control).value.trim();

/** @param {App} app @param {[string, string][]} options @param {string} chosen @param {string} autocomplete */
function select(app, options, chosen, autocomplete) {
  const all = [["", app.t("choose")], ...options];
  const nodes = all.map(([code, name]) => el("option", { value: code, selected: code === chosen }, name));
  return el("select", { autocomplete, required: true }, nodes);
}

/** @param {App} app */
export function countryField(app) {
  const { countries, country_question: question } = /** @type {import("./types.js").Notice} */ (app.notice);
  const options = countries.map(({ code, name }) => /** @type {[string, string]} */ ([code, name]));
  return field(app, "country", question.label, select(app, options, app.draft.country, "country"));
}

/** Whether the law of the chosen country protects companies as well. @param {App} app */
const juristic = ({ notice, draft }) => notice?.countries.find(({ code }) => code === draft.country)?.juristic === true;

/** On whose behalf; nothing is asked where no law makes a difference. @param {App} app */
export const subjectType = (app) => (app.draft.company && juristic(app) ? "juristic" : "natural");

/** Shown only for a country that it means something in. @param {App} app @param {HTMLElement} form whose answers decide it */
export function companyField(app, form) {
  const { control, node } = tick("checkbox", "field-company", app.t("company_label"), app.draft.company);
  control.addEventListener("change", () => (app.draft.company = control.checked));
  const show = () => (node.hidden = !juristic(app));
  form.addEventListener("input", show);
  show();
  return node;
}

/** @param {App} app */
export function bornFields(app) {
  const question = /** @type {import("./types.js").Notice} */ (app.notice).age_question;
  const year = el("input", {
    type: "text",
    inputmode: "numeric",
    maxlength: "4",
    autocomplete: "bday-year",
    required: true,
  });
  year.value = app.draft.year;
  const month = select(app, months(app.language), app.draft.month, "bday-month");
  return el(
    "fieldset",
    { class: "born", "aria-describedby": "born-hint" },
    el("legend", {}, question.label),
    el("p", { class: "quiet", id: "born-hint" }, question.hint),
    el("div", { class: "row" }, field(app, "month", question.month, month), field(app, "year", question.year, year)),
  );
}

/** @param {string} language @returns {[string, string][]} */
function months(language) {
  const name = new Intl.DateTimeFormat(language, { month: "long", timeZone: "UTC" });
  return Array.from({ length: 12 }, (_, i) => [String(i + 1).padStart(2, "0"), name.format(Date.UTC(2000, i))]);
}

/**
 * Whether the answers can be sent; if not, shows what to mend and goes there.
 * @param {App} app
 * @param {HTMLElement} form
 */
export function born(app, form) {
  const wrong = mistakes(app.draft);
  for (const error of form.querySelectorAll("[data-error]")) {
    const name = /** @type {HTMLElement} */ (error).dataset.error ?? "";
    error.textContent = wrong[name] ? app.t(wrong[name]) : "";
    form.querySelector(`#field-${name}`)?.setAttribute("aria-invalid", String(Boolean(wrong[name])));
  }
  /** @type {HTMLElement | null} */ (form.querySelector("[aria-invalid=true]"))?.focus();
  return Object.keys(wrong).length === 0;
}

/**
 * @param {{country: string, month: string, year: string}} answer
 * @returns {Record<string, string>} string keys by field
 */
function mistakes({ country, month, year }) {
  const now = new Date();
  const wrong = /** @type {Record<string, string>} */ ({});
  if (!country) wrong.country = "error_country";
  if (!month) wrong.month = "error_month";
  const past = now.getFullYear() - Number(year);
  if (!/^\d{4}$/.test(year) || past < 0 || past > OLDEST) wrong.year = "error_year";
  else if (past === 0 && Number(month) > now.getMonth() + 1) wrong.month = "error_future";
  return wrong;
}
