/** Copies of the page's own templates, filled with text. */

import { called, setTime, setWords } from "./words.js";

/** @param {string} id @returns {HTMLElement} */
export function blank(id) {
  const found = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  return /** @type {HTMLElement} */ (document.importNode(found.content, true).firstElementChild);
}

/** @param {HTMLElement} li @param {string} part @param {string} text */
export function fill(li, part, text) {
  const place = li.querySelector(`[data-part="${part}"]`);
  if (place) place.textContent = text;
}

/** @param {HTMLElement} li @param {number} to @param {string} at @param {string | undefined} zone */
export function number(li, to, at, zone) {
  li.id = `n${to}`;
  li.dataset.number = String(to);
  setTime(li.querySelector('[data-part="time"]'), at, zone);
}

/**
 * Words were said better, or taken back. What was taken back stays so.
 * @param {HTMLElement | null} li
 * @param {string | undefined} text none: taken back
 */
export function amend(li, text) {
  const words = li?.querySelector('[data-part="text"]');
  if (!li || !words || li.classList.contains("withdrawn")) return;
  li.classList.toggle("withdrawn", text === undefined);
  if (text === undefined) words.textContent = called("withdrawn_mark");
  else setWords(words, text);
  li.querySelector("[data-edited]")?.toggleAttribute("hidden", text === undefined);
  if (text === undefined) li.querySelector("[data-deeds]")?.setAttribute("hidden", "");
}
