/** What a computer decided about the visitor, what it was based on, and a person who looks at it when asked. */
import { day, el, locale } from "./dom.js";
import { section, workingButton } from "./fields.js";
import { problemText } from "./problems.js";
import { known } from "./strings.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").Decision} Decision */

/** Stays empty where nothing was decided. @param {App} app */
export function decisions(app) {
  const { t } = app;
  const box = el("div");
  app.api.decisions().then(
    ({ decisions: found }) => {
      const rows = found.map((/** @type {Decision} */ each) => el("li", {}, decision(app, each)));
      const text = el("p", { class: "quiet" }, t("decisions_text"));
      if (rows.length) box.append(section(t("decisions_title"), text, el("ul", { class: "purposes" }, rows)));
    },
    () => {}, // a service without this part, or a session that has ended
  );
  return box;
}

/** @param {App} app @param {Decision} made */
function decision(app, made) {
  const said = known(app.t, `decision_${made.kind}`, "decision_other");
  const rows = basis(app, made).map((sentence) => el("li", {}, sentence));
  const more = el("details", {}, el("summary", {}, app.t("decision_basis")), el("ul", {}, rows));
  return [el("p", {}, el("time", { datetime: made.at }, day(app, made.at)), ": ", said), more, review(app, made)];
}

/** The rule and what it was given, a sentence each. @param {App} app @param {Decision} made */
function basis({ t, language }, { rule, version, inputs }) {
  const share = new Intl.NumberFormat(locale(language), { style: "percent" });
  const given = Object.entries(inputs ?? {}).map(([name, value]) =>
    typeof value === "number"
      ? known(t, `input_${name}`, "input_other").replace("{value}", share.format(value))
      : known(t, `input_${name}_${value}`, "input_other"),
  );
  const [id] = rule.split(" >="); // what follows is among the inputs
  const said = known(t, `rule_${id.replace(/\W+/g, "_")}`, "rule_other");
  return [said, ...new Set(given), version && t("decision_version", { version })].filter(Boolean);
}

/** The button, or what came of it. @param {App} app @param {Decision} made
 * @param {(came: Decision["review"]) => void} [asked] done once it was asked */
export function review(app, made, asked = () => {}) {
  const box = el("div", { class: "stack" });
  const error = el("p", { class: "error", role: "alert" });
  const show = (/** @type {Decision["review"]} */ came) => {
    const state = el("p", { class: "state", role: "status", tabindex: "-1" }, outcome(app, came));
    box.replaceChildren(state);
    return state;
  };
  const ask = workingButton("button small", app.t("review_ask"), async () => {
    error.textContent = "";
    try {
      const came = await app.api.review(made.id);
      show(came).focus();
      asked(came);
    } catch (cause) {
      error.textContent = problemText(app, cause);
    }
  });
  if (made.review) show(made.review);
  else if (made.reviewable) box.append(ask, error);
  return box;
}

/** @param {App} app @param {Decision["review"]} asked */
function outcome(app, asked) {
  if (!asked?.decided_at) return app.t("review_asked", { date: day(app, asked?.asked_at ?? Date.now()) });
  return app.t(asked.outcome === "reversed" ? "review_reversed" : "review_upheld", { date: day(app, asked.decided_at) });
}
