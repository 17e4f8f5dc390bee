/**
 * Help now is kept on the device by a worker of its own, from the first page on which this runs, and again after signing out.
 * On the page itself: the numbers of the country the device's clock is in, where nobody said another one, and the sentence
 * as a copy.
 */

const SCOPE = "/help-now";

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-help]"))?.dataset.help;
if (place) keep(place).catch(() => undefined); // without it the page is there as ever, with a connection

/** @param {string} script */
async function keep(script) {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  const found = await workers.getRegistration(SCOPE);
  // A page that does not know whose it is takes away nothing of what a practice's page has kept.
  if (found && new URL(found.scope).pathname === SCOPE && !script.includes("?")) return;
  const types = /** @type {any} */ (window).trustedTypes;
  const ours = types?.createPolicy("help", { createScriptURL: (/** @type {string} */ url) => only(url) });
  await workers.register(ours ? ours.createScriptURL(script) : only(script), { scope: SCOPE, updateViaCache: "none" });
}

/** @param {string} url */
function only(url) {
  if (!/^\/help-now\.js(\?|$)/.test(url)) throw new TypeError("Not the worker of Help now.");
  return url;
}

const numbers = /** @type {HTMLElement | null} */ (document.querySelector("[data-countries]"));
if (numbers) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const near = [...numbers.querySelectorAll("details[data-zones]")].find((one) =>
    (/** @type {HTMLElement} */ (one).dataset.zones ?? "").split(" ").includes(zone),
  );
  if (near && !numbers.hasAttribute("data-said")) show(/** @type {HTMLElement} */ (near));
  for (const one of numbers.querySelectorAll("details[data-zones] > summary")) {
    one.addEventListener("click", (event) => {
      event.preventDefault();
      show(/** @type {HTMLElement} */ (one.parentElement));
      document.querySelector("h1")?.scrollIntoView();
    });
  }
}

/** Its numbers take the place of the others; nothing is asked of the server, and nothing is kept. @param {HTMLElement} country */
function show(country) {
  const shown = document.querySelector("[data-here]");
  const lines = country.querySelector("[data-lines]");
  if (!shown || !lines) return;
  shown.replaceChildren(...[...lines.children].map((line) => line.cloneNode(true)));
  const name = document.querySelector("[data-here-name]");
  if (name) name.textContent = country.querySelector("[data-named]")?.textContent ?? "";
  numbers?.removeAttribute("open");
}

const copy = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-copy]"));
const sentence = document.querySelector("[data-sentence]");
if (copy && sentence && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(sentence.textContent?.trim() ?? "");
    const told = document.querySelector("[data-copied]");
    if (told) told.toggleAttribute("hidden", false);
  });
}
