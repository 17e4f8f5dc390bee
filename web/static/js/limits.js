/** A text may be as long as the server takes it, and is never cut: beyond that its field says so at once, and is not sent. */

document.addEventListener("input", ({ target }) => target instanceof HTMLTextAreaElement && limit(target));

/** @param {HTMLTextAreaElement} field */
export function limit(field) {
  const { most = "Infinity", tooLong = "" } = field.dataset;
  const count = field.value.length > Number(most) ? [...field.value].length : 0; // the server counts signs, not halves of them
  const said = field.validationMessage;
  field.setCustomValidity(count > Number(most) ? tooLong.replace("{count}", String(count)).replace("{most}", most) : "");
  if (field.validationMessage && !said) field.reportValidity();
}
