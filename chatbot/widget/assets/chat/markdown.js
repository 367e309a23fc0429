/**
 * Markdown of a reply as DOM nodes, never through innerHTML.
 *
 *   text ── blocks (paragraph, heading, list, code, quote) ── inline (bold, italic, code, link, [1])
 *
 * While a reply streams, only blocks whose source changed are drawn again, so nothing flickers.
 */
import { el } from "./dom.js";

const SAFE_LINK = /^(https?:\/\/|mailto:|\/(?![/\\]))/i;
const ITEM = /^(\s*)([-*+]|\d{1,3}[.)])\s+/;
const INLINE = new RegExp(
  [
    "`([^`\\n]+)`", // 1 code
    "\\*\\*(?=\\S)([\\s\\S]+?)\\*\\*", // 2 bold
    "(?<![\\w*])[*_](?=[^\\s*_])([^*_]+?)[*_](?![\\w*])", // 3 italic
    "\\[([^\\]\\n]+)\\]\\(([^)\\s]+)\\)", // 4 and 5 link
    "\\[(\\d{1,2})\\]", // 6 citation
    "\\bhttps?://[^\\s<>()\\[\\]]+[^\\s<>()\\[\\].,;:!?'\"]", // 7 bare address
  ].join("|"),
  "g",
);

/**
 * What drawing asks its surroundings.
 * @typedef {object} Hooks
 * @property {(number: number) => Node | null} cite a button for the citation, or null while it is unknown
 * @property {(href: string) => string} address where a link of the service leads from any site
 */

/** A container that shows Markdown and can be given a longer text at any time. */
export class MarkdownView {
  #sources = /** @type {string[]} */ ([]);

  /** @param {Hooks} hooks */
  constructor(hooks) {
    this.hooks = hooks;
    this.node = el("div", { class: "prose" });
  }

