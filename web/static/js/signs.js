/** What the page shows of the other side and of the connection: who is here or gone, who writes, whether we are connected. */

import { Gone } from "./gone.js";
import { called, clockTime, setNamed } from "./words.js";

const WRITING_SHOWN = 5_000;
const WORD_SHOWN = 45_000;
const BACK_SHOWN = 4_000;

export class Signs {
  /** @type {number | undefined} */ #line;
  /** @type {number | undefined} */ #back;
  /** @type {Set<string>} */ #present = new Set();
  #lost = false;

  /**
   * @param {HTMLElement} room
   * @param {() => number} now the server's time
   */
  constructor(room, now) {
    this.room = room;
    this.now = now;
    this.gone = new Gone(room, now);
  }

  /**
   * Somebody writes, or says by one tap that they read or think.
   * @param {string} person empty when nothing is to be shown any more
   * @param {string} word
   */
  says(person, word = "writing") {
    clearTimeout(this.#line);
    const line = /** @type {HTMLElement | null} */ (this.room.querySelector("[data-typing]"));
    if (!line) return;
    line.hidden = !person;
    if (!person) return;
    setNamed(line, called(`sign:${word}`), called(person));
    this.#line = setTimeout(() => this.says(""), word === "writing" ? WRITING_SHOWN : WORD_SHOWN);
  }

  /** @param {string} person @param {boolean} here @param {string | undefined} since */
  presence(person, here, since) {
    if (here) this.#present.add(person);
    else this.#present.delete(person);
    this.gone.set(person, here ? undefined : since);
    if (!here) this.says("");
    this.#tell();
  }

  /** @param {any} session */
  session(session) {
    const live = session?.state === "live";
    if (!live) this.#nobody();
    this.gone.session(live ? session : undefined);
    for (const words of this.room.querySelectorAll("[data-gestures]")) words.toggleAttribute("hidden", !live);
    this.#tell();
  }

  #tell() {
    const some = this.#present.size > 0;
    this.room.querySelector("[data-presence]")?.classList.toggle("here", some);
    const told = some ? "here" : this.gone.some ? "gone" : "unknown";
    for (const words of this.room.querySelectorAll("[data-presence-words]")) {
      words.toggleAttribute("hidden", words.getAttribute("data-presence-words") !== told);
    }
  }

  /** @param {import("./stream.js").State} state */
  connection(state) {
    clearTimeout(this.#back);
    const lines = [...this.room.querySelectorAll("[data-connection] [data-state]")];
    /** @param {string} shown */
    const show = (shown) => lines.forEach((line) => line.toggleAttribute("hidden", line.getAttribute("data-state") !== shown));
    if (state === "away" && !this.#lost) this.#since();
    if (state !== "open") this.#nobody(); // who is there is not known; the server says it anew
    this.#tell();
    // A tab that takes over, or a new attempt, is no news: what was said of the connection stands.
    if (state === "connecting") return;
    const back = state === "open" && this.#lost;
    show(back ? "back" : state);
    if (back) this.#back = setTimeout(() => show("open"), BACK_SHOWN);
    this.#lost = state === "away";
  }

  #nobody() {
    this.#present.clear();
    this.says("");
  }

  #since() {
    const since = this.room.querySelector("[data-since]");
    if (since) since.textContent = clockTime(this.now(), this.room.dataset.zone);
    const planned = this.gone.planned(this.now());
    this.room.querySelector("[data-plan-b-at]")?.toggleAttribute("hidden", !planned);
    const time = this.room.querySelector("[data-plan-b-at] [data-time]");
    if (time && planned) time.textContent = clockTime(planned, this.room.dataset.zone);
  }
}
