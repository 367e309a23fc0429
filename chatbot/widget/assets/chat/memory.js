/** What answers are adapted to: how long they shall be, which topics came up before, and one press to forget it. */
import { button, el } from "./dom.js";
import { section, tick, workingButton } from "./fields.js";
import { problemText } from "./problems.js";

/** @typedef {import("./choices.js").Choices} Choices */
/** @typedef {{preferences: {length: string}, topics: string[]}} Memory */

const LENGTHS = ["short", "normal", "long"];

/** Only while the visitor agreed to it, and only where the service has it.
 * @param {Choices} choices @param {HTMLElement} box @param {boolean} agreed */
export function memory(choices, box, agreed) {
  if (agreed) fill(choices, box, "");
  else box.replaceChildren();
}

/** @param {Choices} choices @param {HTMLElement} box @param {string} said */
async function fill(choices, box, said) {
  const { api, t } = choices.app;
  const found = await api.memory().catch(() => null);
  if (!found) return box.replaceChildren();
  const status = el("p", { class: "quiet saved", role: "status" }, said);
  const act = (/** @type {() => Promise<any>} */ work, /** @type {string} */ done) =>
    work().then(
      () => fill(choices, box, t(done)),
      (error) => void (status.textContent = problemText(choices.app, error)),
    );
  const chosen = (/** @type {string} */ length) => act(() => api.saveMemory({ length }), "saved");
  const forgotten = () => act(() => api.forgetMemory(), "memory_forgotten");
  const forget = workingButton("button small plain", t("memory_forget"), forgotten);
  forget.id = "memory-forget";
  const again = button("button small plain", () => choices.app.startAgain(), t("memory_again"));
  const { activeElement } = /** @type {ShadowRoot} */ (box.getRootNode());
  const focused = activeElement && box.contains(activeElement) ? activeElement.id : "";
  const parts = [lengths(choices, found, chosen), topics(choices, found), again, forget, status];
  box.replaceChildren(section(t("memory_title"), ...parts));
  if (focused) /** @type {HTMLElement | null} */ (box.querySelector(`#${focused}`))?.focus();
}

/** @param {Choices} choices @param {Memory} memory @param {(length: string) => void} chosen */
function lengths({ app }, { preferences }, chosen) {
  const all = LENGTHS.map((length) => {
    const properties = { name: "length", value: length };
    const said = app.t(`memory_${length}`);
    const { control, node } = tick("radio", `length-${length}`, said, preferences.length === length, properties);
    control.addEventListener("change", () => chosen(length));
    return node;
  });
  return el("fieldset", { class: "lengths" }, el("legend", {}, app.t("memory_length")), el("div", { class: "row" }, all));
}

/** @param {Choices} choices @param {Memory} memory */
function topics({ app }, memory) {
  const rows = memory.topics.map((topic) => el("li", {}, topic));
  if (!rows.length) return el("p", { class: "quiet" }, app.t("memory_none"));
  return [el("p", { class: "quiet" }, app.t("memory_topics")), el("ul", { class: "topics" }, rows)];
}
