/** <rousora-chat>: the launcher, the panel, and the keys that open and close them. */
import { App } from "./app.js";
import { button, el, icon } from "./dom.js";
import { pickLanguage } from "./strings.js";

const STYLES = ["tokens", "shell", "gate", "fields", "chat", "prose", "composer", "sheets"];

/** Where the panel fills the screen and the page behind it is out of reach. The same rule is in shell.css. */
const FULL_SCREEN = matchMedia("(max-width: 30rem), (max-height: 30rem)");

/** @type {Promise<CSSStyleSheet[]> | undefined} */
let sheets;

/** Style sheets are adopted, not inlined, so that a strict content security policy holds. @param {string} name */
async function loadStyle(name) {
  const response = await fetch(new URL(`${name}.css`, import.meta.url));
  return new CSSStyleSheet().replace(await response.text());
}

class RousoraChat extends HTMLElement {
  /** What the script tag says, for elements that say nothing themselves. */
  static defaults = { api: "", language: "" };

  constructor() {
    super();
    this.app = new App();
    this.opener = /** @type {Element | null} */ (null);
    this.launcherLabel = el("span", { class: "launcher-label" });
    this.launcher = button("launcher", () => this.open(), icon("chat"), this.launcherLabel);
    this.launcher.setAttribute("aria-haspopup", "dialog");
    this.corner = el("div", { class: "corner", role: "region" }, this.launcher);
    this.heading = el("h2", { class: "title", id: "title" });
    this.subtitle = el("p", { class: "subtitle" });
    this.closer = button("icon-button", () => this.close(), icon("close"));
    this.panel = this.#buildPanel();
  }

  async connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    const { api, language } = RousoraChat.defaults;
    const wishes = [this.getAttribute("language"), language, document.documentElement.lang, navigator.language];
    this.app.onchange = () => this.#relabel();
    this.app.configure(this.getAttribute("api") ?? api, pickLanguage(...wishes));
    FULL_SCREEN.addEventListener("change", () => this.panel.open && this.#present());
    document.addEventListener("click", (event) => this.#openFromPage(event));
    sheets ??= Promise.all(STYLES.map(loadStyle));
    root.adoptedStyleSheets = await sheets;
    root.append(this.corner, this.panel);
  }

  /** @returns {HTMLDialogElement} */
  #buildPanel() {
    const words = el("div", { class: "titles" }, this.heading, this.subtitle);
    const header = el("div", { class: "header" }, el("span", { class: "mark" }, icon("spark")), words, this.closer);
    const panel = el("dialog", { class: "panel", "aria-labelledby": "title" }, header, this.app.stage, this.app.live);
    panel.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#key(event));
    panel.addEventListener("cancel", (/** @type {Event} */ event) => this.#retreat(event));
    return panel;
  }

  /** Opens the panel; the first time also asks the service what to show. */
  open() {
    if (!this.panel.isConnected || this.panel.open) return;
    this.opener = document.activeElement;
    this.#present();
    this.corner.hidden = true;
    this.app.begin();
  }

  /** Closes the panel; the conversation stays as it is. */
  close() {
    this.panel.close();
    this.corner.hidden = false;
    const { opener } = this;
    const onPage = opener instanceof HTMLElement && opener !== this && opener !== document.body;
    (onPage ? opener : this.launcher).focus();
  }

  /** Beside the page where there is room, over it where there is not. */
  #present() {
    if (this.panel.open) this.panel.close();
    if (FULL_SCREEN.matches) this.panel.showModal();
    else this.panel.show();
  }

  #relabel() {
    const { t, language, notice } = this.app;
    this.launcherLabel.textContent = t("launcher");
    this.corner.setAttribute("aria-label", t("title"));
    for (const node of [this.corner, this.panel]) node.lang = language;
    this.heading.textContent = notice ? t("panel_title", { company: notice.company }) : t("title");
    this.subtitle.textContent = notice ? t("answered_by_model") : "";
    this.closer.setAttribute("aria-label", t("close"));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === "Escape" && !event.isComposing) this.#retreat(event);
  }

  /** Escape closes what is on top: a sheet first, then the panel. @param {Event} event */
  #retreat(event) {
    event.preventDefault();
    if (!this.app.closeSheet()) this.close();
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
  if (!document.querySelector("rousora-chat")) document.body.append(document.createElement("rousora-chat"));
}
