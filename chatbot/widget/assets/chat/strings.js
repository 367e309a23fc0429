/** The widget's words. They come with the notice; these few are needed before it has arrived. */

export const LANGUAGES = { en: "English", af: "Afrikaans", de: "Deutsch" };

/** @type {Record<string, Record<string, string>>} */
const FIRST_WORDS = {
  en: {
    launcher: "Chat with us",
    close: "Close chat",
    loading: "One moment…",
    title: "Chat",
    problem_offline: "We cannot reach the service. Check your connection and try again.",
    retry: "Try again",
  },
  af: {
    launcher: "Gesels met ons",
    close: "Maak klets toe",
    loading: "Een oomblik…",
    title: "Klets",
    problem_offline: "Ons kan nie die diens bereik nie. Gaan jou verbinding na en probeer weer.",
    retry: "Probeer weer",
  },
  de: {
    launcher: "Chatten Sie mit uns",
    close: "Chat schließen",
    loading: "Einen Moment…",
    title: "Chat",
    problem_offline: "Der Dienst ist nicht erreichbar. Bitte prüfen Sie die Verbindung und versuchen Sie es erneut.",
    retry: "Erneut versuchen",
  },
};

/**
 * The first of the wishes that we speak, else English.
 * @param {...(string | null | undefined)} wishes language tags such as "de-AT"
 */
export function pickLanguage(...wishes) {
  const codes = wishes.map((wish) => (wish ?? "").slice(0, 2).toLowerCase());
  return codes.find((code) => code in LANGUAGES) ?? "en";
}

/** The text of the first of these keys that has one, else nothing. @param {Translate} t @param {...string} keys */
export const known = (t, ...keys) => keys.map((key) => (t(key) === key ? "" : t(key))).find(Boolean) ?? "";

/**
 * @callback Translate
 * @param {string} key
 * @param {Record<string, string | number>} [values] fill {name} in the text
 * @returns {string}
 */

/**
 * @param {string} language
 * @param {Record<string, string>} [strings] of the notice
 * @returns {Translate}
 */
export function translator(language, strings = {}) {
  return (key, values = {}) => {
    const text = strings[key] ?? FIRST_WORDS[language]?.[key] ?? FIRST_WORDS.en[key] ?? key;
    return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
  };
}
