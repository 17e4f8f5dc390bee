/**
 * The field one writes in. It is never disabled, and never emptied before the outbox holds the words.
 * Enter is a new line; Ctrl or ⌘ with Enter sends. When no session is live it is an ordinary form for a letter.
 */

import { limit } from "./limits.js";
import { composing, trimmed } from "./words.js";

const TYPING_EVERY = 3_000;

export class Composer {
  /**
   * @param {HTMLFormElement} form
   * @param {{say: (text: string) => void, typing: () => void}} on
   */
  constructor(form, on) {
    this.form = form;
    this.field = /** @type {HTMLTextAreaElement} */ (form.elements.namedItem("text"));
    this.live = true;
    this.most = this.field.dataset.most;
    let typed = 0;
    form.addEventListener("submit", (event) => {
      if (!this.live) return;
      event.preventDefault();
      const text = trimmed(this.field.value);
      if (!text) return;
      on.say(text);
      this.field.value = "";
      this.field.focus();
    });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || composing(event) || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      form.requestSubmit();
    });
    this.field.addEventListener("input", () => {
      if (!this.live || !this.field.value.trim() || Date.now() - typed < TYPING_EVERY) return;
      typed = Date.now();
      on.typing();
    });
  }

  /**
   * @param {boolean} live whether what is sent is spoken in the session; otherwise it goes as a letter
   */
  setLive(live) {
    this.live = live;
    this.field.dataset.most = live ? this.most : this.field.dataset.mostLetter;
    limit(this.field);
    for (const label of this.form.querySelectorAll("[data-when]")) {
      label.toggleAttribute("hidden", (label.getAttribute("data-when") === "live") !== live);
    }
  }

  /**
   * Words that were not sent come back before what stands in the field now.
   * @param {string} text
   */
  putBack(text) {
    this.field.value = [text, this.field.value].filter(Boolean).join("\n\n");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.focus();
  }
}
