/** Where the visitor writes. Enter sends, Shift+Enter breaks the line; nothing typed is ever lost. */
import { button, el, icon } from "./dom.js";
import { sensitiveKind } from "./hints.js";

/** The service takes this many characters; the counter appears shortly before. */
const LIMIT = 4000;
const COUNT_FROM = 3600;
const TALLEST = 160;

export class Composer {
  #answering = false;

  /**
   * @param {import("./app.js").App} app
   * @param {{send: (text: string) => void, stop: () => void}} actions
   */
  constructor(app, actions) {
    this.app = app;
    this.actions = actions;
    const { t } = app;
    this.box = el("textarea", {
      id: "message",
      rows: "1",
      placeholder: t("placeholder"),
      "aria-describedby": "composer-notes",
      "data-focus": true,
    });
    this.box.value = app.draft.text;
    this.hint = el("p", { class: "composer-hint", hidden: true });
    this.count = el("p", { class: "composer-count", hidden: true });
    this.offline = el("p", { class: "composer-offline", role: "status" });
    this.sender = el("button", { class: "send", "aria-label": t("send") }, icon("send"));
    this.stopper = button("send stop", () => this.#stop(), icon("stop"));
    this.stopper.setAttribute("aria-label", t("stop"));
    this.node = this.#build();
    this.#listen();
    this.answering(false);
    this.#typed();
    this.#online();
  }

  #build() {
    const notes = el(
      "div",
      { id: "composer-notes", class: "composer-notes", "aria-live": "polite" },
      this.hint,
      this.count,
    );
    const line = el("div", { class: "composer-line" }, this.box, this.sender, this.stopper);
    const label = el("label", { class: "unseen", for: "message" }, this.app.t("message"));
    return el("form", { class: "composer" }, this.offline, notes, label, line);
  }

  #listen() {
    this.node.addEventListener("submit", (/** @type {Event} */ event) => {
      event.preventDefault();
      this.#send();
    });
    this.box.addEventListener("input", () => this.#typed());
    this.box.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#send();
    });
    for (const name of ["online", "offline"]) addEventListener(name, () => this.node.isConnected && this.#online());
  }

  focus() {
    this.box.focus();
  }

  /** Puts text back before what is typed already. @param {string} text */
  write(text) {
    this.box.value = [text, this.box.value].filter(Boolean).join("\n");
    this.#typed();
    this.focus();
  }

  /** While a reply arrives the visitor may write on, and stop it. @param {boolean} yes */
  answering(yes) {
    const had = this.node.contains(/** @type {ShadowRoot} */ (this.node.getRootNode()).activeElement ?? null);
    this.#answering = yes;
    this.sender.hidden = yes;
    this.stopper.hidden = !yes;
    this.stopper.disabled = false;
    if (had) this.focus();
  }

  #stop() {
    this.stopper.disabled = true;
    this.actions.stop();
  }

  #send() {
    const text = this.box.value.trim();
    if (!text || text.length > LIMIT || this.#answering || !navigator.onLine) return;
    this.box.value = "";
    this.#typed();
    this.actions.send(text);
  }

  #typed() {
    const text = this.box.value;
    this.app.draft.text = text;
    const kind = sensitiveKind(text);
    this.#note(this.hint, kind && this.app.t(`hint_${kind}`));
    const over = text.length > LIMIT;
    this.#note(
      this.count,
      text.length > COUNT_FROM && this.app.t(over ? "too_long" : "length", { count: text.length, limit: LIMIT }),
    );
    this.count.classList.toggle("error", over);
    this.box.style.height = "auto";
    if (this.box.scrollHeight) this.box.style.height = `${Math.min(this.box.scrollHeight, TALLEST)}px`;
  }

  /** @param {HTMLElement} node @param {string | false} text */
  #note(node, text) {
    if (node.textContent !== (text || "")) node.textContent = text || "";
    node.hidden = !text;
  }

  #online() {
    this.#note(this.offline, !navigator.onLine && this.app.t("offline"));
  }
}
