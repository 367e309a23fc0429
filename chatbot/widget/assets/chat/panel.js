/** The panel: a dialog with a header that says who answers, the view on show, and what screen readers hear. */
import { App } from "./app.js";
import { button, el, icon } from "./dom.js";
import { languageSelect } from "./fields.js";

/** Where the panel fills the screen and the page behind it is out of reach. The same rule is in shell.css. */
const FULL_SCREEN = matchMedia("(max-width: 30rem), (max-height: 30rem)");

export class Panel {
  /** @param {string} api @param {string} language */
  constructor(api, language) {
    this.app = new App(api, language);
    this.onclose = () => {};
    /** @type {(language: string) => void} */ this.onlanguage = () => {};
    this.heading = el("h2", { class: "title", id: "title" });
    this.subtitle = el("p", { class: "subtitle" });
    this.languages = el("div", { class: "languages" });
    this.closer = button("icon-button", () => this.close(), icon("close"));
    /** @type {HTMLDialogElement} */ this.node = this.#build();
    this.app.onchange = () => this.#relabel();
    this.#relabel();
    FULL_SCREEN.addEventListener("change", () => this.node.open && this.#present());
  }

  #build() {
    const words = el("div", { class: "titles" }, this.heading, this.subtitle);
    const header = el("div", { class: "header" }, el("span", { class: "mark" }, icon("spark")), words, this.languages, this.closer);
    const node = el("dialog", { class: "panel", "aria-labelledby": "title" }, header, this.app.stage, this.app.live);
    node.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape" && !event.isComposing) this.#retreat(event);
    });
    node.addEventListener("cancel", (/** @type {Event} */ event) => this.#retreat(event));
    return node;
  }

  #relabel() {
    const { t, language, notice } = this.app;
    this.node.lang = language;
    this.heading.textContent = notice ? t("panel_title", { company: notice.company }) : t("title");
    this.subtitle.textContent = notice ? t("answered_by_model") : "";
    this.closer.setAttribute("aria-label", t("close"));
    if (notice && !this.languages.firstChild) this.languages.append(languageSelect(this.app));
    const select = this.languages.querySelector("select");
    if (select) Object.assign(select, { value: language, ariaLabel: t("language") });
    this.onlanguage(language);
  }

  /** Shows the panel; the first time the service is asked what to show. */
  open() {
    this.#present();
    this.app.begin();
  }

  /** Hides the panel; the conversation stays as it is. */
  close() {
    this.node.close();
    this.onclose();
  }

  /** Beside the page where there is room, over it where there is not; who was typing goes on typing. */
  #present() {
    const root = /** @type {ShadowRoot} */ (this.node.getRootNode());
    const focused = /** @type {HTMLElement | null} */ (this.node.open ? root.activeElement : null);
    if (this.node.open) this.node.close();
    if (FULL_SCREEN.matches) this.node.showModal();
    else this.node.show();
    focused?.focus();
  }

  /** Escape closes what is on top: a sheet first, then the panel. @param {Event} event */
  #retreat(event) {
    event.preventDefault();
    if (!this.app.closeSheet()) this.close();
  }
}
