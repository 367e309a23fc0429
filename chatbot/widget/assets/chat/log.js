/** Who did what with the kept chat, in sentences: when, who by role, what, what for and why; newest first. */
import { el, fill, moment } from "./dom.js";
import { onDemand, workingButton } from "./fields.js";
import { problemText } from "./problems.js";
import { known } from "./strings.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").Act} Act */

/** Whoever is none of these belongs to the team. */
const ROLES = new Set(["visitor", "guardian", "service"]);

/** @param {App} app */
export function log(app) {
  const { t } = app;
  return onDemand(app, t("log_show"), async () => {
    const page = await app.api.accessLog();
    if (!page.entries.length) return el("p", { class: "quiet" }, t("log_none"));
    const list = el("ul", { class: "history" }, rows(app, page.entries));
    return [list, more(app, list, page.next)];
  });
}

/** @param {App} app @param {Act[]} acts */
const rows = (app, acts) => acts.map((act) => el("li", { tabindex: "-1" }, words(app, act), " ", moment(app, act.at)));

/** The next page, while there is one; the focus goes to what is new. @param {App} app @param {HTMLElement} list
 * @param {string | null} next */
function more(app, list, next) {
  const box = el("div");
  const load = async () => {
    const page = await app.api.accessLog(next ?? "");
    const [first, ...rest] = rows(app, page.entries);
    fill(list, first, rest);
    box.replaceWith(more(app, list, page.next));
    first?.focus();
  };
  const error = el("p", { class: "error", role: "alert" });
  const press = () => load().catch((cause) => void (error.textContent = problemText(app, cause)));
  return next ? fill(box, workingButton("text-button", app.t("log_more"), press), error) : box;
}

/** @param {App} app @param {Act} act */
function words({ t, notice }, { verb, role, data_class: data, purpose, recipient, reason }) {
  const terms = /** @type {import("./types.js").Notice} */ (notice).terms;
  const what = terms.data[data] ?? known(t, `log_data_${data}`, "log_data_other");
  const title = terms.purposes[purpose];
  const to = recipient !== "database" && terms.recipients[recipient];
  const why = known(t, `log_why_${reason}`);
  return [
    known(t, `log_${verb}_${ROLES.has(role) ? role : "team"}`, "log_other").replace("{what}", what),
    to && t("log_to", { to }),
    title && t("log_for", { purpose: title }),
    why && t("log_why", { why }),
  ]
    .filter(Boolean)
    .join(" ");
}
