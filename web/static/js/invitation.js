/** An invitation's code stands behind the # of its link, where no server sees it: it moves into the form. */

const field = /** @type {HTMLInputElement | null} */ (document.getElementById("token"));
const code = location.hash.slice(1);

if (field && code) {
  field.value = code;
  history.replaceState(null, "", location.pathname); // works once, yet need not stay in the address or the history
}
if (field?.value) document.querySelector("[data-code]")?.setAttribute("hidden", "");
