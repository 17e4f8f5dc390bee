/**
 * Passkeys: made on the account, shown at the sign-in. A form asks the server what is to be signed and posts what the
 * device says. Where the browser cannot, or the host is a bare address, nothing of it is seen.
 */

const ADDRESS = /^[\d.]+$|:/;

/** @typedef {{ parseCreationOptionsFromJSON: (o: object) => PublicKeyCredentialCreationOptions, parseRequestOptionsFromJSON: (o: object) => PublicKeyCredentialRequestOptions }} Reads */

const reads = /** @type {Reads | undefined} */ (/** @type {unknown} */ (window.PublicKeyCredential));
const able = reads && "parseRequestOptionsFromJSON" in reads && !ADDRESS.test(location.hostname);

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-passkey]"))) {
  if (!able) continue;
  form.hidden = false;
  for (const hint of document.querySelectorAll("[data-no-passkey]")) hint.setAttribute("hidden", "");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask(form).catch(() => form.querySelector("[data-passkey-failed]")?.removeAttribute("hidden"));
  });
}

/** @param {HTMLFormElement} form */
async function ask(form) {
  if (!reads) return;
  const answer = await fetch(form.dataset.passkey ?? "");
  if (!answer.ok) throw new Error("not asked");
  const options = await answer.json();
  const made = options.user
    ? await navigator.credentials.create({ publicKey: reads.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: reads.parseRequestOptionsFromJSON(options) });
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("credential"));
  field.value = JSON.stringify(made);
  // What was said beside the password of whose device it is, holds for the passkey too.
  for (const same of /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input[data-as]"))) {
    const said = /** @type {HTMLInputElement | null} */ (document.querySelector(`input[type=checkbox][name=${same.dataset.as}]`));
    same.value = said?.checked ? said.value : "";
  }
  form.submit();
}
