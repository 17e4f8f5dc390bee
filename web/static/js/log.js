/** The list of what was said. New lines are copies of the page's own templates, filled with text. */

import { blank, fill, number } from "./blanks.js";
import { eventWords, saidAtClosing } from "./happened.js";
import { Place } from "./place.js";
import { called, setLetter, setWords } from "./words.js";

const SAME_BREATH = 120_000;

/**
 * @typedef {{number: number, at: string, author?: {id: string, name?: string}, channel?: string, text?: string,
 *   edited?: boolean, withdrawn?: boolean}} Said
 */

export class Log {
  /** @type {{li: HTMLElement, who: string, at: number} | undefined} */ #before;
  #marked = false;

  /**
   * @param {HTMLElement} room
   * @param {(key: string, deed: "retry" | "edit") => void} onDeed
   */
  constructor(room, onDeed) {
    this.room = room;
    this.list = /** @type {HTMLElement} */ (room.querySelector("[data-list]"));
    const pane = /** @type {HTMLElement} */ (room.querySelector("[data-log]"));
    this.place = new Place(pane, room.querySelector("[data-below]"));
    document.addEventListener("visibilitychange", () => (this.#marked &&= document.hidden));
    this.list.addEventListener("click", (event) => {
      const button = event.target instanceof Element && event.target.closest("[data-deed]");
      const key = button && button.closest("li")?.dataset.key;
      if (key) onDeed(key, button.getAttribute("data-deed") === "edit" ? "edit" : "retry");
    });
  }

  /**
   * @param {Said} said
   * @param {boolean} mine
   */
  message(said, mine) {
    const chat = (said.channel ?? "chat") === "chat";
    const li = blank(chat ? "blank-bubble" : "blank-sheet");
    (chat ? li : li.querySelector("article"))?.classList.toggle("mine", mine);
    fill(li, "author", said.author?.name ?? called(said.author?.id));
    if (!chat) fill(li, "channel", said.channel ?? "");
    const text = /** @type {Element} */ (li.querySelector('[data-part="text"]'));
    (chat ? setWords : setLetter)(text, said.text ?? "");
    this.#give(li, said.number, said.at);
    this.#append(li, mine, chat ? (said.author?.id ?? "") : "", Date.parse(said.at));
    if (said.edited || said.withdrawn) this.amend(said.number, said.withdrawn ? undefined : said.text);
  }

  /** @param {import("./happened.js").Happened} happened */
  event(happened) {
    const { amends, event } = happened;
    const about = amends && document.getElementById(`n${amends}`);
    if (about && event === "closing") about.remove();
    else if (about && amends) return this.amend(amends, event === "withdrawn" ? undefined : happened.text);
    const li = blank("blank-event");
    fill(li, "text", eventWords(happened, this.room.dataset.zone));
    const said = /** @type {HTMLElement} */ (li.querySelector('[data-part="said"]'));
    said.textContent = saidAtClosing(happened, this.room.dataset.zone);
    said.hidden = !said.textContent;
    this.#give(li, happened.number, happened.at);
    this.#append(li, true, "", Date.parse(happened.at));
  }

  /**
   * Words were said better, or taken back. What was taken back stays so.
   * @param {number} about
   * @param {string | undefined} text none: taken back
   */
  amend(about, text) {
    const li = document.getElementById(`n${about}`);
    const words = li?.querySelector('[data-part="text"]');
    if (!li || !words || li.classList.contains("withdrawn")) return;
    li.classList.toggle("withdrawn", text === undefined);
    if (text === undefined) words.textContent = called("withdrawn_mark");
    else setWords(words, text);
    li.querySelector("[data-edited]")?.toggleAttribute("hidden", text === undefined);
    if (text === undefined) li.querySelector("[data-deeds]")?.setAttribute("hidden", "");
  }

  /**
   * One's own words, shown before anyone has answered for them.
   * @param {{key: string, text: string}} words
   * @param {string} me
   */
  pending(words, me) {
    const li = blank("blank-bubble");
    li.classList.add("mine");
    li.dataset.key = words.key;
    setWords(/** @type {Element} */ (li.querySelector('[data-part="text"]')), words.text);
    this.#append(li, true, me, Date.now());
    this.place.toEnd();
  }

  /** @param {string} key @param {string} fate */
  fate(key, fate) {
    const li = this.#pending(key);
    if (!li) return;
    li.dataset.state = fate;
    for (const words of li.querySelectorAll("[data-fate]")) words.toggleAttribute("hidden", words.getAttribute("data-fate") !== fate);
  }

  /** @param {string} key @param {number} given @param {string} at */
  settle(key, given, at) {
    const li = this.#pending(key);
    if (!li) return;
    document.getElementById(`n${given}`)?.remove(); // the same words, come back first by the replay
    this.#give(li, given, at);
  }

  /** @param {string} key */
  remove(key) {
    this.#pending(key)?.remove();
  }

  /** @param {HTMLElement} li @param {boolean} quiet @param {string} who @param {number} at */
  #append(li, quiet, who, at) {
    this.room.querySelector("[data-empty]")?.remove();
    // What has no number yet stays below what has one: so the order on the page is always that of the record.
    const unsaid = li.dataset.key ? null : this.list.querySelector(":scope > [data-key]:not([data-number])");
    if (!quiet && document.hidden && !this.#marked) {
      this.#marked = true;
      this.list.insertBefore(blank("blank-new"), unsaid);
    }
    this.place.keeping(() => this.list.insertBefore(li, unsaid), quiet);
    const before = this.#before;
    const again = who && before?.who === who && before.li === li.previousElementSibling && at - before.at < SAME_BREATH;
    li.classList.toggle("again", Boolean(again));
    this.#before = { li, who, at };
  }

  /** @param {HTMLElement} li @param {number} to @param {string} at */
  #give(li, to, at) {
    number(li, to, at, this.room.dataset.zone);
  }

  /** @param {string} key @returns {HTMLElement | null} */
  #pending(key) {
    return this.list.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }
}
