/** What was answered so far, in plain words with dates; a signed receipt of it; the versions of the policy. */
import { day, el, moment } from "./dom.js";
import { onDemand, workingButton } from "./fields.js";
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
  const answers = onDemand(app, t("history_show"), async () => list(app, (await app.api.history()).events));
  return el("div", { class: "stack" }, answers, receipt, status, versions);
}

/** Newest first. @param {App} app @param {ConsentEvent[]} events */
function list(app, events) {
  const items = [...events].reverse().map((event) => el("li", {}, words(app, event), " ", moment(app, event.at)));
  return el("ul", { class: "history" }, items);
}

/** One answer as a sentence. @param {App} app @param {ConsentEvent} event */
function words(app, { event_type: type, actor, purpose: id, valid_until: until }) {
  const { t } = app;
  const purpose = app.notice?.terms.purposes[id] ?? t("purpose_other");
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
