/** The paragraphs that have no answer yet, counted while one writes: a reminder, never a bar to sending. */

import { passages } from "./passages.js";

export class Unanswered {
  /** @type {HTMLButtonElement[]} */ #listed = [];
  /** @type {(HTMLElement | undefined)[]} */ #paragraphs = [];
  #newest = 0;

  /**
   * @param {HTMLFormElement} form with a button for each paragraph, by its place (entry.passage)
   * @param {(paragraph: HTMLElement) => void} take one of them is wanted
   */
  constructor(form, take) {
    this.section = form.querySelector("[data-to-answer]");
    this.take = take;
    for (const button of this.section?.querySelectorAll("button") ?? []) this.#list(button);
  }

  /** @param {HTMLButtonElement} button */
  #list(button) {
    const paragraph = named(button.value);
    this.#listed.push(button);
    this.#paragraphs.push(paragraph);
    button.addEventListener("click", (event) => {
      if (!paragraph) return; // not on the page: the server brings it
      event.preventDefault();
      this.take(paragraph);
    });
  }

  /**
   * Letters that came while one writes are to be answered too: never is it said that all is answered while one is not.
   * @param {HTMLElement} letters
   * @param {number} last the number of the last entry the page came with
   */
  look(letters, last) {
    for (const letter of /** @type {NodeListOf<HTMLElement>} */ (letters.querySelectorAll("li.sheet:has(.letter:not(.mine))"))) {
      const number = Number(letter.dataset.number);
      if (!(number > Math.max(last, this.#newest))) continue;
      this.#newest = number;
      [...letter.querySelectorAll(".letter-text > :not(.origin)")].forEach((one, place) => one.matches("p") && this.#add(`${number}.${place}`, one.textContent ?? ""));
    }
  }

  /** @param {string} place @param {string} words */
  #add(place, words) {
    const [item, button, text] = ["li", "button", "bdi"].map((tag) => document.createElement(tag));
    Object.assign(button, { className: "link", name: "quote", value: place, formNoValidate: true });
    text.textContent = words.trim().split(/\s+/u).join(" ");
    button.append(text);
    item.append(button);
    this.section?.querySelector("ul")?.append(item);
    this.section?.removeAttribute("hidden");
    this.#list(/** @type {HTMLButtonElement} */ (button));
  }

  /** @param {string} answer as far as it is written */
  count(answer) {
    const still = new Set(left(this.#paragraphs.map((one) => one?.textContent ?? ""), answer));
    this.#listed.forEach((one, place) => one.closest("li")?.toggleAttribute("hidden", !still.has(place)));
    this.#paragraphs.forEach((one, place) => one?.classList.toggle("done", !still.has(place)));
    const say = (/** @type {string} */ part, /** @type {number} */ count) => {
      const place = this.section?.querySelector(part);
      if (place) place.textContent = String(count);
    };
    say("[data-count]", still.size);
    say("[data-all]", this.#listed.length);
    this.section?.querySelector("[data-some]")?.toggleAttribute("hidden", !still.size);
    this.section?.querySelector("[data-none]")?.toggleAttribute("hidden", Boolean(still.size));
  }

  /** The paragraph of which these words are. @param {string} words */
  of(words) {
    const wanted = plain(words);
    const known = this.#paragraphs.map((one) => plain(one?.textContent ?? ""));
    const whole = known.indexOf(wanted);
    return wanted ? this.#paragraphs[whole < 0 ? known.findIndex((one) => one.includes(wanted)) : whole] : undefined;
  }

  /** The first below this one, else the first of all. @param {HTMLElement | undefined} at */
  next(at) {
    const open = this.#paragraphs.filter((_, place) => !this.#listed[place].closest("li")?.hidden);
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
