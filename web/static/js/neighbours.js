/** One time for one breath: a second bubble by the same hand within two minutes hides the first one's time. */

const SAME_BREATH = 120_000;

/**
 * A line has come to its place, has left it, or got its time.
 * @param {HTMLElement} li it, or the one after the place it left
 * @param {number} now the server's time
 */
export function breathe(li, now) {
  for (const one of [li, neighbour(li, "nextElementSibling")]) {
    const before = one && neighbour(one, "previousElementSibling");
    if (!one?.classList.contains("bubble")) continue;
    const same = before?.classList.contains("bubble") && author(before) === author(one);
    one.classList.toggle("again", Boolean(same && said(one, now) - said(before, now) < SAME_BREATH));
  }
}

/** @param {HTMLElement} li */
function author(li) {
  return li.querySelector('[data-part="author"]')?.textContent;
}

/** @param {HTMLElement} li @param {number} now */
function said(li, now) {
  return Date.parse(li.querySelector("time")?.dateTime ?? "") || now;
}

/** The mark of what is new stands between lines and is none. @param {Element} li @param {"previousElementSibling" | "nextElementSibling"} way */
function neighbour(li, way) {
  let found = li[way];
  while (found?.classList.contains("new-line")) found = found[way];
  return /** @type {HTMLElement | null} */ (found);
}
