/**
 * What a screen reader says: only what arrives after the page, once, apart from the list (a live list is read again
 * from the top by several readers). Of much that was missed it says how much. Failures are said at once; typing never.
 */

import { called } from "./words.js";

const KEPT = 4;

/** @type {string[]} */
let untold = [];

/** @param {string} words told with the next `tell` */
export function announce(words) {
  untold.push(words);
}

/** @param {HTMLElement} room */
export function tell(room) {
  const place = room.querySelector("[data-announcer]");
  const lines = untold.length > KEPT ? [called("many_new").replace("{count}", String(untold.length))] : untold;
  untold = [];
  for (const words of place ? lines : []) place?.append(Object.assign(document.createElement("p"), { textContent: words }));
  while (place && place.childElementCount > KEPT) place.firstElementChild?.remove();
}

/**
 * @param {HTMLElement} room
 * @param {string} words empty to take it away
 */
export function alarm(room, words) {
  const place = room.querySelector("[data-alert]");
  if (place && place.textContent !== words) place.textContent = words;
}
