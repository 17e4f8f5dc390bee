/** The day: Enter begins with the first letter, wherever nothing else has the focus. */

import { composing } from "./words.js";

const begin = /** @type {HTMLAnchorElement | null} */ (document.querySelector("[data-begin]"));

document.addEventListener("keydown", (event) => {
  const at = document.activeElement;
  const elsewhere = at instanceof Element && at.closest("a, button, input, select, textarea, summary, details");
  if (event.key !== "Enter" || composing(event) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.repeat || elsewhere) return;
  begin?.click();
});
