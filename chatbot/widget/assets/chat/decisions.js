/** What a computer decided about the visitor, what it was based on, and a person who looks at it when asked. */
import { day, el } from "./dom.js";
import { section, workingButton } from "./fields.js";
import { problemText } from "./problems.js";

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
  const key = `decision_${made.kind}`;
  const said = app.t(key) === key ? app.t("decision_other") : app.t(key);
  const rule = app.t("decision_rule", { rule: made.rule, version: made.version });
  const inputs = Object.entries(made.inputs ?? {}).map(([name, value]) => el("li", {}, `${name}: ${value}`));
  const basis = el("details", {}, el("summary", {}, app.t("decision_basis")), el("p", {}, rule), el("ul", {}, inputs));
  return [el("p", {}, el("time", { datetime: made.at }, day(app, made.at)), ": ", said), basis, review(app, made)];
}

/** The button, or what came of it. @param {App} app @param {Decision} made @param {() => void} [asked] done once it was asked */
export function review(app, made, asked = () => {}) {
  const box = el("div", { class: "stack" });
  const error = el("p", { class: "error", role: "alert" });
  const show = (/** @type {Decision["review"]} */ came) =>
    box.replaceChildren(el("p", { class: "state", role: "status" }, outcome(app, came)));
  const ask = workingButton("button small", app.t("review_ask"), async () => {
    await app.api.review(made.id).then(show, (cause) => (error.textContent = problemText(app, cause)));
    if (!error.textContent) asked();
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