  /** @param {string} text */
  update(text) {
    const sources = blocks(text);
    if (sources.length) sources.push(closed(sources.pop() ?? ""));
    const same = sources.findIndex((source, i) => source !== this.#sources[i]);
    if (same === -1 && sources.length === this.#sources.length) return;
    const from = same === -1 ? sources.length : same;
    while (this.node.children.length > from) this.node.lastElementChild.remove();
    this.node.append(...sources.slice(from).map((source) => drawBlock(source, this.hooks)));
    this.#sources = sources;
  }

  /** Draws everything again, when citations became known after their marks. @param {string} text */
  redraw(text) {
    this.#sources = [];
    this.node.replaceChildren();
    this.update(text);
  }
}

/**
 * The text without marks, for the clipboard of the ear: what a screen reader should say.
 * @param {string} text
 */
export function spoken(text) {
  const plain = text.replace(/```\w*/g, "").replace(/\[([^\]]+)\]\([^)]*\)/g, "$1");
  return plain
    .replace(/\[\d{1,2}\]/g, "")
    .replace(/[*_`#>]+/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

/**
 * Source text of each block, in order.
 * @param {string} text
 * @returns {string[]}
 */
export function blocks(text) {
  const found = /** @type {string[][]} */ ([]);
  let fenced = false;
  let open = false;
  for (const line of text.replace(/\r\n?/g, "\n").split("\n")) {
    const fence = /^\s*```/.test(line);
    if (!fenced && line.trim() === "") {
      open = false;
      continue;
    }
    if (!open || (!fenced && startsAnew(line, found[found.length - 1]))) found.push([]);
    found[found.length - 1].push(line);
    if (fence) fenced = !fenced;
    open = fenced || !fence;
  }
  return found.map((lines) => lines.join("\n"));
}

/** A block that is still arriving, with its open bold or code closed for now. @param {string} source */
function closed(source) {
  if (/^\s*```/.test(source)) return source;
  const trimmed = source.replace(/(?<=^|\s)(\*\*?|`|\[[^\]]*)$/, "");
  const odd = (/** @type {string} */ mark) => trimmed.split(mark).length % 2 === 0;
  return trimmed + (odd("`") ? "`" : odd("**") ? "**" : "");
}

/** @param {string} line @param {string[]} block */
function startsAnew(line, block) {
  if (/^#{1,6} |^\s*```/.test(line) || /^#{1,6} /.test(block[0])) return true;
  const listed = ITEM.test(block[0]);
  return ITEM.test(line) ? !listed : listed && !/^\s/.test(line);
}

/** @param {string} source @param {Hooks} hooks @returns {HTMLElement} */
function drawBlock(source, hooks) {
  const heading = /^(#{1,6}) +(.*)$/.exec(source);
  if (heading)
    return el("p", { class: "prose-heading", role: "heading", "aria-level": "3" }, inline(heading[2], hooks));
  if (/^\s*```/.test(source)) return drawCode(source);
  if (ITEM.test(source)) return drawList(source, hooks);
  if (/^> ?/.test(source)) return el("blockquote", {}, inline(source.replace(/^> ?/gm, ""), hooks));
  return el("p", {}, inline(source, hooks));
}

/** @param {string} source */
function drawCode(source) {
  const body = source.replace(/^\s*```[^\n]*\n?/, "").replace(/\n?\s*```\s*$/, "");
  return el("pre", { tabindex: "0" }, el("code", {}, body));
}

/** A list, one level of nesting deep: deeper items join the level above.
 * @param {string} source @param {Hooks} hooks */
function drawList(source, hooks) {
  const first = /** @type {RegExpExecArray} */ (ITEM.exec(source));
  const list = newList(first[2]);
  for (const line of source.split("\n")) {
    const mark = ITEM.exec(line);
    const last = list.lastElementChild;
    if (!mark) last?.append(" ", ...inline(line.trim(), hooks));
    else if (mark[1].length > first[1].length && last) nested(last, mark[2]).append(item(line, hooks));
    else list.append(item(line, hooks));
  }
  return list;
}

/** @param {string} mark */
const newList = (mark) => (/\d/.test(mark) ? el("ol", { start: Number.parseInt(mark, 10) }) : el("ul"));

/** @param {string} line @param {Hooks} hooks */
const item = (line, hooks) => el("li", {}, inline(line.replace(ITEM, ""), hooks));

/** @param {Element} parent @param {string} mark */
function nested(parent, mark) {
  const last = parent.lastElementChild;
  if (last?.matches("ul, ol")) return last;
  return parent.appendChild(newList(mark));
}

/**
 * @param {string} text
 * @param {Hooks} hooks
 * @returns {(Node | string)[]}
 */
function inline(text, hooks) {
  const out = /** @type {(Node | string)[]} */ ([]);
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    out.push(...plain(text.slice(from, match.index)), drawInline(match, hooks));
    from = match.index + match[0].length;
  }
  out.push(...plain(text.slice(from)));
  return out;
}

/** Line breaks inside a paragraph are kept. @param {string} text */
function plain(text) {
  return text.split("\n").flatMap((line, i) => (i ? [el("br"), line] : [line]));
}

/** @param {RegExpMatchArray} match @param {Hooks} hooks @returns {Node | string} */
function drawInline(match, hooks) {
  const [whole, code, bold, italic, label, href, number] = match;
  if (code) return el("code", {}, code);
  if (bold) return el("strong", {}, inline(bold, hooks));
  if (italic) return el("em", {}, inline(italic, hooks));
  if (label) return SAFE_LINK.test(href) ? link(hooks.address(href), [label]) : whole;
  if (number) return hooks.cite(Number(number)) ?? whole;
  return link(whole, [whole]);
}

/** A link that leaves the conversation where it is. @param {string} href @param {(Node | string)[]} children */
export function link(href, children) {
  const mail = /^mailto:/i.test(href);
  return el("a", { href, rel: "noopener nofollow", target: mail ? null : "_blank" }, children);
}

/** @param {string} href */
export const isSafe = (href) => SAFE_LINK.test(href);
