/** One letter of the day: its text is kept while one writes, the keys of answering, and the half minute to undo. */

import { Draft } from "./draft.js";
import { listen } from "./keys.js";
import { composing } from "./words.js";

import("./viewport.js"); // not needed to begin, so not waited for

const TICK = 1_000;
const MOMENT = 30_000; // the half minute of messaging/slips.py

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-draft]"));
const letters = /** @type {HTMLElement | null} */ (document.querySelector("[data-letters]"));
const press = (/** @type {string} */ what) => () => /** @type {HTMLElement | null} */ (document.querySelector(what))?.click();

/** @type {import("./quoting.js").Quoting | undefined} */
let quoting;

listen(() => ({
  j: () => quoting?.step(1),
  k: () => quoting?.step(-1),
  q: () => quoting?.quote(),
  r: () => form && /** @type {HTMLElement} */ (form.elements.namedItem("text")).focus(),
  e: press("[data-handled-here]"),
  l: press("[data-later]"),
  s: press("[data-snippets] > summary"),
  n: press("[data-beside] > summary"),
  v: press("[data-look]"),
  u: press("[data-undo-last]"),
}));

// On the page of a second look there is no field to press them in.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || composing(event) || !(event.ctrlKey || event.metaKey) || form) return;
  event.preventDefault();
  press("[data-send]")();
});

// Esc leads from the field to the letter (quoting.js); from anywhere else it leaves, and what was written is kept.
document.addEventListener("keydown", (event) => {
  const at = event.target instanceof Element && event.target.closest("input, textarea, select, dialog, details[open]");
  if (event.key === "Escape" && !composing(event) && !event.defaultPrevented && !at) press("[data-leave]")();
});

// The next letter is announced by its heading, which says whose it is and how many there are: once every key has its deed.
const ready = form && letters ? write(form, letters) : Promise.resolve();
ready.finally(() => {
  const told = location.hash || document.querySelector('[role="alert"]') || document.activeElement !== document.body;
  if (!told) /** @type {HTMLElement | null} */ (document.querySelector("[data-heading]"))?.focus({ preventScroll: true });
});

/** @param {HTMLFormElement} form @param {HTMLElement} letters */
async function write(form, letters) {
  const draft = new Draft(form, "letter");
  const choice = /** @type {HTMLSelectElement | null} */ (document.querySelector("[data-when-to]"));
  const shown = () => document.querySelector("[data-when-at]")?.toggleAttribute("hidden", choice?.value !== "at");
  choice?.addEventListener("change", shown);
  shown();
  const { Quoting } = await import("./quoting.js");
  quoting = new Quoting(letters, form);
  import("./files.js").then(({ Files }) => new Files(form));
  Promise.all([import("./tint.js"), import("./snippets.js")]).then(async ([{ Tint }, { snippets }]) => {
    const tint = new Tint(draft.field, (words) => quoting?.answering(words));
    tint.lend(await snippets(draft.field));
  });
  import("./came.js").then(({ follow }) => follow({ form, letters, shown: (last) => quoting?.look(last) }));
  import("./beside.js");
  if (form.querySelector('[role="alert"]') || location.hash === "#answer") draft.field.focus();
}

/** What goes by itself: a hairline that shortens, and no more of it once it has gone. */
function tick() {
  for (const one of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#undo [data-left]"))) {
    one.dataset.over ??= String(performance.now() + Number(one.dataset.left) * TICK); // by this page's own clock
    const left = Number(one.dataset.over) - performance.now();
    one.style.setProperty("--left", String(Math.max(0, Math.min(1, left / MOMENT))));
    if (left <= 0) one.remove();
  }
}
setInterval(tick, TICK);
tick();
