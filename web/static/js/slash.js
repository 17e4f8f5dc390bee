/** `/` leads to the search from pages that have no keys of their own (`keys.js`), and remembers where one came from. */

import { composing } from "./words.js";

const OFF = "quietline-keys=off"; // of `keys.js`: single keys can be switched off

for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a[data-search]"))) {
  if (location.pathname !== "/search") link.href = `/search?back=${location.pathname}`;
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || composing(event)) return;
  if (event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  if (document.cookie.split("; ").includes(OFF)) return;
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-search-form] input[type=search]"));
  const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector("a[data-search]"));
  if (!field && !link) return;
  event.preventDefault();
  if (field) field.select();
  else link?.click();
});
