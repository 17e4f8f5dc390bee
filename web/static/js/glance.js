/**
 * J and K show the conversation they come to beside the list, where none is open: the key answers at once by the row it
 * moves to, and the words follow. Nothing is marked as read; Enter opens it.
 */

import { part } from "./part.js";
import { composing } from "./words.js";

const PAUSE = 80; // who passes over a row does not look at it
const ROW = ".list-pane .row a";

const pane = /** @type {HTMLElement | null} */ (document.querySelector(".nothing-open"));
/** @type {AbortController | undefined} */
let asked;
let soon = 0;

document.addEventListener("keydown", (event) => (soon = composing(event) ? 0 : performance.now()), true);
document.addEventListener("focusin", ({ target }) => {
  const row = target instanceof Element && target.closest(ROW);
  // Only where a key led: a press of the mouse opens the conversation, and a hidden pane shows nothing.
  if (!(row instanceof HTMLAnchorElement) || !pane?.offsetParent || performance.now() - soon > PAUSE) return;
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  setTimeout(() => void show(row, signal), PAUSE);
});

/** @param {HTMLAnchorElement} row @param {AbortSignal} signal */
async function show(row, signal) {
  if (signal.aborted) return;
  const answer = await fetch(row.pathname.replace("/c/", "/inbox/look/"), { signal }).catch(() => undefined);
  const found = answer?.ok && part(await answer.text(), "glance");
  if (!found || signal.aborted || !pane) return;
  pane.replaceChildren(found);
  pane.classList.add("looking");
  const log = found.querySelector(".log");
  log?.scrollTo(0, log.scrollHeight);
}
