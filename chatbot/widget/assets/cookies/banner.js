/** The cookie banner and its settings: vanilla-cookieconsent asks, the service is told, our one cookie remembers. */

/**
 * @typedef {object} Page what cookies.js knows
 * @property {string} home where the service is
 * @property {string} language
 * @property {string} name of the cookie
 * @property {() => string[]} standing
 * @property {() => string} raw
 * @property {() => void} taken
 * @property {(category: string) => boolean} forAge whether a category exists for who is here
 */

/** @type {Promise<any> | undefined} */ let ready;

/** @param {"ask" | "settings"} how @param {Page} page */
export async function show(how, page) {
  ready ??= prepare(page);
  const banner = await ready;
  if (how === "ask") banner.show(true);
  else banner.showPreferences();
}

/** Removes everything optional from the device, and asks from the beginning; nobody is told. @param {Page} page */
export async function forget(page) {
  const banner = await ready;
  ready = undefined;
  banner?.reset(true);
  clear(await fetched(page), []);
}

/** @param {Page} page */
async function fetched({ home, language }) {
  return (await fetch(new URL(`v1/cookies?language=${language}`, home), { credentials: "omit" })).json();
}

/** The question as it is put to who is here. @param {Page} page */
async function asked(page) {
  const question = await fetched(page);
  const categories = question.categories.filter((/** @type {{id: string}} */ { id }) => page.forAge(id));
  return { ...question, categories };
}

/** @param {Page} page */
async function prepare(page) {
  const address = (/** @type {string} */ path) => new URL(path, page.home).href;
  const [banner, question] = await Promise.all([
    import(address("assets/cookieconsent/cookieconsent.esm.js")),
    asked(page),
    style(address("assets/cookieconsent/cookieconsent.css")),
    style(address("assets/cookies/banner.css")),
  ]);
  await banner.run(options(page, question));
  return banner;
}

/** @param {string} href */
function style(href) {
  return new Promise((resolve, reject) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href, onload: resolve });
    link.onerror = reject;
    document.head.append(link);
  });
}

/** @param {Page} page @param {any} question */
function options(page, question) {
  const take = (/** @type {{cookie: {categories: string[]}}} */ { cookie }) => choose(page, question, cookie.categories);
  const standing = page.standing();
  const row = (/** @type {any} */ { id, required }) => [id, { readOnly: required, enabled: standing.includes(id) }];
  return {
    // The library's own cookie carries an id even after a no: it expires before it is kept, and ours holds the choice.
    cookie: { name: "rousora_unused", expiresAfterDays: -1 },
    autoShow: false,
    autoClearCookies: false,
    manageScriptTags: false,
    hideFromBots: false,
    guiOptions: { consentModal: { layout: "box", position: "bottom left" }, preferencesModal: { layout: "box" } },
    categories: Object.fromEntries(question.categories.map(row)),
    language: { default: page.language || "en", translations: { [page.language || "en"]: words(page, question) } },
    onFirstConsent: take,
    onChange: take,
    onModalReady: (/** @type {{modalName: string, modal: HTMLElement}} */ { modalName, modal }) => {
      // The page stays usable beside the question, so it is no modal dialog.
      if (modalName === "consentModal") modal.removeAttribute("aria-modal");
    },
  };
}

/** @param {Page} page @param {any} question */
function words(page, { words: said, categories, policy }) {
  const href = new URL(policy, page.home).href;
  return {
    consentModal: {
      title: safe(said.title),
      description: safe(said.text),
      acceptAllBtn: safe(said.accept),
      acceptNecessaryBtn: safe(said.reject),
      showPreferencesBtn: safe(said.choose),
      footer: `<a href="${safe(href)}">${safe(said.policy)}</a>`,
    },
    preferencesModal: {
      title: safe(said.settings),
      acceptAllBtn: safe(said.accept),
      acceptNecessaryBtn: safe(said.reject),
      savePreferencesBtn: safe(said.save),
      closeIconLabel: safe(said.close),
      sections: categories.map((/** @type {any} */ category) => section(category, said)),
    },
  };
}

