/** The search by keys: arrows through what was found, Enter opens it, Esc goes back to where one was. */

import { composing } from "./words.js";

const field = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-search-form] input[type=search]"));

/** What is in sight of what was found. */
function places() {
  const all = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll("a[data-found]")]);
  return all.filter((one) => one.checkVisibility());
}

/** @param {number} step */
function move(step) {
  const found = places();
  const at = found.findIndex((one) => one === document.activeElement);
  if (at + step < 0) field?.focus();
  else found[Math.min(found.length - 1, at + step)]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || composing(event)) return;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("dialog, details.you")) return;
  if (event.key === "Escape") {
    event.preventDefault();
    /** @type {HTMLAnchorElement | null} */ (document.querySelector("[data-back]"))?.click();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (target?.closest("select, input:not([type=search])")) return;
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  }
});
