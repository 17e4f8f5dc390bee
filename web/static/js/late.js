/**
 * Words for a session that is over. Nothing of them goes anywhere by itself: they become a letter, come back into the
 * field, or are thrown away, as the writer says.
 *
 * @typedef {import("./outbox.js").Words} Words
 */

import { alarm } from "./announce.js";
import { called, clockTime, newKey } from "./words.js";

export class Late {
  /** One key for one letter, however often it is tried. */
  #key = newKey();
  #busy = false;

  /**
   * @param {HTMLElement} root
   * @param {{held: () => readonly Words[], settle: (keys: string[]) => void, putBack: (text: string) => void}} on
   */
  constructor(root, on) {
    this.root = root;
    this.on = on;
    this.box = /** @type {HTMLElement | null} */ (root.querySelector("[data-late]"));
    this.box?.addEventListener("click", (event) => {
      const deed = event.target instanceof Element && event.target.closest("[data-late-deed]")?.getAttribute("data-late-deed");
      if (deed === "letter") this.#letter();
      if (deed === "keep") this.#take((text) => this.on.putBack(text));
      if (deed === "discard") this.#take(() => undefined);
    });
  }

  /**
   * @param {boolean} ask whether all that may have arrived in time is known by now
   * @param {string | undefined} ended
   */
  look(ask, ended) {
    const late = this.#late();
    if (!this.box) return;
    const shown = ask && late.length > 0;
    if (shown) {
      const time = this.box.querySelector("[data-ended-at]");
      if (time) time.textContent = clockTime(ended ?? Date.now(), this.root.dataset.zone);
      for (const words of this.box.querySelectorAll("[data-many]")) {
        words.toggleAttribute("hidden", words.getAttribute("data-many") !== String(late.length > 1));
      }
      const count = this.box.querySelector("[data-count]");
      if (count) count.textContent = String(late.length);
    }
    if (shown && this.box.hidden) document.dispatchEvent(new Event("quietline:late"));
    this.box.hidden = !shown;
  }

  #late() {
    return this.on.held().filter((words) => words.fate === "late");
  }

  /** @param {(text: string) => void} then */
  #take(then) {
    const late = this.#late();
    this.on.settle(late.map((words) => words.key));
    if (this.box) this.box.hidden = true;
    alarm(this.root, "");
    then(late.map((words) => words.text).join("\n\n"));
  }

  async #letter() {
    if (this.#busy) return;
    this.#busy = true;
    const late = this.#late();
    const body = JSON.stringify({ key: this.#key, text: late.map((words) => words.text).join("\n\n"), channel: "web" });
    const headers = { "Content-Type": "application/json" };
    const place = `/api/v1/conversations/${this.root.dataset.conversation}/messages`;
    const answer = await fetch(place, { method: "POST", headers, body }).catch(() => undefined);
    this.#busy = false;
    if (!answer?.ok) return alarm(this.root, called("failed:not_sent"));
    this.#key = newKey();
    this.#take(() => undefined);
  }
}
