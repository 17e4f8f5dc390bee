/** What was done a moment ago: the seconds in which it can be undone, and no bar when they are over. */

const SECOND = 1_000;

/** @type {WeakMap<HTMLElement, number>} When each is over, by this page's own clock. */
const over = new WeakMap();
let pressed = false;

function tick() {
  for (const one of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("#undo [data-left]"))) {
    if (!over.has(one)) over.set(one, performance.now() + Number(one.dataset.left) * SECOND);
    const left = Math.ceil(((over.get(one) ?? 0) - performance.now()) / SECOND);
    const digits = one.querySelector("[data-seconds]");
    if (digits) digits.textContent = `${Math.max(0, left)} s`;
    if (left <= 0) one.remove();
  }
}

/**
 * The button that was pressed goes with what it settled: then whoever pressed it is led to what they may need next.
 * @param {boolean} held whether the button has the focus
 */
export function press(held) {
  pressed = held;
}

document.addEventListener("submit", ({ target }) => {
  if (target instanceof HTMLFormElement && target.matches("[data-undo]")) press(target.contains(document.activeElement));
});
addEventListener("htmx:after:swap", (event) => {
  const bar = document.getElementById("undo");
  if (!bar || /** @type {CustomEvent} */ (event).detail?.ctx?.target !== bar) return;
  tick();
  if (pressed) /** @type {HTMLElement | null} */ (bar.querySelector("button") ?? document.querySelector("main"))?.focus();
  pressed = false;
  document.body.dispatchEvent(new CustomEvent("quietline:inbox"));
});
setInterval(tick, SECOND);
tick();
