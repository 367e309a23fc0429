/** Style sheets are adopted, never inlined, so that a strict content security policy holds. */

/** @type {Map<string, Promise<CSSStyleSheet>>} */
const sheets = new Map();

/** @param {string} name */
async function load(name) {
  const response = await fetch(new URL(`${name}.css`, import.meta.url));
  return new CSSStyleSheet().replace(await response.text());
}

/**
 * Gives a shadow root these style sheets, in this order; each is fetched once.
 * @param {ShadowRoot} root
 * @param {string[]} names
 */
export async function adopt(root, names) {
  for (const name of names) if (!sheets.has(name)) sheets.set(name, load(name));
  root.adoptedStyleSheets = await Promise.all(
    names.map((name) => /** @type {Promise<CSSStyleSheet>} */ (sheets.get(name))),
  );
}
