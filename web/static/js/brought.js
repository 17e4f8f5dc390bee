/** The line of a file that goes with a letter: what it is called, how far it is, and what became of it. */

/** @param {HTMLElement} row @param {string} name @returns {HTMLElement} */
export const part = (row, name) => /** @type {HTMLElement} */ (row.querySelector(`[data-part=${name}]`));

/** @param {HTMLTemplateElement} blank @param {File} file @returns {HTMLElement} */
export function rowOf(blank, file) {
  const row = /** @type {HTMLElement} */ (/** @type {Element} */ (blank.content.firstElementChild).cloneNode(true));
  /** @type {HTMLInputElement} */ (part(row, "id")).disabled = true;
  part(row, "name").textContent = file.name;
  part(row, "size").textContent = octets(file.size);
  return row;
}

/**
 * It is there: from now on its tick names it in the form.
 * @param {HTMLElement} row
 * @param {{id: string, name: string, size: number, state: string, traces: string}} told
 */
export function came(row, { id, name, size, state, traces }) {
  Object.assign(part(row, "id"), { name: `attached-${id}`, value: id, disabled: false, checked: true });
  part(row, "name").textContent = name;
  part(row, "size").textContent = octets(size);
  part(row, "progress").hidden = true;
  for (const when of row.querySelectorAll("[data-when]")) {
    const of = when.getAttribute("data-when");
    when.toggleAttribute("hidden", of !== traces && of !== state);
  }
}

/** @param {HTMLElement} row @param {string} why */
export function failed(row, why) {
  part(row, "progress").hidden = true;
  const words = part(row, "failed");
  words.textContent = why;
  words.hidden = false;
}

/** As the server says it. @param {number} size */
const octets = (size) =>
  size < 1000 ? `${size} B` : size < 1e6 ? `${Math.round(size / 1000)} kB` : `${(size / 1e6).toFixed(1)} MB`;
