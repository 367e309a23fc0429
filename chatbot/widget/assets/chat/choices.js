/** What is agreed to, until when, and one switch for each purpose that takes effect at once; objections and memory. */
import { Problem } from "./api.js";
import { button, day, el, fill } from "./dom.js";
import { section, switchRow } from "./fields.js";
import { memory } from "./memory.js";
import { objections } from "./objections.js";
import { problemText } from "./problems.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").Standing} Standing */

/** The session has ended: nothing can be changed in it, and a new one helps. */
const OVER = new Set(["unauthorized", "not_found"]);

/** @param {App} app */
export function choices(app) {
  return new Choices(app).node;
}

export class Choices {
  /** Changes are sent one after the other, because each brings a new token. */
  #work = Promise.resolve();

  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.status = el("p", { class: "quiet saved", role: "status" });
    this.list = el("div", { class: "stack" }, el("p", { class: "quiet" }, app.t("loading")));
    this.objections = el("div");
    this.memory = el("div");
    this.company = el("p", { class: "quiet", hidden: true }, app.t("company_now"));
    const now = el("p", { class: "quiet" }, app.t("choices_now"));
    const own = section(app.t("my_choices"), this.company, now, this.list, this.status);
    this.node = el("div", { class: "parts" }, own, this.memory, this.objections);
    this.#load();
  }

  async #load() {
    try {
      const [standing, { events }] = await Promise.all([this.app.api.consents(this.app.language), this.app.api.history()]);
      this.draw(standing, events);
    } catch (error) {
      const over = error instanceof Problem && OVER.has(error.code);
      const anew = over && button("button small", () => this.app.startOver(), this.app.t("new_chat"));
      this.list.replaceChildren(el("p", { class: "error", role: "alert" }, problemText(this.app, error)));
      fill(this.list, anew);
    }
  }

  /** @param {Standing} standing @param {import("./types.js").ConsentEvent[]} events */
  draw(standing, events) {
    const { app } = this;
    this.company.hidden = standing.subject_type !== "juristic";
    const latest = new Map(events.map((event) => [event.purpose, event]));
    const rows = (app.notice?.purposes ?? []).map((purpose) => {
      const yes = standing.consents[purpose.id] === true;
      const row = switchRow(app, purpose, yes, (control) => this.#switch(purpose.id, control));
      const state = el("p", { class: "state", id: `state-${purpose.id}` }, this.#state(yes, latest.get(purpose.id)));
      row.control.setAttribute("aria-describedby", `text-${purpose.id} state-${purpose.id}`);
      return el("li", {}, row.nodes, state);
    });
    const focused = this.#focused();
    this.list.replaceChildren(el("ul", { class: "purposes" }, rows));
    this.objections.replaceChildren(...objections(this, standing.objections ?? []));
    memory(this, this.memory, standing.consents.personalise === true);
    if (focused) /** @type {HTMLElement | null} */ (this.node.querySelector(`[id="${focused}"]`))?.focus();
  }

  /** The control that a redrawing would take the focus from. */
  #focused() {
    const root = /** @type {ShadowRoot} */ (this.node.getRootNode());
    return root.activeElement && this.node.contains(root.activeElement) ? root.activeElement.id : "";
  }

  /** @param {boolean} yes @param {import("./types.js").ConsentEvent} [event] the latest answer */
  #state(yes, event) {
    const { app } = this;
    if (!yes) return app.t("choice_no");
    if (app.session?.state !== "stored") return app.t("choice_yes_here");
    return event?.valid_until ? app.t("choice_yes_until", { date: day(app, event.valid_until) }) : app.t("choice_yes");
  }

  /** @param {string} id @param {HTMLInputElement} control */
  #switch(id, control) {
    const { app } = this;
    const answer = { consents: { [id]: control.checked }, notice_version: app.notice?.version ?? "" };
    return this.change(async () => {
      const held = await app.rechoose(answer);
      return held || app.t(app.session?.state === "stored" ? "saved_stored" : "saved_ephemeral");
    });
  }

  /** Does one change, says what came of it, and shows what stands now. @param {() => Promise<string>} act */
  change(act) {
    this.#work = this.#work.then(async () => {
      this.status.textContent = await act().catch((error) => this.#failed(error));
      await this.#load();
    });
    return this.#work;
  }

  /** @param {unknown} error */
  async #failed(error) {
    const { app } = this;
    if (!(error instanceof Problem) || error.code !== "consent_stale") return problemText(app, error);
    return app.loadNotice().then(
      () => app.t("choices_changed"),
      (cause) => problemText(app, cause),
    );
  }
}
