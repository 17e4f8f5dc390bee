/** Letters that wait to be sent: the seconds left to undo, and the bar anew once the time has come. */

const bar = /** @type {HTMLElement | null} */ (document.querySelector("[data-pending]"));
const choice = /** @type {HTMLSelectElement | null} */ (document.querySelector("[data-when-to]"));

/** The time is asked for only where it is wanted; without scripts the field simply stands there. */
function shown() {
  document.querySelector("[data-when-at]")?.toggleAttribute("hidden", choice?.value !== "at");
}

function tick() {
  let over = false;
  for (const letter of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-goes]"))) {
    const left = Math.ceil((Date.parse(letter.dataset.goes ?? "") - Date.now()) / 1000);
    const digits = /** @type {HTMLElement | null} */ (letter.querySelector("[data-counts]"));
    if (digits) {
      digits.hidden = false;
      digits.textContent = `${Math.max(0, left)} s`;
    }
    over ||= left < -1;
  }
  // Its entry comes over the stream; what still waits is asked for, a little less often each time.
  if (over && bar) bar.dispatchEvent(new Event("quietline:due"));
}

// What settles a letter brings the bar that takes it back, and only then what the bar needs.
document.addEventListener("submit", ({ target }) => {
  if (!(target instanceof HTMLFormElement) || !target.matches("[data-handled]")) return;
  const held = target.contains(document.activeElement);
  import("./undo.js").then(({ press }) => press(held));
});
if (choice) {
  choice.addEventListener("change", shown);
  shown();
}
if (bar) setInterval(tick, 1_000);
