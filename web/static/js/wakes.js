/** What was put aside comes back on an open page by itself; and rows of one line, where they are wished. */

const DENSE = "quietline-dense"; // a cookie of this browser for a year, without content
const LONGEST = 2 ** 31 - 1; // milliseconds a timer can wait; the list is looked at again then, and says once more

/** @type {number | undefined} */
let waking;
const dense = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-dense]"));

/** One timer, for the next of them. */
function wait() {
  clearTimeout(waking);
  const at = /** @type {HTMLElement | null} */ (document.querySelector("[data-wakes]"))?.dataset.wakes;
  if (at) waking = setTimeout(() => document.body.dispatchEvent(new CustomEvent("quietline:inbox")), left(at));
}

/** @param {string} at */
function left(at) {
  return Math.min(LONGEST, Math.max(1000, Date.parse(at) - Date.now() + 1000));
}

function toggle() {
  const on = document.querySelector("[data-panes]")?.classList.toggle("dense") ?? false;
  dense?.setAttribute("aria-pressed", String(on));
  document.cookie = `${DENSE}=on; path=/; samesite=lax; max-age=${on ? 31536000 : 0}`;
}

wait();
addEventListener("htmx:after:swap", wait);
dense?.removeAttribute("hidden");
dense?.addEventListener("click", toggle);
