/** The list of what was said. New lines are copies of the page's own templates, filled with text. */

import { amend, blank, fill, number } from "./blanks.js";
import { eventWords, saidAtClosing } from "./happened.js";
import { breathe } from "./neighbours.js";
import { Place } from "./place.js";
import { called, setWords } from "./words.js";

/**
 * @typedef {{number: number, at: string, author?: {id: string, name?: string}, channel?: string, text?: string,
 *   edited?: boolean, withdrawn?: boolean}} Said
 */

export class Log {
  #marked = false;

  /**
   * @param {HTMLElement} room
   * @param {(key: string, deed: "retry" | "edit") => void} onDeed
   * @param {() => number} now the server's time
   */
  constructor(room, onDeed, now) {
    this.room = room;
    this.now = now;
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
    const place = chat ? text : text.appendChild(Object.assign(document.createElement("p"), { dir: "auto" }));
    setWords(place, said.text ?? "");
    li.toggleAttribute("data-owed", !chat); // the rest of it is the server's to say (whole.js)
    if (!mine) li.querySelector("[data-deeds]")?.remove();
    this.#give(li, said.number, said.at);
    this.#append(li, mine);
    if (said.edited || said.withdrawn) this.amend(said.number, said.withdrawn ? undefined : said.text);
  }

  /** @param {import("./happened.js").Happened} happened */
  event(happened) {
    const { amends, event } = happened;
    const about = amends && document.getElementById(`n${amends}`);
    if (about && event === "closing") about.remove();
    else if (about && amends) return this.amend(amends, event === "withdrawn" ? undefined : happened.text);
    const li = blank("blank-event");
    li.toggleAttribute("data-owed", !called(happened.facts?.person ?? happened.author?.id)); // somebody this page does not know
    Object.assign(li.dataset, { event, who: called(happened.facts?.person ?? happened.author?.id) || called("someone") });
    fill(li, "text", eventWords(happened, this.room.dataset.zone));
    const said = /** @type {HTMLElement} */ (li.querySelector('[data-part="said"]'));
    said.textContent = saidAtClosing(happened, this.room.dataset.zone);
    said.hidden = !said.textContent;
    this.#give(li, happened.number, happened.at);
    this.#append(li, true);
  }

  /** @param {number} about @param {string | undefined} text none: taken back */
  amend(about, text) {
    amend(document.getElementById(`n${about}`), text);
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
    fill(li, "author", called(me));
    setWords(/** @type {Element} */ (li.querySelector('[data-part="text"]')), words.text);
    this.#append(li, true);
    this.place.toEnd();
  }

  /** @param {string} key @param {string} fate */
  fate(key, fate) {
    const li = this.#pending(key);
    if (!li) return;
    li.dataset.state = fate;
    for (const words of li.querySelectorAll("[data-fate]")) words.toggleAttribute("hidden", words.getAttribute("data-fate") !== fate);
  }

  /**
   * The server's number for one's own words. It may be told twice: by the answer, and by the replay after a break.
   * @param {string} key @param {number} given @param {string} at
   */
  settle(key, given, at) {
    const li = this.#pending(key);
    if (!li || li.dataset.number) return;
    document.getElementById(`n${given}`)?.remove(); // the same words, come back before this page knew their key
    this.#give(li, given, at);
  }

  /** @param {string} key */
  remove(key) {
    const li = this.#pending(key);
    const next = /** @type {HTMLElement | null | undefined} */ (li?.nextElementSibling);
    li?.remove();
    if (next) breathe(next, this.now());
  }

  /** @param {HTMLElement} li @param {boolean} quiet */
  #append(li, quiet) {
    this.room.querySelector("[data-empty]")?.remove();
    // What has no number yet stays below what has one: so the order on the page is always that of the record.
    const unsaid = li.dataset.key ? null : this.list.querySelector(":scope > [data-key]:not([data-number])");
    if (!quiet && document.hidden && !this.#marked) {
      this.#marked = true;
      this.list.insertBefore(blank("blank-new"), unsaid);
    }
    this.place.keeping(() => {
      this.list.insertBefore(li, unsaid);
      breathe(li, this.now());
    }, quiet);
  }

  /** @param {HTMLElement} li @param {number} to @param {string} at */
  #give(li, to, at) {
    number(li, to, at, this.room.dataset.zone);
    if (li.parentElement) breathe(li, this.now());
  }

  /** @param {string} key @returns {HTMLElement | null} */
  #pending(key) {
    return this.list.querySelector(`[data-key="${CSS.escape(key)}"]`);
  }
}
