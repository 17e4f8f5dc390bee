/**
 * What is answered is tinted on both sides: the passage that one writes below, in the letter, and its quotation in one's own
 * text. The field itself stays plain: what is tinted stands behind it, in the same type.
 */

import { passages } from "./passages.js";

export class Tint {
  #behind = document.createElement("div");

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

  #draw() {
    const lines = this.field.value.split("\n").map((line) => {
      const shown = document.createElement(line.startsWith(">") ? "mark" : "span");
      shown.textContent = `${line}\n`;
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
