/** Controls that more than one view uses. */
import { button, el, fill } from "./dom.js";
import { problemText } from "./problems.js";
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
    purposes.map((purpose) => {
      const set = (/** @type {HTMLInputElement} */ control) => (values[purpose.id] = control.checked);
      return el("li", {}, switchRow(app, purpose, values[purpose.id] === true, set).nodes);
    }),
  );
}

/** A purpose with its switch. @param {App} app @param {import("./types.js").Purpose} purpose
 * @param {boolean} on @param {(control: HTMLInputElement) => void} changed */
export function switchRow(app, { id, title, text, required }, on, changed) {
  const control = el("input", {
    type: "checkbox",
    role: "switch",
    id: `purpose-${id}`,
    "aria-describedby": `text-${id}`,
  });
  control.checked = on;
  control.addEventListener("change", () => changed(control));
  const needed = required && el("span", { class: "tag" }, app.t("purpose_required"));
  const label = el("label", { for: `purpose-${id}` }, el("span", { class: "purpose-title" }, title, needed), control);
  return { control, nodes: [label, el("p", { id: `text-${id}` }, text)] };
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

/** Stays in the header, so that the language can change at any time. @param {App} app */
export function languageSelect(app) {
  const options = Object.entries(app.notice?.languages ?? LANGUAGES).map(([code, name]) =>
    el("option", { value: code, lang: code }, name),
  );
  const control = el("select", { class: "language" }, options);
  control.addEventListener("change", async () => {
    control.setAttribute("aria-busy", "true");
    await app.setLanguage(control.value).catch(() => (control.value = app.language));
    control.removeAttribute("aria-busy");
  });
  return control;
}

/** A box to tick, or one of several, with its label. @param {"checkbox" | "radio"} type @param {string} id
 * @param {string} text @param {boolean} on @param {Record<string, string>} [properties] */
export function tick(type, id, text, on, properties = {}) {
  const control = el("input", { type, id, ...properties });
  control.checked = on;
  return { control, node: el("label", { class: "tick" }, control, text) };
}

/** A button that opens what is fetched for it, anew each time, so that it is never older than what it tells of.
 * @param {App} app @param {string} text @param {() => Promise<import("./dom.js").Child>} fetched */
export function onDemand(app, text, fetched) {
  const box = el("div", { class: "stack", hidden: true });
  const opener = button("button plain", () => toggle(), text);
  opener.setAttribute("aria-expanded", "false");
  const toggle = async () => {
    box.hidden = !box.hidden;
    opener.setAttribute("aria-expanded", String(!box.hidden));
    if (box.hidden) return;
    box.replaceChildren(el("p", { class: "quiet", role: "status" }, app.t("loading")));
    const shown = await fetched().catch((error) => el("p", { class: "error", role: "alert" }, problemText(app, error)));
    box.replaceChildren();
    fill(box, shown);
  };
  return [opener, box];
}

/** A text with its contact address as a link. @param {string} text @param {string} [mail] */
export function withMail(text, mail) {
  const [before, ...after] = mail ? text.split(mail) : [text];
  return [before, ...after.flatMap((part) => [el("a", { href: `mailto:${mail}` }, mail), part])];
}

/** A titled part of a sheet. @param {string} title @param {...import("./dom.js").Child} children */
export function section(title, ...children) {
  return el("section", { class: "stack" }, el("h4", {}, title), children);
}

/** @param {App} app */
export function policyLinks(app) {
  const links = Object.entries(app.notice?.links ?? {}).map(([id, href]) =>
    el("a", { href: `${app.api.address(href)}?language=${app.language}`, target: "_blank", rel: "noopener" }, app.t(`link_${id}`)),
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
