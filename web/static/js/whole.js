/**
 * What a frame cannot show whole is asked for as the server's own part of a page: a letter with its files, its promise and
 * the truth about its mail, and what happened to somebody this page does not know. Until it is here the frame's words
 * stand; where it cannot be had it is asked for again when something comes, or the connection is back.
 */

import { part } from "./part.js";

/** A fresh page says them anew: by when it is answered, and whether its mail has gone. */
const CHANGING = "li.sheet:has(.promised), li.sheet:has(.carriage.owed)";
/** A mail that leaves, a file that has been checked: nobody rings for it, so it is looked at now and then, ever less often. */
const UNDER_WAY = "li.sheet:has(.carriage.owed, [data-under-way])";
const SOONEST = 5_000;
const LONGEST = 300_000;

export class Whole {
  /** @type {Set<number>} */ #owed = new Set();
  #busy = false;
  #pause = SOONEST;
  #timer = 0;

  /**
   * @param {string} at where the parts are had, by number
   * @param {HTMLElement} list
   */
  constructor(at, list) {
    this.at = at;
    this.list = list;
    new MutationObserver((changes) => this.#look(changes.flatMap((change) => [...change.addedNodes]))).observe(list, { childList: true });
    document.addEventListener("quietline:opened", () => this.#get());
    this.#look([...list.children]);
  }

  /** @param {Node[]} came a letter or an event may change what is said of letters that stand here already */
  #look(came) {
    const owed = ["li[data-owed]"];
    if (came.some((node) => node instanceof Element && node.matches("li[data-owed], li.event"))) {
      owed.push(CHANGING);
      this.#pause = SOONEST;
    }
    for (const li of /** @type {NodeListOf<HTMLElement>} */ (this.list.querySelectorAll(owed.join()))) this.#owed.add(Number(li.dataset.number));
    this.#get();
  }

  async #get() {
    if (this.#busy || !this.at) return;
    this.#busy = true;
    const failed = [];
    while (this.#owed.size) {
      const [number] = this.#owed;
      this.#owed.delete(number);
      const found = document.getElementById(`n${number}`) && (await this.#ask(number));
      if (found) this.#put(found);
      else if (found === null) document.getElementById(`n${number}`)?.removeAttribute("data-owed");
      else if (found === undefined) failed.push(number);
    }
    for (const number of failed) this.#owed.add(number);
    this.#busy = false;
    this.#watch();
  }

  #watch() {
    clearTimeout(this.#timer);
    if (!this.list.querySelector(UNDER_WAY)) return;
    this.#timer = setTimeout(() => {
      this.#pause = Math.min(LONGEST, this.#pause * 2);
      if (document.hidden) return this.#watch();
      for (const li of /** @type {NodeListOf<HTMLElement>} */ (this.list.querySelectorAll(UNDER_WAY))) this.#owed.add(Number(li.dataset.number));
      this.#get();
    }, this.#pause);
  }

  /** @param {number} number @returns {Promise<HTMLElement | null | undefined>} null: there is none; undefined: not now */
  async #ask(number) {
    const answer = await fetch(`${this.at}${number}`).catch(() => undefined);
    if (!answer?.ok) return answer?.status === 404 ? null : undefined;
    return part(await answer.text(), `n${number}`) ?? undefined;
  }

  /** @param {HTMLElement} fresh */
  #put(fresh) {
    const old = document.getElementById(fresh.id);
    if (!old) return;
    // What one reads stays as it is: marked paragraphs, a selection, an open fold.
    const [read, words] = [old, fresh].map((li) => li.querySelector(".letter-text"));
    if (read && words && same(read, words)) words.replaceWith(read);
    fresh.querySelector("details.folded")?.toggleAttribute("open", Boolean(old.querySelector("details.folded[open]")));
    old.replaceWith(fresh); // who was at the end stays there (place.js)
  }
}

/** Whether they hold the same paragraphs; a frame's words are none yet. @param {Element} one @param {Element} other */
function same(one, other) {
  const [these, those] = [one, other].map((each) => [...each.children].map((child) => child.localName + child.textContent?.replace(/\s+/g, "")));
  return String(these) === String(those);
}
