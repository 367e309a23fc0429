/** A turn as data: what each event of the stream changes in it. */
import { Problem } from "./api.js";
import { uuid } from "./dom.js";

/**
 * @param {string} text
 * @returns {import("./types.js").Turn}
 */
export function newTurn(text) {
  return {
    key: uuid(),
    id: "",
    text,
    redacted: "",
    findings: [],
    reply: "",
    citations: new Map(),
    status: "waiting",
    notices: [],
    handoff: null,
    problem: null,
    rating: "",
    comment: null,
    label: "",
  };
}

/**
 * A turn of an earlier page view, as GET turns lists it.
 * @param {Record<string, any>} row
 * @returns {import("./types.js").Turn}
 */
export function pastTurn(row) {
  const citations = new Map((row.citations ?? []).map((/** @type {any} */ c) => [c.number, c]));
  const status = PAST[row.status] ?? "complete";
  return {
    ...newTurn(row.question),
    id: String(row.turn),
    redacted: row.redacted_question,
    findings: row.findings ?? [],
    reply: row.answer ?? "",
    citations,
    status,
    problem: status === "failed" ? new Problem({ code: "interrupted" }) : null,
  };
}

/** What the service calls a turn's state, and what the widget does. @type {Record<string, import("./types.js").Turn["status"]>} */
const PAST = {
  running: "waiting",
  stopped: "stopped",
  unanswered: "unanswered",
  failed: "failed",
  interrupted: "failed",
};

/** How each event changes the turn. Unknown events change nothing.
 * @type {Record<string, (turn: import("./types.js").Turn, data: any) => void>} */
const CHANGES = {
  disclosure: (turn, data) =>
    Object.assign(turn, { id: String(data.turn), label: data.label ?? "", status: "streaming" }),
  redaction: (turn, data) => Object.assign(turn, { redacted: data.text, findings: data.findings ?? [] }),
  citation: (turn, data) => turn.citations.set(data.number, data),
  token: addToken,
  handoff: (turn, data) => Object.assign(turn, { handoff: data }),
  notice: (turn, data) => turn.notices.push(data),
  done: (turn, data) => Object.assign(turn, { id: String(data.turn ?? turn.id), status: data.status ?? "complete" }),
};

/**
 * @param {import("./types.js").Turn} turn
 * @param {import("./types.js").StreamEvent} event
 */
export function applyEvent(turn, event) {
  CHANGES[event.event]?.(turn, event.data);
}

/** A resumed stream may repeat what already arrived. Offsets count characters, not UTF-16 units.
 * @param {import("./types.js").Turn} turn
 * @param {{text: string, offset?: number}} data
 */
function addToken(turn, { text, offset }) {
  const had = Array.from(turn.reply).length;
  const repeated = Math.max(0, had - (offset ?? had));
  turn.reply += Array.from(text).slice(repeated).join("");
  turn.status = "streaming";
}
