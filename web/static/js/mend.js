/**
 * One's own words of the last two minutes: said better, or taken back. What is being mended stays in its own field in
 * the bubble, so that the field below is never touched; an answer that does not come is asked for again.
 */

import { announce } from "./announce.js";
import { called, composing, newKey, trimmed } from "./words.js";

const WITHIN = 2 * 60_000;
const LOOK_EVERY = 2_000;

/** @typedef {{type: string, key: string, number: number, text?: string}} Asked */

export class Mend {
  /** @type {Map<string, Asked>} */ #asked = new Map();

  /**
   * @param {HTMLElement} root
   * @param {import("./log.js").Log} log
   * @param {{send: (frame: import("./stream.js").Frame) => boolean, now: () => number}} on
   */
  constructor(root, log, on) {
    this.root = root;
    this.log = log;
    this.on = on;
    log.list.addEventListener("click", (event) => this.#pressed(event));
    setInterval(() => this.look(), LOOK_EVERY);
    this.look();
  }

  /** Offer it for as long as the server grants it. */
  look() {
    for (const li of /** @type {NodeListOf<HTMLElement>} */ (this.log.list.querySelectorAll("li.bubble.mine"))) {
      const deeds = /** @type {HTMLElement | null} */ (li.querySelector("[data-deeds]"));
      const said = Date.parse(li.querySelector("time")?.dateTime ?? "");
      const may = li.dataset.number && !li.classList.contains("withdrawn") && this.on.now() - said < WITHIN;
      if (deeds) deeds.hidden = !may || Boolean(li.querySelector("form"));
    }
  }

  /** The connection is there again. */
  resume() {
    for (const asked of this.#asked.values()) this.#send(asked);
  }

  /** @param {string} key @returns {boolean} whether it was asked for here */
  said(key) {
    const asked = this.#asked.get(key);
    if (!asked) return false;
    this.#asked.delete(key);
    this.log.amend(asked.number, asked.text);
    this.#close(asked.number);
    announce(called(asked.type === "correct" ? "edited_told" : "withdrawn_told"));
    return true;
  }

  /** @param {string} key @param {string} code */
  refused(key, code) {
    const asked = this.#asked.get(key);
    if (!asked) return;
    this.#asked.delete(key);
    const why = document.getElementById(`n${asked.number}`)?.querySelector("[data-mend-trouble]");
    if (why) why.textContent = called(`failed:${code}`) || called("failed:not_mended");
  }

  /** @param {Event} event */
  #pressed(event) {
    const button = event.target instanceof Element && event.target.closest("[data-mend]");
    const li = button && /** @type {HTMLElement | null} */ (button.closest("li"));
    if (!li) return;
    const deed = button.getAttribute("data-mend");
    if (deed === "leave") this.#close(Number(li.dataset.number));
    else if (deed === "correct" || deed === "withdraw") this.#open(li, deed);
  }

  /** @param {HTMLElement} li @param {"correct" | "withdraw"} deed */
  #open(li, deed) {
    const number = Number(li.dataset.number);
    this.log.list.querySelector("form.mend")?.remove(); // one at a time
    const blank = /** @type {HTMLTemplateElement} */ (document.getElementById(`blank-${deed}`));
    const form = /** @type {HTMLFormElement} */ (document.importNode(blank.content, true).firstElementChild);
    const field = form.querySelector("textarea");
    const before = li.querySelector('[data-part="text"]')?.textContent ?? "";
    if (field) field.value = before;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = field && trimmed(field.value);
      if (text === trimmed(before)) return this.#close(number);
      if (text !== "") this.#send({ type: deed, key: newKey(), number, ...(text ? { text } : {}) });
    });
    form.addEventListener("keydown", (event) => {
      if (composing(event)) return;
      if (event.key === "Escape") this.#close(number);
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    li.append(form);
    this.look();
    form.scrollIntoView({ block: "nearest" });
    /** @type {HTMLElement | null} */ (field ?? form.querySelector("button"))?.focus();
  }

  /** @param {Asked} asked */
  #send(asked) {
    this.#asked.set(asked.key, asked);
    this.on.send({ ...asked, conversation: this.root.dataset.conversation });
  }

  /** @param {number} number */
  #close(number) {
    const li = document.getElementById(`n${number}`);
    const inside = li?.contains(document.activeElement);
    li?.querySelector("form")?.remove();
    this.look();
    if (inside) /** @type {HTMLElement | null} */ (this.root.querySelector("[data-composer] textarea"))?.focus();
  }
}
