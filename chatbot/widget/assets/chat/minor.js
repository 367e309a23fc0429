/** What the page has to know about age: only that somebody under 18 is here, and only while the page is open. */

/** Lets the cookie script end what is for adults only. @param {import("./types.js").Session | null} session */
export function tellPage(session) {
  if (session?.minor || session?.child) document.dispatchEvent(new CustomEvent("rousora-minor"));
}
