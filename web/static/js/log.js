/** The list of what was said. New lines are copies of the page's own templates, filled with text. */

import { Place } from "./place.js";
import { called, setLetter, setTime, setWords } from "./words.js";

const SAME_BREATH = 120_000;

/** @typedef {{number: number, at: string, author?: {id: string, name: string}, channel?: string, text?: string}} Said */

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

  /** @param {number} number */
  has(number) {
    return Boolean(document.getElementById(`n${number}`));
  }

  /**
   * @param {Said} said
   * @param {boolean} mine
   */
  message(said, mine) {
    const chat = (said.channel ?? "chat") === "chat";
    const li = this.#blank(chat ? "blank-bubble" : "blank-sheet");
    (chat ? li : li.querySelector("article"))?.classList.toggle("mine", mine);
    fill(li, "author", said.author?.name ?? "");
    if (!chat) fill(li, "channel", said.channel ?? "");
    const text = /** @type {Element} */ (li.querySelector('[data-part="text"]'));
    (chat ? setWords : setLetter)(text, said.text ?? "");
    this.#number(li, said.number, said.at);
    this.#append(li, mine, chat ? (said.author?.id ?? "") : "", Date.parse(said.at));
  }

  /** @param {Said & {event?: string, what?: string, kind?: string, words?: string}} happened */
  event(happened) {
    const li = this.#blank("blank-event");
    const code = happened.event ?? happened.what ?? happened.kind;
    fill(li, "text", called(code) || happened.words || happened.text || String(code ?? "").replaceAll("_", " "));
    this.#number(li, happened.number, happened.at);
    this.#append(li, true, "", Date.parse(happened.at));
  }

  /**
   * One's own words, shown before anyone has answered for them.
   * @param {{key: string, text: string}} words
   * @param {string} me
   */
  pending(words, me) {
    const li = this.#blank("blank-bubble");
    li.classList.add("mine");
    li.dataset.key = words.key;
    setWords(/** @type {Element} */ (li.querySelector('[data-part="text"]')), words.text);
    this.#append(li, true, me, Date.now());
    this.place.toEnd();
  }

  /**
   * @param {string} key
   * @param {string} fate
   */
  fate(key, fate) {
    const li = this.#pending(key);
    if (!li) return;
    li.dataset.state = fate;
    for (const words of li.querySelectorAll("[data-fate]")) words.toggleAttribute("hidden", words.getAttribute("data-fate") !== fate);
  }

  /**
   * @param {string} key
   * @param {number} number
   * @param {string} at
   */
  settle(key, number, at) {
    const li = this.#pending(key);
    if (!li) return;
    document.getElementById(`n${number}`)?.remove(); // the same words, come back first by the replay
    this.#number(li, number, at);
  }

  /** @param {string} key */
  remove(key) {
    this.#pending(key)?.remove();
  }

  /**
   * @param {HTMLElement} li
   * @param {boolean} quiet
   * @param {string} who
   * @param {number} at
   */
  #append(li, quiet, who, at) {
    this.room.querySelector("[data-empty]")?.remove();
    if (!quiet && document.hidden && !this.#marked) {
      this.#marked = true;
      this.list.append(this.#blank("blank-new"));
    }
    const before = this.#before;
    const again = who && before?.who === who && before.li === this.list.lastElementChild && at - before.at < SAME_BREATH;
    li.classList.toggle("again", Boolean(again));
    this.place.keeping(() => this.list.append(li), quiet);
    this.#before = { li, who, at };
  }

  /** @param {string} id @returns {HTMLElement} */
  #blank(id) {
    const blank = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
    return /** @type {HTMLElement} */ (document.importNode(blank.content, true).firstElementChild);
  }

  /** @param {string} key @returns {HTMLElement | null} */
  #pending(key) {
    return this.list.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }

  /** @param {HTMLElement} li @param {number} number @param {string} at */
  #number(li, number, at) {
    li.id = `n${number}`;
    li.dataset.number = String(number);
    setTime(li.querySelector('[data-part="time"]'), at, this.room.dataset.zone);
  }
}

/** @param {HTMLElement} li @param {string} part @param {string} text */
function fill(li, part, text) {
  const place = li.querySelector(`[data-part="${part}"]`);
  if (place) place.textContent = text;
}
