/**
 * Quote and respond: words of another's letter go into one's own as a quotation, with room for the answer below.
 * What is written stays plain text, and each quotation is one step to undo.
 */

import { extend, quoted, selectedOf, wordsOf } from "./selected.js";
import { Unanswered } from "./unanswered.js";
import { composing } from "./words.js";

const PARAGRAPH = ".letter:not(.mine) .letter-text > :not(.origin)";

export class Quoting {
  /** @type {HTMLElement | undefined} the paragraph one is at */ #at;
  #selected = "";

  /**
   * @param {HTMLElement} letters where the letters stand
   * @param {HTMLFormElement} form the answer
   */
  constructor(letters, form) {
    this.letters = letters;
    this.field = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
    this.unanswered = new Unanswered(form, (paragraph) => {
      this.#mark(paragraph);
      this.#insert(wordsOf(paragraph));
    });
    this.field.setSelectionRange(this.field.value.length, this.field.value.length);
    for (const moment of ["input", "focus"]) this.field.addEventListener(moment, () => this.unanswered.count(this.field.value));
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || composing(event)) return;
      event.preventDefault();
      this.#go(this.unanswered.next(this.#at) ?? this.#at ?? this.#paragraphs().at(-1));
    });
    letters.addEventListener("click", (event) => {
      const paragraph = event.target instanceof Element && event.target.closest(PARAGRAPH);
      if (paragraph instanceof HTMLElement) this.#mark(paragraph);
    });
    letters.addEventListener("keydown", extend);
    const button = form.querySelector("[data-quote]");
    // A tap takes the selection away before it becomes a click.
    button?.addEventListener("pointerdown", () => (this.#selected = selectedOf(this.#paragraphs())));
    button?.addEventListener("click", () => this.quote());
    for (const part of form.querySelectorAll("[data-quote], [data-quote-how]")) part.toggleAttribute("hidden", !this.#paragraphs().length);
    this.unanswered.count(this.field.value);
  }

  /** The words that are selected, else the paragraph one is at. */
  quote() {
    const words = selectedOf(this.#paragraphs()) || this.#selected || (this.#at ? wordsOf(this.#at) : "");
    this.#selected = "";
    if (words) this.#insert(words);
    else this.field.focus();
  }

  /** To the next or previous paragraph. @param {number} by */
  step(by) {
    const all = this.#paragraphs();
    const at = this.#at ? all.indexOf(this.#at) : -1;
    this.#go(at === -1 ? (this.unanswered.next(undefined) ?? all[0]) : all[Math.min(all.length - 1, Math.max(0, at + by))]);
  }

  /** A letter may have come. @param {number} last the number of the last entry the page came with */
  look(last) {
    this.unanswered.look(this.letters, last);
    this.unanswered.count(this.field.value);
  }

  /** The paragraph of which these words are is the one that is answered. @param {string} words */
  answering(words) {
    const paragraph = this.unanswered.of(words);
    if (paragraph && paragraph !== this.#at) this.#mark(paragraph);
  }

  /** What is to be answered first, in sight. */
  show() {
    this.unanswered.next(undefined)?.closest("li")?.scrollIntoView({ block: "start" });
  }

  /** Below the paragraph in which one writes. @param {string} words */
  #insert(words) {
    const { value, selectionEnd } = this.field;
    const end = value.indexOf("\n\n", selectionEnd);
    const at = end === -1 ? value.length : end;
    const above = value.slice(0, at);
    const breaks = /\n*$/u.exec(above)?.[0].length ?? 0;
    const text = `${above.trim() ? "\n".repeat(Math.max(0, 2 - breaks)) : ""}${quoted(words)}\n\n`;
    this.#at?.scrollIntoView({ block: "nearest" });
    this.field.focus();
    this.field.setSelectionRange(at, at);
    // The one way to put words into a field that the browser's own undo knows.
    if (document.execCommand("insertText", false, text)) return;
    this.field.setRangeText(text, at, at, "end");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** @returns {HTMLElement[]} */
  #paragraphs() {
    return [...this.letters.querySelectorAll(PARAGRAPH)].filter((one) => one instanceof HTMLElement);
  }

  /** @param {HTMLElement} paragraph */
  #mark(paragraph) {
    this.#at?.classList.remove("at");
    this.#at = paragraph;
    paragraph.classList.add("at");
  }

  /** @param {HTMLElement | undefined} paragraph */
  #go(paragraph) {
    if (!paragraph) return;
    this.#mark(paragraph);
    paragraph.tabIndex = -1;
    paragraph.focus();
    getSelection()?.collapse(paragraph, 0); // from here Shift and the arrows select
  }
}
