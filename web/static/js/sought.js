/**
 * What was found, in its place beside the results: by arrows and by a press, where there is room for it. Nothing is marked
 * as read. Enter, or a second press, opens it.
 */

import { part } from "./part.js";

const PAUSE = 80; // who passes over a result does not look at it
const FOUND = "a[data-look]";
const NEAR = "sought-words";

const pane = /** @type {HTMLElement | null} */ (document.querySelector("[data-sought]"));
/** @type {AbortController | undefined} */
let asked;

document.addEventListener("focusin", ({ target }) => {
  const link = target instanceof Element && target.closest(FOUND);
  if (link instanceof HTMLAnchorElement) look(link);
});

document.addEventListener("click", (event) => {
  const link = event.target instanceof Element && event.target.closest(FOUND);
  // A key's click has no place: Enter opens. So does a press on what is looked at already.
  if (!(link instanceof HTMLAnchorElement) || !pane?.offsetParent || event.detail === 0) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || link.ariaCurrent) return;
  event.preventDefault();
  link.focus();
  look(link);
});

/** @param {HTMLAnchorElement} link */
function look(link) {
  if (!pane?.offsetParent) return;
  asked?.abort();
  asked = new AbortController();
  const { signal } = asked;
  setTimeout(() => void show(link, signal), PAUSE);
}

/** @param {HTMLAnchorElement} link @param {AbortSignal} signal */
async function show(link, signal) {
  if (signal.aborted || !link.dataset.look) return;
  const answer = await fetch(link.dataset.look, { signal }).catch(() => undefined);
  const found = answer?.ok && part(await answer.text(), "sought");
  if (!found || signal.aborted || !pane) return;
  for (const one of document.querySelectorAll(FOUND)) one.removeAttribute("aria-current");
  link.ariaCurrent = "true";
  pane.replaceChildren(found);
  const place = found.querySelector(`[id="${link.hash.slice(1)}"]`);
  const folded = place?.closest("details");
  if (folded) folded.open = true;
  mark(place ?? found, [...link.querySelectorAll("mark")].map((one) => one.textContent ?? ""));
  if (place) pane.scrollTop += place.getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 4;
  else pane.scrollTop = 0;
}

/** The words that were found, underlined where they stand; a browser without highlights shows them plain.
 * @param {Element} where @param {string[]} sought */
function mark(where, sought) {
  if (!("highlights" in CSS)) return;
  const wanted = [...new Set(sought.map((one) => one.toLowerCase()).filter(Boolean))];
  const walk = document.createTreeWalker(where, NodeFilter.SHOW_TEXT);
  const ranges = [];
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const text = (node.textContent ?? "").toLowerCase();
    for (const word of wanted) {
      for (let at = text.indexOf(word); at >= 0 && at + word.length <= (node.textContent ?? "").length; at = text.indexOf(word, at + word.length)) {
        ranges.push(new StaticRange({ startContainer: node, startOffset: at, endContainer: node, endOffset: at + word.length }));
      }
    }
  }
  CSS.highlights.set(NEAR, new Highlight(...ranges));
}
