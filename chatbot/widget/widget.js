/**
 * The one script tag that a website needs:
 *
 *   <script src="https://chat.example.com/widget.js" async></script>
 *
 * Defines <rousora-chat> and adds one to the page, unless the page has its own.
 *   data-language   en, af or de (otherwise the page's language, then the browser's)
 *   data-api        where the service answers (otherwise where this script came from)
 * Any element with the attribute data-rousora-open opens the chat when it is pressed.
 */
(() => {
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const home = new URL(script.src);
  const defaults = {
    api: script.dataset.api ?? home.origin,
    language: script.dataset.language ?? "",
  };
  import(new URL("assets/chat/element.js", home).href)
    .then(({ define }) => define(defaults))
    .catch((error) => console.warn("rousora-chat could not be loaded", error));
})();
