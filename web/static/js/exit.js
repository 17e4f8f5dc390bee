/**
 * Leaving in one action: the Exit button, or Shift three times. The page is out of sight before anything is asked of
 * the network; then it is replaced, so that Back does not lead here.
 */

const WITHIN = 1_500;

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-exit]"));
/** @type {number[]} */
let shifts = [];

function leave() {
  if (!form) return;
  document.documentElement.classList.add("leaving");
  document.title = "";
  dispatchEvent(new Event("quietline:leaving"));
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual" }).catch(() => undefined);
  location.replace(form.dataset.exit ?? "/");
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  leave();
});

addEventListener("keydown", (event) => {
  if (event.key !== "Shift" || event.isComposing) {
    shifts = [];
    return;
  }
  if (event.repeat) return;
  const now = Date.now();
  shifts = [...shifts.filter((then) => now - then < WITHIN), now];
  if (shifts.length >= 3) leave();
});

// Back after leaving may bring the page from memory: it stays out of sight and asks the server again.
addEventListener("pageshow", (event) => {
  if (event.persisted && document.documentElement.classList.contains("leaving")) location.reload();
});
