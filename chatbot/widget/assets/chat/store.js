/**
 * What the widget keeps in the browser: one entry, in this tab only, and only after "store" was granted.
 * Without that consent everything lives in memory and is gone with the page.
 */
const KEY = "rousora-chat";

/** @param {import("./types.js").Session | null} session forgets unless the session may be stored */
export function keep(session) {
  try {
    if (session?.state === "stored") {
      const { id, token, child, minor } = session;
      sessionStorage.setItem(KEY, JSON.stringify({ id, token, child, minor }));
    } else sessionStorage.removeItem(KEY);
  } catch {
    // A browser that blocks storage: the conversation then lives as long as the page.
  }
}

/** @returns {import("./types.js").Session | null} */
export function kept() {
  try {
    const entry = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    const { id, token, child, minor } = entry ?? {};
    return id && token ? { id, token, child, minor, state: "stored" } : null;
  } catch {
    return null;
  }
}
