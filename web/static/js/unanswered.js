/** The paragraphs that have no answer yet, counted while one writes: a reminder, never a bar to sending. */

import { passages } from "./passages.js";

export class Unanswered {
  /**
   * @param {HTMLFormElement} form with a button for each paragraph, by its place (entry.passage)
   * @param {(paragraph: HTMLElement) => void} take one of them is wanted
   */
  constructor(form, take) {
    this.form = form;
    this.listed = /** @type {HTMLButtonElement[]} */ ([...form.querySelectorAll("[data-to-answer] button")]);
    this.paragraphs = this.listed.map((one) => named(one.value));
    this.listed.forEach((one, place) => {
      one.addEventListener("click", (event) => {
        const paragraph = this.paragraphs[place];
        if (!paragraph) return; // not on the page: the server brings it
        event.preventDefault();
        take(paragraph);
      });
    });
  }

  /** @param {string} answer as far as it is written */
  count(answer) {
    const still = new Set(left(this.paragraphs.map((one) => one?.textContent ?? ""), answer));
    this.listed.forEach((one, place) => one.closest("li")?.toggleAttribute("hidden", !still.has(place)));
    const count = this.form.querySelector("[data-to-answer] [data-count]");
    if (count) count.textContent = String(still.size);
    this.form.querySelector("[data-to-answer] [data-some]")?.toggleAttribute("hidden", !still.size);
    this.form.querySelector("[data-to-answer] [data-none]")?.toggleAttribute("hidden", Boolean(still.size));
  }

  /** The first below this one, else the first of all. @param {HTMLElement | undefined} at */
  next(at) {
    const open = this.paragraphs.filter((_, place) => !this.listed[place].closest("li")?.hidden);
    return open.find((one) => one && at && at.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) ?? open[0];
  }
}

/** @param {string} place */
function named(place) {
  const [number, passage] = place.split(".");
  const found = document.querySelectorAll(`#n${CSS.escape(number)} .letter-text > :not(.origin)`)[Number(passage)];
  return found instanceof HTMLElement ? found : undefined;
}

/**
 * Which paragraphs have no answer yet: none of their words are quoted with own words somewhere below.
 * @param {string[]} paragraphs
 * @param {string} answer
 */
export function left(paragraphs, answer) {
  const known = paragraphs.map(plain);
  const still = known.map((_, place) => place);
  let at = 0;
  for (const words of answered(answer)) {
    const order = [...still.filter((place) => place >= at), ...still.filter((place) => place < at)];
    const whole = order.find((place) => known[place] === words);
    const found = whole ?? order.find((place) => known[place].includes(words) || words.includes(known[place]));
    if (found === undefined) continue;
    still.splice(still.indexOf(found), 1);
    at = found;
  }
  return still;
}

/** @param {string} answer */
function answered(answer) {
  const found = passages(answer);
  while (found.at(-1)?.quoted) found.pop();
  return found.filter((one) => one.quoted).flatMap((one) => one.inner.map((words) => plain(words.text)).filter(Boolean));
}

/** @param {string} text */
function plain(text) {
  return text.trim().split(/\s+/u).join(" ");
}
