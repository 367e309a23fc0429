/** The service's HTTP interface: one method a route, problems as errors. */

/** Trying the same again cannot help. */
const FINAL = new Set(["invalid_request", "too_large", "idempotency_conflict", "guardian_required"]);

/** A refusal that the service explained (RFC 9457), or the lack of any answer (code "offline"). */
export class Problem extends Error {
  /** @param {Record<string, any>} body @param {number} [retryAfter] seconds */
  constructor(body, retryAfter = 0) {
    super(body.title ?? body.code ?? "problem");
    this.code = String(body.code ?? "internal");
    /** What the service says in the visitor's own language, if anything. */
    this.told = String(body.message ?? "");
    this.retryAfter = Number(body.retry_after ?? 0) || retryAfter;
    this.retryable = body.retryable ?? !FINAL.has(this.code);
    /** Under which numbers the visitor can ask about it, and when what is kept of it goes. */
    this.reference = String(body.reference ?? "");
    this.decision = String(body.decision ?? "");
    this.eraseAt = String(body.erase_at ?? "");
    /** What came of asking a person. @type {import("./types.js").Decision["review"]} */ this.review = null;
  }
}

/**
 * @param {Response} response
 * @returns {Promise<Problem>}
 */
async function problemOf(response) {
  const body = await response.json().catch(() => ({}));
  const known = { 401: "unauthorized", 404: "not_found", 413: "too_large", 429: "rate_limited" }[response.status];
  return new Problem({ code: known, ...body }, Number(response.headers.get("Retry-After")) || 0);
}

export class Api {
  /** @param {string} base where the service answers */
  constructor(base) {
    this.base = base.replace(/\/$/, "");
    this.token = "";
  }

  /** Where a page of the service is, also for a widget on another site. @param {string} path */
  address(path) {
    return path.startsWith("/") ? this.base + path : path;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {{body?: object, key?: string, headers?: Record<string, string>, signal?: AbortSignal}} [options]
   * @returns {Promise<Response>}
   */
  async request(method, path, { body, key, headers = {}, signal } = {}) {
    const all = { ...headers };
    if (this.token) all.Authorization = `Bearer ${this.token}`;
    if (key) all["Idempotency-Key"] = key;
    if (body) all["Content-Type"] = "application/json";
    const init = { method, headers: all, signal, credentials: /** @type {const} */ ("omit") };
    const response = await fetch(this.base + path, { ...init, body: body && JSON.stringify(body) });
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  /** As request, but answers the JSON; no answer at all becomes the problem "offline".
   * @param {string} method @param {string} path @param {object} [options]
   * @returns {Promise<any>}
   */
  async json(method, path, options) {
    try {
      return await (await this.request(method, path, options)).json();
    } catch (error) {
      throw error instanceof TypeError ? new Problem({ code: "offline" }) : error;
    }
  }

  /** @param {string} language @returns {Promise<import("./types.js").Notice>} */
  notice(language) {
    return this.json("GET", `/v1/notice?language=${encodeURIComponent(language)}`);
  }

  /** @param {object} body @param {string} key */
  openSession(body, key) {
    return this.json("POST", "/v1/sessions", { body, key });
  }

  /** A code for a parent. @param {string} country @param {string} language */
  invite(country, language) {
    return this.json("POST", "/v1/guardian/invitations", { body: { country, language } });
  }

  /** @param {string} code @param {string} language */
  enterAsChild(code, language) {
    return this.json("POST", "/v1/guardian/sessions", { body: { code, language } });
  }

  /** @param {string} language @returns {Promise<import("./types.js").ChildWords>} */
  childWords(language) {
    return this.json("GET", `/v1/guardian/child?language=${encodeURIComponent(language)}`);
  }

  /** @param {string} id @param {object} body @param {string} key @param {AbortSignal} signal */
  send(id, body, key, signal) {
    return this.request("POST", `/v1/sessions/${id}/messages`, { body, key, signal });
  }

  /** @param {string} id @param {string} last id of the last event that arrived @param {AbortSignal} signal */
  resume(id, last, signal) {
    /** @type {Record<string, string>} */
    const headers = last ? { "Last-Event-ID": last } : {};
    return this.request("GET", `/v1/sessions/${id}/events`, { headers, signal });
  }

  /** @param {string} id */
  stop(id) {
    return this.request("POST", `/v1/sessions/${id}/stop`);
  }

  /** @param {string} id @param {string} [before] */
  turns(id, before = "") {
    const query = before ? `?limit=20&before=${encodeURIComponent(before)}` : "?limit=20";
    return this.json("GET", `/v1/sessions/${id}/turns${query}`);
  }

  /** @param {string} id @param {object} body @param {string} key */
  feedback(id, body, key) {
    return this.json("POST", `/v1/sessions/${id}/feedback`, { body, key });
  }

  /** @param {string} id @param {object} body @param {string} key */
  handoff(id, body, key) {
    return this.json("POST", `/v1/sessions/${id}/handoff`, { body, key });
  }

  /** @param {string} language of the words in it */
  consents(language) {
    return this.json("GET", `/v1/me/consents?language=${encodeURIComponent(language)}`);
  }

  /** What was done with what is kept, newest first. @param {string} [after] the page before's `next` */
  accessLog(after = "") {
    return this.json("GET", `/v1/me/access-log?limit=10${after && `&after=${encodeURIComponent(after)}`}`);
  }

  /** Every answer so far, oldest first. */
  history() {
    return this.json("GET", "/v1/me/consents/history");
  }

  /** A signed receipt over the choices. */
  receipt() {
    return this.json("GET", "/v1/me/consents/receipt");
  }

  /** @param {object} body */
  saveConsents(body) {
    return this.json("PUT", "/v1/me/consents", { body });
  }

  /** @param {Record<string, boolean>} purposes true: I object */
  saveObjections(purposes) {
    return this.json("PUT", "/v1/me/objections", { body: { purposes } });
  }

  memory() {
    return this.json("GET", "/v1/me/memory");
  }

  /** @param {{length: string}} preferences */
  saveMemory(preferences) {
    return this.json("PUT", "/v1/me/memory", { body: { preferences } });
  }

  forgetMemory() {
    return this.json("DELETE", "/v1/me/memory");
  }

  decisions() {
    return this.json("GET", "/v1/me/decisions");
  }

  /** Asks a person to look at a decision. @param {string} id */
  review(id) {
    return this.json("POST", `/v1/me/decisions/${encodeURIComponent(id)}/review`);
  }

  /** The visitor's rights, and where to complain. @param {string} language */
  rights(language) {
    return this.json("GET", `/v1/rights?language=${encodeURIComponent(language)}`);
  }

  erase() {
    return this.json("DELETE", "/v1/me");
  }
}
