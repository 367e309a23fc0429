/** Controls that more than one view uses. */
import { button, el } from "./dom.js";
import { LANGUAGES } from "./strings.js";

/** @typedef {import("./app.js").App} App */

/**
 * A switch for each purpose, with its explanation; changes go into `values`.
 * @param {App} app
 * @param {Record<string, boolean>} values
 */
export function purposeList(app, values) {
  const purposes = app.notice?.purposes ?? [];
  return el(
    "ul",
    { class: "purposes" },
    purposes.map((purpose) => el("li", {}, purposeSwitch(app, purpose, values))),
  );
}

/** @param {App} app @param {import("./types.js").Purpose} purpose @param {Record<string, boolean>} values */
function purposeSwitch(app, { id, title, text, required }, values) {
  const control = el("input", {
    type: "checkbox",
    role: "switch",
    id: `purpose-${id}`,
    "aria-describedby": `text-${id}`,
  });
  control.checked = values[id] === true;
  control.addEventListener("change", () => (values[id] = control.checked));
  const needed = required && el("span", { class: "tag" }, app.t("purpose_required"));
  const label = el("label", { for: `purpose-${id}` }, el("span", { class: "purpose-title" }, title, needed), control);
  return [label, el("p", { id: `text-${id}` }, text)];
}

/** @typedef {{consents: Record<string, boolean>, notice_version: string}} Answer */

/**
 * Every purpose that was asked, with a clear yes or no.
 * @param {App} app
 * @param {Record<string, boolean>} granted
 * @returns {Answer}
 */
export function answerOf(app, granted) {
  const { purposes, version } = /** @type {import("./types.js").Notice} */ (app.notice);
  const asked = purposes.map(({ id }) => [id, granted[id] === true]);
  return { consents: Object.fromEntries(asked), notice_version: version };
}

/** @param {App} app */
export function languageSelect(app) {
  const options = Object.entries(app.notice?.languages ?? LANGUAGES).map(([code, name]) =>
    el("option", { value: code, lang: code, selected: code === app.language }, name),
  );
  const control = el("select", { class: "language", "aria-label": app.t("language") }, options);
  control.addEventListener("change", async () => {
    await app.setLanguage(control.value).catch(() => (control.value = app.language));
    app.stage.querySelector("select.language")?.focus();
  });
  return control;
}

/** @param {App} app */
export function policyLinks(app) {
  const links = Object.entries(app.notice?.links ?? {}).map(([id, href]) =>
    el("a", { href: app.api.address(href), target: "_blank", rel: "noopener" }, app.t(`link_${id}`)),
  );
  return el("div", { class: "policies", role: "group", "aria-label": app.t("policies") }, links);
}

/**
 * A button that shows that its work is going on and cannot be pressed twice meanwhile.
 * @param {string} className
 * @param {string} text
 * @param {() => Promise<void>} work
 */
export function workingButton(className, text, work) {
  const node = button(
    className,
    async () => {
      if (node.getAttribute("aria-busy") === "true") return;
      node.setAttribute("aria-busy", "true");
      await work().finally(() => node.removeAttribute("aria-busy"));
    },
    text,
  );
  return node;
}
