/**
 * What a screen reader says: only what arrives after the page, once, apart from the list (a live list is read again
 * from the top by several readers). Failures are said at once; typing is never said.
 */

const KEPT = 4;

/**
 * @param {HTMLElement} room
 * @param {string} words
 */
export function announce(room, words) {
  const place = room.querySelector("[data-announcer]");
  if (!place) return;
  const line = document.createElement("p");
  line.textContent = words;
  place.append(line);
  while (place.childElementCount > KEPT) place.firstElementChild?.remove();
}

/**
 * @param {HTMLElement} room
 * @param {string} words empty to take it away
 */
export function alarm(room, words) {
  const place = room.querySelector("[data-alert]");
  if (place && place.textContent !== words) place.textContent = words;
}
