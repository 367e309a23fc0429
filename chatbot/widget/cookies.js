/**
 * Cookie consent for every page, before anything else runs:
 *
 *   <script src="https://chat.example.com/cookies.js"></script>
 *   rousoraConsent.whenAllowed("analytics", () => { start(); return stop; });
 *
 * Nothing is kept on the device and nothing is fetched beyond this script until the visitor chooses; the banner is
 * loaded only when it has to ask. Categories: functional, analytics, marketing; the id of a registered service stands for
 * its category for as long as its contract holds. The chat says by a "rousora-minor" event that its visitor is under
 * age: what is for adults only then ends at once, whatever anyone ticked.
 *   data-consent-mode   also tell Google's Consent Mode v2 through window.dataLayer
 *   data-language       en, af or de (otherwise the page's language)
 */
(() => {
  const served = /** @type {any} */ ("{{served}}"); // filled in by the service (api/cookies.py)
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const home = new URL(script.src);
  const language = script.dataset.language ?? document.documentElement.lang.slice(0, 2);
  const LETTERS = { f: "functional", a: "analytics", m: "marketing" };
  const DAY = 24 * 3600 * 1000;
  const browser = /** @type {any} */ (navigator);
  const objects = served.objects || browser.globalPrivacyControl === true || browser.doNotTrack === "1";

  /** @type {{category: string, start: () => unknown, stop: unknown, running: boolean}[]} */
  const waiting = [];
  let choice = read();
  let minor = false;

  /** The cookie's value, also when it is not a choice. */
  function raw() {
    const entry = document.cookie.split("; ").find((each) => each.startsWith(`${served.name}=`));
    return entry?.slice(served.name.length + 1) ?? "";
  }

  /** What stands; null when nothing was chosen, or the time is over, or a yes was to other words. */
  function read() {
    const [, letters, day, days, version] = raw().match(/^1\.(-|f?a?m?)\.(\d+)\.(\d+)\.(-|[0-9a-f]{8})\./) ?? [];
    const age = Math.floor(Date.now() / DAY) - Number(day);
    if (!letters || age < -1 || age >= Math.min(Number(days), served.longest)) return null;
    const categories = [...letters].flatMap((letter) => LETTERS[/** @type {"f"} */ (letter)] ?? []);
    return categories.length && version !== served.version.slice(0, 8) ? null : categories;
  }

  /** @param {string} category */
  const forAge = (category) => !minor || !served.adults.includes(category);

  /** @param {string} name a category, or a service that is registered and in force */
  const allowed = (name) => {
    const category = served.services[name] ?? name;
    return forAge(category) && (choice?.includes(category) ?? false);
  };

  /** Starts what is allowed now and stops what no longer is. */
  function apply() {
    for (const each of waiting) {
      if (allowed(each.category) === each.running) continue;
      each.running = !each.running;
      if (each.running) each.stop = each.start();
      else if (typeof each.stop === "function") each.stop();
    }
    consentMode("update");
  }

  /** Google's signals, only where the page asks for them. @param {"default" | "update"} command */
  function consentMode(command) {
    if (!("consentMode" in script.dataset) || (command === "update" && !choice)) return;
    const say = (/** @type {string} */ category) => (allowed(category) ? "granted" : "denied");
    const marketing = say("marketing");
    const state = {
      ad_storage: marketing,
      ad_user_data: marketing,
      ad_personalization: marketing,
      analytics_storage: say("analytics"),
      functionality_storage: say("functional"),
      personalization_storage: say("functional"),
      security_storage: "granted",
    };
    const layer = (/** @type {any} */ (window).dataLayer ??= []);
    (function () { layer.push(arguments); })("consent", command, state); // Google reads Arguments objects only
  }

  const banner = () => import(new URL("assets/cookies/banner.js", home).href);
  const page = { home: home.href, language, name: served.name, standing: () => choice ?? [], raw, taken, forAge };

  /** Opens the banner's module. @param {"ask" | "settings"} how */
  async function open(how) {
    try {
      await (await banner()).show(how, page);
    } catch (error) {
      console.warn("the cookie settings could not be loaded", error);
      if (how === "settings") location.assign(new URL("cookies/settings", home));
    }
  }

  /** A choice was made and the cookie is written. */
  function taken() {
    choice = read() ?? [];
    apply();
  }

  /** Somebody under age is here: ends what is for adults, and turns an earlier yes on this device into a no. */
  function underAge() {
    minor = true;
    apply();
    if (!/^1\.[fam]/.test(raw())) return;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    const no = `1.-.${Math.floor(Date.now() / DAY)}.${served.refusal}.-.-`;
    document.cookie = `${served.name}=${no}; Path=/; Max-Age=${(served.refusal * DAY) / 1000}; SameSite=Lax${secure}`;
    taken();
    banner()
      .then(({ forget }) => forget(page))
      .catch((error) => console.warn("what was kept on the device could not be cleared", error));
  }

  /** @type {any} */ (window).rousoraConsent = {
    allowed,
    /**
     * Runs `start` as soon as the category is allowed, at once if it is; what `start` returns is run at its end.
     * @param {string} category or a service's id @param {() => unknown} start
     */
    whenAllowed(category, start) {
      waiting.push({ category, start, stop: null, running: false });
      apply();
    },
    settings: () => open("settings"),
    signal: objects,
  };

  consentMode("default");
  consentMode("update");
  document.addEventListener("rousora-minor", underAge);
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element && event.target.closest("[data-cookie-settings]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open("settings");
  });
  if (choice || objects || location.pathname === "/cookies/settings") return;
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => open("ask"));
  else open("ask");
})();
