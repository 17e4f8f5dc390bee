/** A part of a page of ours, by its id, as nodes to be put in. */

import { PAGE } from "./markup.js";

/** @param {string} html @param {string} id @returns {HTMLElement | null} */
export function part(html, id) {
  const page = new DOMParser().parseFromString(PAGE.createHTML(html), "text/html");
  const found = page.getElementById(id);
  return found && document.importNode(found, true);
}
