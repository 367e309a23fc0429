/**
 * The shapes that travel between the service and the widget. No code: only names for the checker and the reader.
 *
 * @typedef {{id: string, title: string, text: string, required: boolean, default: boolean}} Purpose
 * @typedef {{code: string, name: string, juristic?: boolean}} Country juristic: its law protects companies too
 * @typedef {object} Notice what GET /v1/notice answers
 * @property {string} version
 * @property {string} language
 * @property {Record<string, string>} languages names by tag
 * @property {string} disclosure
 * @property {string} company
 * @property {{label: string, hint: string, month: string, year: string}} age_question
 * @property {{label: string, hint: string}} country_question
 * @property {Country[]} countries
 * @property {Purpose[]} purposes
 * @property {{selected: string, none: string}} buttons
 * @property {Record<string, any>} contacts
 * @property {Record<string, string>} links
 * @property {Record<string, string>} messages what to say of each state of a session
 * @property {Record<string, string>} strings
 * @property {{purposes: Record<string, string>, data: Record<string, string>, recipients: Record<string, string>}} terms
 *   readable names of what the registers mention by id
 *
 * @typedef {object} Session one visitor's conversation
 * @property {string} id
 * @property {string} token
 * @property {"stored" | "ephemeral" | "guardian_required" | "refused"} state
 * @property {string} [country] where the visitor lives, for a guardian's invitation
 * @property {boolean} [child] a child is here with a guardian's yes
 * @property {boolean} [minor] the visitor is under 18
 * @property {string} [sealed] the conversation itself, when it travels with the visitor
 *
 * @typedef {object} ChildWords what GET /v1/guardian/child answers
 * @property {string} language
 * @property {string} title
 * @property {string[]} text
 * @property {string} rights_title
 * @property {{title: string, text: string}[]} rights
 * @property {number} pause_minutes
 * @property {string} pause
 *
 * @typedef {{at: string, purpose: string, event_type: string, actor: string, valid_until: string | null}} ConsentEvent
 * @typedef {{id: string, title: string, text: string, objected: boolean, review: boolean, decision?: string}} Objection
 * @typedef {{consents: Record<string, boolean>, notice_version: string, state: string, subject_type?: string,
 *   objections?: Objection[]}} Standing
 * @typedef {{at: string, verb: string, role: string, data_class: string, purpose: string, recipient: string,
 *   reason: string}} Act something that was done with what is kept
 *
 * @typedef {object} Decision what a computer decided about the visitor
 * @property {string} id
 * @property {string} kind
 * @property {string} at
 * @property {string} rule
 * @property {string} version
 * @property {Record<string, any>} inputs
 * @property {boolean} reviewable
 * @property {{asked_at: string, decided_at?: string | null, outcome?: string | null} | null} review
 *
 * @typedef {{kind: string, label: string, placeholder: string, start: number, end: number}} Finding
 * @typedef {{number: number, id: string, title: string, url: string, excerpt: string}} Citation
 * @typedef {{id: string, event: string, data: any}} StreamEvent
 *
 * @typedef {object} Turn one message and its reply
 * @property {string} key idempotency key, the same on every retry
 * @property {string} id the service's number for it, known once the reply begins
 * @property {string} text what the visitor wrote
 * @property {string} redacted what the model saw
 * @property {Finding[]} findings
 * @property {string} reply Markdown
 * @property {Map<number, Citation>} citations
 * @property {"waiting" | "streaming" | "complete" | "stopped" | "unanswered" | "failed"} status
 * @property {{code: string, message: string, label?: string, link?: string}[]} notices
 * @property {{reason: string, message: string} | null} handoff
 * @property {import("./api.js").Problem | Error | null} problem
 * @property {"up" | "down" | ""} rating
 * @property {string | null} comment what is being written about the reply; null when nothing is
 * @property {string} label
 */
export {};
