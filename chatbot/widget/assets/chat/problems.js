/** Problems in plain words. The service's own wording is for developers, unless it says `message`; the notice carries ours. */
import { Problem } from "./api.js";

/**
 * @param {import("./app.js").App} app
 * @param {unknown} error
 */
export function problemText(app, error) {
  if (error instanceof Problem && error.told) return error.told;
  const code = error instanceof Problem ? error.code : "internal";
  const key = `problem_${code}`;
  const text = app.t(key);
  return text === key ? app.t("problem_internal") : text;
}
