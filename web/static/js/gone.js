/** Who has dropped out of the session, since when, and what was agreed for it: each side sees the same. */

import { called, clockTime, setNamed } from "./words.js";

const LOOK_EVERY = 1_000;
const A_BLINK = 4_000; // a reload or a passing dip in the net is no news

export class Gone {
  /** @type {Map<string, number>} */ #since = new Map();
  #minutes = 0;

  /**
   * @param {HTMLElement} room
   * @param {() => number} now the server's time
   */
  constructor(room, now) {
    this.room = room;
    this.now = now;
    this.line = /** @type {HTMLElement | null} */ (room.querySelector("[data-gone]"));
    setInterval(() => this.#look(), LOOK_EVERY);
  }

  get some() {
    return this.#since.size > 0;
  }

  /** @param {string} person @param {string | undefined} since */
  set(person, since) {
    if (since) this.#since.set(person, Date.parse(since));
    else this.#since.delete(person);
    this.#look();
  }

  /** @param {{plan_b_minutes?: number} | undefined} session none: nobody is missed */
  session(session) {
    this.#minutes = session?.plan_b_minutes ?? 0;
    if (!session) this.#since.clear();
    this.#look();
  }

  /**
   * @param {number} since
   * @returns {number} when plan B begins, 0 when none was agreed
   */
  planned(since) {
    return this.#minutes ? since + this.#minutes * 60_000 : 0;
  }

  #look() {
    const [person, since] = [...this.#since].sort((one, other) => one[1] - other[1])[0] ?? [];
    if (!this.line) return;
    this.line.hidden = since === undefined || this.now() - since < A_BLINK;
    if (this.line.hidden || since === undefined) return;
    const zone = this.room.dataset.zone;
    const words = /** @type {HTMLElement} */ (this.line.querySelector("[data-gone-words]"));
    const said = called("gone").replace("{time}", clockTime(since, zone));
    if (words.dataset.said !== said + person) setNamed(words, said, called(person));
    words.dataset.said = said + person;
    const planned = this.planned(since);
    for (const part of this.line.querySelectorAll("[data-plan-b-words]")) {
      const begun = planned > 0 && this.now() >= planned;
      part.toggleAttribute("hidden", !planned || begun !== (part.getAttribute("data-plan-b-words") === "now"));
    }
    const time = this.line.querySelector("[data-plan-b-time]");
    if (time) time.textContent = clockTime(planned, zone);
  }
}
