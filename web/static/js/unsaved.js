/** What was written and not yet kept is not left by a slip: the browser asks, in its own words. */

let sending = false;

addEventListener("submit", () => {
  sending = true;
});
addEventListener("pageshow", () => {
  sending = false;
});
addEventListener("beforeunload", (event) => {
  const written = /** @type {NodeListOf<HTMLTextAreaElement>} */ (document.querySelectorAll("[data-unsaved] textarea"));
  if (!sending && [...written].some((one) => one.value !== one.defaultValue)) event.preventDefault();
});
