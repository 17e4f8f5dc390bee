/**
 * What is answered is tinted on both sides: the passage that one writes below, in the letter, and its quotation in one's own
 * text. The field itself stays plain: what is tinted stands behind it, in the same type.
 */

import { passages } from "./passages.js";
import { plain } from "./snippets.js";

const TO_FILL = /(_{3,}|\{\{[^{}\n]*\}\}|\[[^[\]\n]{1,60}\])/u; // as messaging/letters/second_look.py, and every tone of voice

export class Tint {
  #behind = document.createElement("div");
  /** @type {Set<string>} lines that come from a snippet */ #lent = new Set();

  /**
   * @param {HTMLTextAreaElement} field
   * @param {(words: string) => void} at the words that are answered where the caret is; none: ""
   */
  constructor(field, at) {
    this.field = field;
    this.at = at;
    this.#behind.className = "paper behind";
    this.#behind.ariaHidden = "true";
    this.#behind.dir = "auto";
    field.before(this.#behind); // the field is not moved: that would take the focus from it, and what can be undone
    field.addEventListener("input", () => this.#draw());
    field.addEventListener("scroll", () => (this.#behind.scrollTop = field.scrollTop));
    document.addEventListener("selectionchange", () => document.activeElement === field && this.#where());
    this.#draw();
  }

  /** @param {Set<string>} lines that are a snippet's are marked as such from now on */
  lend(lines) {
    this.#lent = lines;
    this.#draw();
  }

  #draw() {
    const lines = this.field.value.split("\n").map((line) => {
      const shown = document.createElement(line.startsWith(">") ? "mark" : "span");
      shown.classList.toggle("lent", this.#lent.has(plain(line)));
      const parts = shown.className ? line.split(TO_FILL) : [line];
      shown.append(...parts.map((words, place) => (place % 2 ? toFill(words) : words)), "\n");
      return shown;
    });
    this.#behind.replaceChildren(...lines);
    this.#where();
  }

  /** The quotation above the caret, or the one in which it is. */
  #where() {
    const until = this.field.value.indexOf("\n", this.field.selectionStart);
    const above = passages(until < 0 ? this.field.value : this.field.value.slice(0, until));
    this.at(above.findLast((one) => one.quoted)?.inner.at(-1)?.text ?? "");
  }
}

/** @param {string} words */
function toFill(words) {
  const place = document.createElement("u");
  place.textContent = words;
  return place;
}
