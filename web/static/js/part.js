/** A part of a page of ours, by its id, as nodes to be put in. */

/** @type {{createHTML: (html: string) => any}} our own pages' markup, from our own server; no script in it ever runs */
const OURS = /** @type {any} */ (window).trustedTypes?.createPolicy("entry", { createHTML: (/** @type {string} */ html) => html }) ?? {
  createHTML: (/** @type {string} */ html) => html,
};

/** @param {string} html @param {string} id @returns {HTMLElement | null} */
export function part(html, id) {
  const page = new DOMParser().parseFromString(OURS.createHTML(html), "text/html");
  const found = page.getElementById(id);
  return found && document.importNode(found, true);
}
