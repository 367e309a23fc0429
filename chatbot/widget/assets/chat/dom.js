/** Building nodes without ever parsing HTML: text stays text. */

const SVG = "http://www.w3.org/2000/svg";

/** Icons on a 24 grid, drawn with a stroke. */
const ICONS = {
  chat: "M4 5.5h16v11H10l-4.5 3.5v-3.5H4z M8 9.5h8 M8 12.5h5",
  close: "M6 6l12 12 M18 6L6 18",
  send: "M12 19V5 M6 11l6-6 6 6",
  stop: "M8 8h8v8H8z",
  hidden:
    "M4 4l16 16 M9.9 5.2A9.8 9.8 0 0 1 12 5c6 0 9 7 9 7a15 15 0 0 1-2.6 3.6 M6.3 7.1A14 14 0 0 0 3 12s3 7 9 7a9 9 0 0 0 3.7-.8 M10 10a2.9 2.9 0 0 0 4 4",
  copy: "M9 9h10v11H9z M15 9V4H5v11h4",
  done: "M5 12.5l4.5 4.5L19 7.5",
  up: "M8 11v9H4v-9z M8 11l4-7c1.6 0 2.5 1.2 2.2 2.6L13.6 10H19a1.6 1.6 0 0 1 1.5 2l-1.7 6.6a1.9 1.9 0 0 1-1.8 1.4H8",
  down: "M16 13V4h4v9z M16 13l-4 7c-1.6 0-2.5-1.2-2.2-2.6l.6-3.4H5a1.6 1.6 0 0 1-1.5-2l1.7-6.6A1.9 1.9 0 0 1 7 4h9",
  person: "M12 11.5a3.7 3.7 0 1 0 0-7.4 3.7 3.7 0 0 0 0 7.4z M4.5 20c.7-3.7 3.7-5.5 7.5-5.5s6.8 1.8 7.5 5.5",
  shield: "M12 3.5l7 2.7v5.3c0 4.3-2.9 7.6-7 9-4.1-1.4-7-4.7-7-9V6.2z M9 12l2.2 2.2L15 10.4",
  back: "M14.5 6l-6 6 6 6",
  warning: "M12 4l9 15.5H3z M12 10v4.5 M12 17v.2",
  spark: "M12 4.5l1.8 5.7 5.7 1.8-5.7 1.8L12 19.5l-1.8-5.7L4.5 12l5.7-1.8z",
  latest: "M12 5v14 M6 13l6 6 6-6",
};

/** @typedef {Node | string | number | null | undefined | false | any[]} Child */

/**
 * One element. `on…` properties are listeners; true is an empty attribute; false and null leave it out.
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...Child} children
 * @returns {any}
 */
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, String(value));
  }
  return fill(node, ...children);
}

/**
 * Appends children, skipping what is empty.
 * @template {ParentNode & Node} T
 * @param {T} node
 * @param {...Child} children
 * @returns {T}
 */
export function fill(node, ...children) {
  const kept = children.flat(5).filter((child) => child != null && child !== false && child !== "");
  node.append(.../** @type {(Node | string)[]} */ (kept.map((c) => (typeof c === "number" ? String(c) : c))));
  return node;
}

/**
 * A decorative icon, hidden from screen readers.
 * @param {keyof typeof ICONS} name
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = { viewBox: "0 0 24 24", class: `icon icon-${name}`, "aria-hidden": "true", focusable: "false" };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/**
 * A button that never submits a form by accident.
 * @param {string} className
 * @param {(event: Event) => void} onclick
 * @param {...Child} children
 * @returns {HTMLButtonElement}
 */
export function button(className, onclick, ...children) {
  return el("button", { type: "button", class: className, onclick }, ...children);
}

/** How the visitor's own browser writes dates in the language on show (`en` as in South Africa, say). @param {string} language */
export const locale = (language) => navigator.languages.find((tag) => tag.startsWith(language)) ?? language;

/** A day in words, in the language on show. @param {{language: string}} app @param {string | number} at */
export function day({ language }, at) {
  return new Date(at).toLocaleDateString(locale(language), { dateStyle: "long" });
}

/** A day and time in words, as an element. @param {{language: string}} app @param {string} at */
export function moment({ language }, at) {
  const time = new Intl.DateTimeFormat(locale(language), { dateStyle: "long", timeStyle: "short" });
  return el("time", { datetime: at, class: "quiet" }, time.format(new Date(at)));
}

/** A random id; also where the page is not served over https and randomUUID is missing. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
