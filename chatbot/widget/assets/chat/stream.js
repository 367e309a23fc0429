/**
 * One reply from its first event to its last, over as many connections as it takes.
 *
 *   POST message ── events ── done | error
 *        └ dropped ── wait ── GET events (Last-Event-ID) ── …
 *        └ dropped before any event ── wait ── POST again, same idempotency key
 */
import { Problem } from "./api.js";
import { readEvents } from "./sse.js";

/** Waits before each new try, in milliseconds; a little chance keeps a crowd from returning at once. */
const WAITS = [400, 1000, 2000, 4000, 8000];

/**
 * @param {object} how
 * @param {(signal: AbortSignal) => Promise<Response>} how.open
 * @param {(last: string, signal: AbortSignal) => Promise<Response>} how.resume
 * @param {AbortSignal} how.signal
 * @param {string} [how.last] where an earlier connection ended
 * @returns {AsyncGenerator<import("./types.js").StreamEvent>}
 */
export async function* replyEvents({ open, resume, signal, last = "" }) {
  for (let attempt = 0; attempt <= WAITS.length; attempt += 1) {
    if (attempt) await pause(WAITS[attempt - 1] * (0.8 + Math.random() * 0.4));
    try {
      const response = await (last ? resume(last, signal) : open(signal));
      for await (const event of readEvents(response)) {
        attempt = 0;
        last = event.id || last;
        yield event;
        if (event.event === "done" || event.event === "error") return;
      }
    } catch (error) {
      if (error instanceof Problem || signal.aborted) throw error;
    }
  }
  throw new Problem({ code: "offline" });
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
