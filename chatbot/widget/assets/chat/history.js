/** What was answered so far, a signed receipt of it to keep, and the versions of the policy it was answered to. */
import { button, el } from "./dom.js";
import { workingButton } from "./fields.js";
import { problemText } from "./problems.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {{at: string, purpose: string, event_type: string}} ConsentEvent */

/** @param {App} app */
export function history(app) {
  const { t } = app;
  const status = el("p", { class: "quiet", role: "status" });
  const receipt = workingButton("button plain", t("receipt_download"), () => download(app, status));
  const versions = el(
    "a",
    { href: app.api.address("/privacy/versions"), target: "_blank", rel: "noopener" },
    t("policy_versions"),
  );
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
    await app.api.history().then(
      ({ events }) => box.replaceChildren(list(app, events)),
      (error) => box.replaceChildren(el("p", { class: "error", role: "alert" }, problemText(app, error))),
    );
  };
  return [opener, box];
}

/** Newest first. @param {App} app @param {ConsentEvent[]} events */
function list(app, events) {
  const titles = new Map(app.notice?.purposes.map(({ id, title }) => [id, title]));
  const time = new Intl.DateTimeFormat(app.language, { dateStyle: "medium", timeStyle: "short" });
  const items = [...events].reverse().map(({ at, purpose, event_type }) => {
    const when = el("time", { datetime: at, class: "quiet" }, time.format(new Date(at)));
    return el("li", {}, el("strong", {}, titles.get(purpose) ?? purpose), ": ", app.t(`event_${event_type}`), " ", when);
  });
  return el("ul", { class: "history", tabindex: "-1" }, items);
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