/** Headings by column; the library makes ids of them, where a space would end the id. @param {Record<string, string>} table */
function headings(table) {
  return Object.fromEntries(Object.entries(table).map(([id, said]) => [id, safe(said).replaceAll(" ", "\u00a0")]));
}

/** A category with what it is for, every key and every service. @param {any} category @param {any} said */
function section({ id, title, text, keys, services }, said) {
  const more = services.map((/** @type {any} */ each) => {
    const link = `<a href="${safe(each.privacy)}">${safe(each.name)}</a>`;
    return `<br>${link}: ${safe(each.purpose)} ${safe(each.recipient)}, ${safe(each.country)}.`;
  });
  const cell = ({ key, where, purpose, lifetime, service }) => ({
    key: `${safe(key)} (${safe(where)})`,
    purpose: safe(purpose),
    lifetime: safe(lifetime),
    service: safe(service || "-"),
  });
  return {
    title: safe(title),
    description: safe(text) + more.join("") + (keys.length ? "" : `<br>${safe(said.unused)}`),
    linkedCategory: id,
    ...(keys.length ? { cookieTable: { headers: headings(said.table), body: keys.map(cell) } } : {}),
  };
}

/** @param {string} text */
function safe(text) {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/**
 * Puts a choice into effect: on the device at once, then in the service's ledger.
 * @param {Page} page @param {any} question @param {string[]} accepted
 */
async function choose(page, question, accepted) {
  const optional = question.categories.filter((/** @type {any} */ each) => !each.required);
  const pressed = optional.map((/** @type {any} */ each) => each.id).filter((id) => accepted.includes(id));
  const control = pressed.length === 0 ? "reject_all" : pressed.length === optional.length ? "accept_all" : "selected";
  const categories = pressed.filter(page.forAge);
  const before = page.raw();
  remember(page, categories, question.version);
  clear(question, categories);
  page.taken();
  const body = JSON.stringify({ categories, control, before, version: question.version, language: page.language || "en" });
  const answer = await fetch(new URL("v1/cookies", page.home), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    credentials: "same-origin",
    body,
  }).catch(() => null);
  if (answer?.ok) write(page, (await answer.json()).value);
}

/** The choice as the service will confirm it, so that it holds even when the service cannot be reached. */
function remember(/** @type {Page} */ page, /** @type {string[]} */ categories, /** @type {string} */ version) {
  const letters = categories.map((category) => category[0]).join("");
  const [, , , , , reference = "-"] = page.raw().split(".");
  const day = Math.floor(Date.now() / 864e5);
  write(page, letters ? `1.${letters}.${day}.180.${version.slice(0, 8)}.${reference}` : `1.-.${day}.180.-.-`);
}

/** @param {Page} page @param {string} value */
function write({ name }, value) {
  const seconds = Number(value.split(".")[3]) * 24 * 3600;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${seconds}; SameSite=Lax${secure}`;
}

/** Removes what is kept in categories that are not agreed to. @param {any} question @param {string[]} agreed */
function clear({ categories }, agreed) {
  const keys = categories.filter(({ id, required }) => !required && !agreed.includes(id)).flatMap(({ keys }) => keys);
  for (const { key, where } of keys) {
    const meant = (/** @type {string} */ name) => (key.endsWith("*") ? name.startsWith(key.slice(0, -1)) : name === key);
    if (where === "cookie") cookieNames().filter(meant).forEach(expire);
    else {
      const storage = where === "localStorage" ? localStorage : sessionStorage;
      Object.keys(storage).filter(meant).forEach((name) => storage.removeItem(name));
    }
  }
}

function cookieNames() {
  return document.cookie.split("; ").map((entry) => entry.split("=")[0]);
}

/** Expires a cookie on this host and on each domain above it, where analytics scripts put theirs. @param {string} name */
function expire(name) {
  const parts = location.hostname.split(".");
  const domains = parts.slice(0, -1).map((_, index) => `; Domain=${parts.slice(index).join(".")}`);
  for (const domain of ["", ...domains]) document.cookie = `${name}=; Path=/; Max-Age=0${domain}`;
}
