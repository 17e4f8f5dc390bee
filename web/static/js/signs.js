/** What the page shows of the other side and of the connection: who is here, who writes, whether we are connected. */

import { called, clockTime } from "./words.js";

const WRITING_SHOWN = 5_000;
const BACK_SHOWN = 4_000;

export class Signs {
  /** @type {number | undefined} */ #typing;
  /** @type {number | undefined} */ #back;
  /** @type {Set<string>} */ #present = new Set();
  #lost = false;

  /** @param {HTMLElement} room */
  constructor(room) {
    this.room = room;
  }

  /** @param {string} person empty when nobody writes */
  writing(person) {
    clearTimeout(this.#typing);
    const line = this.room.querySelector("[data-typing]");
    line?.toggleAttribute("hidden", !person);
    if (!person) return;
    const who = line?.querySelector("[data-who]");
    if (who && called(person)) who.textContent = called(person);
    this.#typing = setTimeout(() => this.writing(""), WRITING_SHOWN);
  }

  /**
   * @param {string} person
   * @param {boolean} here
   */
  presence(person, here) {
    if (here) this.#present.add(person);
    else this.#present.delete(person);
    const some = this.#present.size > 0;
    this.room.querySelector("[data-presence]")?.classList.toggle("here", some);
    for (const words of this.room.querySelectorAll("[data-presence-words]")) {
      words.toggleAttribute("hidden", words.getAttribute("data-presence-words") !== (some ? "here" : "gone"));
    }
  }

  /** @param {import("./stream.js").State} state */
  connection(state) {
    clearTimeout(this.#back);
    const lines = [...this.room.querySelectorAll("[data-connection] [data-state]")];
    /** @param {string} shown */
    const show = (shown) => lines.forEach((line) => line.toggleAttribute("hidden", line.getAttribute("data-state") !== shown));
    const since = this.room.querySelector("[data-since]");
    if (state === "away" && !this.#lost && since) since.textContent = clockTime(Date.now(), this.room.dataset.zone);
    const back = state === "open" && this.#lost;
    show(back ? "back" : state);
    if (back) this.#back = setTimeout(() => show("open"), BACK_SHOWN);
    this.#lost = state === "away";
  }
}
