/** <rousora-chat>: the launcher in the corner. The panel and all that is in it are fetched when first wanted. */
import { button, el, icon } from "./dom.js";
import { pickLanguage, translator } from "./strings.js";
import { adopt } from "./styles.js";

class RousoraChat extends HTMLElement {
  /** What the script tag says, for elements that say nothing themselves. */
  static defaults = { api: "", language: "" };

  constructor() {
    super();
    this.label = el("span", { class: "launcher-label" });
    this.launcher = button("launcher", () => this.open(), icon("chat"), this.label);
    this.launcher.setAttribute("aria-haspopup", "dialog");
    this.corner = el("div", { class: "corner", role: "region" }, this.launcher);
    this.language = "en";
    /** @type {Promise<import("./panel.js").Panel> | undefined} */
    this.panel = undefined;
  }

  async connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    const { documentElement } = document;
    const wishes = [
      this.getAttribute("language"),
      RousoraChat.defaults.language,
      documentElement.lang,
      navigator.language,
    ];
    this.#relabel(pickLanguage(...wishes));
    for (const wish of ["pointerenter", "focus"])
      this.launcher.addEventListener(wish, () => this.#load().catch(() => {}));
    document.addEventListener("click", (event) => this.#openFromPage(event));
    await adopt(root, ["tokens", "shell"]);
    root.append(this.corner);
  }

  /** @param {string} language */
  #relabel(language) {
    const t = translator(language);
    this.language = this.corner.lang = language;
    this.label.textContent = t("launcher");
    this.corner.setAttribute("aria-label", t("title"));
  }

  /** Fetches the panel, once; a failure may be tried again. */
  #load() {
    this.panel ??= this.#build().catch((error) => {
      this.panel = undefined;
      throw error;
    });
    return this.panel;
  }

  async #build() {
    const root = /** @type {ShadowRoot} */ (this.shadowRoot);
    const styles = ["tokens", "shell", "gate", "fields", "chat", "prose", "composer", "sheets"];
    const [{ Panel }] = await Promise.all([import("./panel.js"), adopt(root, styles)]);
    const panel = new Panel(this.getAttribute("api") ?? RousoraChat.defaults.api, this.language);
    panel.onlanguage = (language) => this.#relabel(language);
    root.append(panel.node);
    return panel;
  }

  /** Opens the panel beside or over the page. */
  async open() {
    const opener = document.activeElement;
    const panel = await this.#load().catch(() => null);
    if (!panel) this.label.textContent = translator(this.language)("retry");
    if (!panel || panel.node.open) return;
    panel.onclose = () => this.#closed(opener);
    this.corner.hidden = true;
    panel.open();
  }

  /** The launcher is back, and the focus is where it was. @param {Element | null} opener */
  #closed(opener) {
    this.corner.hidden = false;
    const onPage = opener instanceof HTMLElement && opener !== this && opener !== document.body;
    (onPage ? opener : this.launcher).focus();
  }

  /** @param {MouseEvent} event */
  #openFromPage(event) {
    const pressed = event.target instanceof Element && event.target.closest("[data-rousora-open]");
    if (!pressed) return;
    event.preventDefault();
    this.open();
  }
}

/**
 * Registers the element, and puts one on the page unless the page has its own.
 * @param {{api: string, language: string}} defaults
 */
export function define(defaults) {
  if (customElements.get("rousora-chat")) return;
  RousoraChat.defaults = defaults;
  customElements.define("rousora-chat", RousoraChat);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", addOne);
  else addOne();
}

function addOne() {
  if (!document.querySelector("rousora-chat")) document.body.append(document.createElement("rousora-chat"));
}
