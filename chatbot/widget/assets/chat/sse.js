/** Server-sent events over fetch: EventSource can neither POST nor send headers. */

/** Silence after which a stream counts as lost; the service pings every 15 s. */
const SILENCE_MS = 45_000;

/** Turns chunks of text, split anywhere, into events. Comments and unknown fields are passed over. */
export class EventParser {
  #rest = "";
  #event = "";
  #data = /** @type {string[]} */ ([]);
  #id = "";

  /**
   * @param {string} chunk
   * @returns {import("./types.js").StreamEvent[]}
   */
  feed(chunk) {
    const text = this.#rest + chunk;
    // A chunk may end between CR and LF: wait for the next one before calling it a line end.
    const held = text.endsWith("\r") ? text.length - 1 : text.length;
    const lines = text.slice(0, held).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() + text.slice(held);
    return lines.map((line) => this.#line(line)).filter((event) => event !== null);
  }

  /** @param {string} line */
  #line(line) {
    if (line === "") return this.#dispatch();
    const [, field, value] = /** @type {RegExpExecArray} */ (/^([^:]*):? ?(.*)$/s.exec(line));
    if (field === "event") this.#event = value;
    else if (field === "data") this.#data.push(value);
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    return null;
  }

  #dispatch() {
    const data = this.#data.join("\n");
    const event = { id: this.#id, event: this.#event || "message", data: data && JSON.parse(data) };
    this.#event = "";
    this.#data = [];
    return data ? event : null;
  }
}

/**
 * The events of one response, until it ends.
 * @param {Response} response
 * @returns {AsyncGenerator<import("./types.js").StreamEvent>}
 */
export async function* readEvents(response) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  const parser = new EventParser();
  try {
    for (;;) {
      const { done, value } = await heard(reader.read());
      if (done) return;
      yield* parser.feed(decoder.decode(value, { stream: true }));
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/**
 * The value of a promise, or an error after a silence that is too long.
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
function heard(promise) {
  let timer = 0;
  const silence = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("silence")), SILENCE_MS);
  });
  return Promise.race([promise, silence]).finally(() => clearTimeout(timer));
}
