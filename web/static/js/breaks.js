/** Breaks of a connection that follow each other are one line, as breaks.py makes them on a fresh page. */

import { called, clockTime } from "./words.js";

const BREAK = 'li[data-event^="connection_"]';
const ISOLATED = "\u2068{name}\u2069"; // a name keeps its own direction of writing

/**
 * @param {HTMLElement} list
 * @param {string | undefined} zone
 */
export function breaks(list, zone) {
  const look = () => {
    for (const li of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll(`:scope > ${BREAK}:not([data-since])`))) join(li, zone);
  };
  new MutationObserver(look).observe(list, { childList: true });
  look();
}

/** @param {HTMLElement} li @param {string | undefined} zone */
function join(li, zone) {
  const lost = li.dataset.event === "connection_lost";
  const at = li.querySelector("time")?.dateTime ?? "";
  const before = /** @type {HTMLElement | null} */ (li.previousElementSibling);
  const { who, since = "", losses = "0" } = before?.matches(BREAK) ? before.dataset : {};
  const goesOn = who === li.dataset.who && day(since, zone) === day(at, zone);
  const count = (goesOn ? Number(losses) : 0) + Number(lost);
  Object.assign(li.dataset, { losses: count, since: goesOn ? since : at });
  if (!goesOn || !before) return;
  before.remove();
  const words = called(`${li.dataset.event}:${count === 1 ? "once" : "again"}`);
  const place = li.querySelector('[data-part="text"]');
  const name = ISOLATED.replace("{name}", li.dataset.who ?? "");
  if (place && words && count) place.textContent = words.replace("{name}", name).replace("{by}", String(count)).replace("{since}", clockTime(since, zone));
}

/** @param {string} at @param {string | undefined} zone */
function day(at, zone) {
  return at && new Intl.DateTimeFormat("en-CA", { timeZone: zone || undefined, dateStyle: "short" }).format(new Date(at));
}
