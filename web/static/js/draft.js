/**
 * A letter in the making is kept on the server: a second after a pause, when the field is left, and when the page is.
 * Nothing with content is stored in the browser.
 */

const PAUSE = 1_000;

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-drafts]"));
const field = /** @type {HTMLTextAreaElement | null} */ (form?.elements.namedItem("text") ?? null);
let kept = field?.value ?? "";
/** @type {number | undefined} */
let timer;

/** @param {boolean} lastly the page is going: no answer will be seen */
async function keep(lastly) {
  clearTimeout(timer);
  if (!form || !field || field.value === kept) return;
  const text = field.value;
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  body.set("deed", "keep");
  // A browser sends at most 64 KiB with keepalive: a longer letter was kept a second after the last pause.
  const keepalive = lastly && text.length < 15_000;
  try {
    const answer = await fetch(form.action, { method: "POST", body, keepalive, redirect: "manual" });
    if (!answer.ok && answer.type !== "opaqueredirect") throw new Error(String(answer.status));
    kept = text;
    tell(true);
  } catch {
    tell(false);
  }
}

/** @param {boolean} well */
function tell(well) {
  form?.querySelector("[data-kept]")?.toggleAttribute("hidden", !well);
  form?.querySelector("[data-not-kept]")?.toggleAttribute("hidden", well);
  const time = form?.querySelector("[data-kept-at]");
  if (well && time) time.textContent = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" }).format(new Date());
}

field?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => keep(false), PAUSE);
});
field?.addEventListener("blur", () => keep(false));
addEventListener("quietline:leaving", () => keep(true));
addEventListener("pagehide", () => keep(true));
form?.addEventListener("submit", () => {
  clearTimeout(timer);
  kept = field?.value ?? "";
});
