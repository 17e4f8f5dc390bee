/** The head of each day, as a fresh page has it: above the first entry that comes on it, and said from today. */

import { blank } from "./blanks.js";
import { called, saidDay } from "./words.js";

/**
 * @param {HTMLElement} list
 * @param {string | undefined} zone
 * @param {() => number} now the server's time
 */
export function days(list, zone, now) {
  const look = () => {
    for (const li of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll(":scope > [data-number]"))) head(li, zone, now());
    for (const time of /** @type {NodeListOf<HTMLTimeElement>} */ (list.querySelectorAll("li.day time"))) {
      const words = dayWords(time.dateTime, zone, now());
      if (time.textContent !== words) time.textContent = words;
    }
  };
  // A line of one's own gets its number, and with it its place in the record, only when the server says so.
  new MutationObserver(look).observe(list, { childList: true, subtree: true, attributeFilter: ["data-number"] });
  document.addEventListener("visibilitychange", look);
  look();
}

/** @param {HTMLElement} li @param {string | undefined} zone @param {number} now */
function head(li, zone, now) {
  const at = moment(li);
  let before = li.previousElementSibling;
  while (before && !moment(before)) before = before.previousElementSibling;
  if (!at || (before && dayWords(moment(before), zone, now) === dayWords(at, zone, now))) return;
  const day = blank("blank-day");
  day.querySelector("time")?.setAttribute("datetime", at);
  li.before(day);
}

/** @param {Element} li @returns {string} when the last of it was; empty where that is not known */
function moment(li) {
  const times = li.querySelectorAll(li.matches(".day") ? "time" : '[data-part="time"]');
  return /** @type {HTMLTimeElement | undefined} */ ([...times].at(-1))?.dateTime ?? "";
}

/**
 * Today, yesterday, or the day in full: the same as the `day` filter of the server.
 * @param {string} iso
 * @param {string | undefined} zone
 * @param {number} now
 */
function dayWords(iso, zone, now) {
  const timeZone = zone || undefined;
  /** @param {Date | number} at */
  const date = (at) => Date.parse(new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(at)) / 86_400_000;
  const at = new Date(iso);
  const near = called({ "-1": "yesterday", 0: "today", 1: "tomorrow" }[date(at) - date(now)]);
  if (near) return near;
  return saidDay(at, "long", zone, now);
}
