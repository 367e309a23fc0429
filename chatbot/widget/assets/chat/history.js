/** What was answered so far, in plain words with dates; a signed receipt of it; the versions of the policy. */
import { button, day, el, locale } from "./dom.js";
import { workingButton } from "./fields.js";
import { problemText } from "./problems.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").ConsentEvent} ConsentEvent */

/** @param {App} app */
export function history(app) {
  const { t } = app;
  const status = el("p", { class: "quiet saved", role: "status" });
  const receipt = workingButton("button plain", t("receipt_download"), () => download(app, status));
  const href = app.api.address(`/privacy/versions?language=${app.language}`);
  const versions = el("a", { href, target: "_blank", rel: "noopener" }, t("policy_versions"));
  return el("div", { class: "stack" }, answers(app), receipt, status, versions);
}

/** Fetched when it is opened, and again each time, so that it is never older than the choices. @param {App} app */
function answers(app) {
  const { t } = app;
  const box = el("div", { class: "stack", hidden: true });
  const opener = button("button plain", () => toggle(), t("history_show"));
  opener.setAttribute("aria-expanded", "false");
  const toggle = async () => {
    box.hidden = !box.hidden;
    opener.setAttribute("aria-expanded", String(!box.hidden));
    if (box.hidden) return;
    box.replaceChildren(el("p", { class: "quiet", role: "status" }, t("loading")));
    await Promise.all([app.api.history(), app.api.consents()]).then(
      ([{ events }, { objections = [] }]) => box.replaceChildren(list(app, events, objections)),
      (error) => box.replaceChildren(el("p", { class: "error", role: "alert" }, problemText(app, error))),
    );
  };
  return [opener, box];
}

/** Newest first. @param {App} app @param {ConsentEvent[]} events @param {import("./types.js").Objection[]} objections */
function list(app, events, objections) {
  const titles = new Map([...(app.notice?.purposes ?? []), ...objections].map(({ id, title }) => [id, title]));
  const time = new Intl.DateTimeFormat(locale(app.language), { dateStyle: "long", timeStyle: "short" });
  const items = [...events].reverse().map((event) => {
    const when = el("time", { datetime: event.at, class: "quiet" }, time.format(new Date(event.at)));
    return el("li", {}, words(app, event, titles.get(event.purpose) ?? event.purpose), " ", when);
  });
  return el("ul", { class: "history" }, items);
}

/** One answer as a sentence. @param {App} app @param {ConsentEvent} event @param {string} purpose */
function words(app, { event_type: type, actor, valid_until: until }, purpose) {
  const { t } = app;
  const said = t(actor === "guardian" ? `guardian_event_${type}` : `event_${type}`, { purpose });
  const ends = type === "given" && app.session?.state === "stored" && until;
  return ends ? `${said} ${t("event_until", { date: day(app, until) })}` : said;
}

/** @param {App} app @param {HTMLElement} status */
async function download(app, status) {
  try {
    const receipt = await app.api.receipt();
    const text = JSON.stringify(receipt, null, 2);
    const href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    el("a", { href, download: "consent-receipt.json" }).click();
    setTimeout(() => URL.revokeObjectURL(href), 1000);
    status.textContent = app.t("receipt_saved");
  } catch (error) {
    status.textContent = problemText(app, error);
  }
}
