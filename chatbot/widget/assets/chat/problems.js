/** Problems in plain words. The service's own wording is for developers, unless it says `message`; the notice carries ours. */
import { Problem } from "./api.js";
import { known } from "./strings.js";

/**
 * @param {import("./app.js").App} app
 * @param {unknown} error
 */
export function problemText(app, error) {
  if (error instanceof Problem && error.told) return error.told;
  const code = error instanceof Problem ? error.code : "internal";
  return known(app.t, `problem_${code}`, "problem_internal");
}
