/** What happens without a yes, on the ground of a legitimate interest, and the visitor's objection to it. */
import { el } from "./dom.js";
import { section, workingButton } from "./fields.js";

/** @typedef {import("./choices.js").Choices} Choices */
/** @typedef {import("./types.js").Objection} Objection */

/** @param {Choices} choices @param {Objection[]} rows */
export function objections(choices, rows) {
  const { t } = choices.app;
  if (!rows.length) return [];
  const list = el("ul", { class: "purposes" }, rows.map((row) => el("li", {}, objection(choices, row))));
  return [section(t("objections_title"), el("p", { class: "quiet" }, t("objections_text")), list)];
}

/** What stands: at once, or as a person decided. @param {Objection} row */
const standing = ({ review, decision }) => (review ? `objection_${decision ?? "pending"}` : "objection_stands");

/** @param {Choices} choices @param {Objection} row */
function objection(choices, row) {
  const { id, title, text, objected } = row;
  const { app } = choices;
  const press = workingButton("button small plain", app.t(objected ? "object_end" : "object"), () =>
    choices.change(async () => {
      app.renew((await app.api.saveObjections({ [id]: !objected })).token);
      return app.t("saved");
    }),
  );
  press.id = `object-${id}`;
  press.setAttribute("aria-describedby", `object-title-${id}`);
  const state = objected && el("p", { class: "state" }, app.t(standing(row)));
  return [el("strong", { id: `object-title-${id}` }, title), el("p", {}, text), state, press];
}
