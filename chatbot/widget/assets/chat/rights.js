/** The visitor's rights in plain words, whom to write to, and the authority of the visitor's country. */
import { el } from "./dom.js";
import { section } from "./fields.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {{rights: {id: string, title: string, text: string}[], authority: {name: string, url: string}, officer: string}} Rights */

/** @param {App} app */
export function rights(app) {
  const box = el("div", { class: "stack" });
  app.api.rights(app.language).then(
    (found) => box.append(...card(app, found)),
    () => {}, // the policies below say the same
  );
  return section(app.t("rights_title"), box);
}

/** @param {App} app @param {Rights} found */
function card(app, { rights: all, authority, officer }) {
  const { t } = app;
  const rows = all.map(({ title, text }) => el("li", {}, el("strong", {}, `${title}: `), text));
  const mail = el("a", { href: `mailto:${officer}` }, officer);
  const complain = el("a", { href: authority.url, target: "_blank", rel: "noopener" }, authority.name);
  return [
    el("details", {}, el("summary", {}, t("rights_show")), el("ul", { class: "rights" }, rows)),
    el("p", {}, t("rights_contact"), " ", mail),
    el("p", {}, t("rights_complain"), " ", complain),
  ];
}
