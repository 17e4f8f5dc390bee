/** How many words a letter has by now: it informs, and nothing follows from it. */

/** @param {HTMLFormElement} form */
export function counted(form) {
  const field = /** @type {HTMLTextAreaElement | null} */ (form.elements.namedItem("text"));
  const said = /** @type {HTMLElement | null} */ (form.querySelector("[data-words]"));
  if (!field || !said) return;
  const show = () => {
    const count = (field.value.match(/\S+/g) ?? []).length;
    said.hidden = count === 0;
    said.textContent = (said.dataset.words ?? "").replace("{count}", count.toLocaleString(document.documentElement.lang));
  };
  field.addEventListener("input", show);
  show();
}
