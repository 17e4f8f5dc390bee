/** Where one is reading. The pane moves only when its end is in sight; otherwise a button tells how many are new. */

const NEAR_END = 100;

export class Place {
  #below = 0;

  /**
   * @param {HTMLElement} pane
   * @param {HTMLElement | null} button
   */
  constructor(pane, button) {
    this.pane = pane;
    this.button = button;
    button?.addEventListener("click", () => this.toEnd());
    pane.addEventListener("scroll", () => this.#nearEnd() && this.#count(0), { passive: true });
    this.toEnd();
  }

  /**
   * Add to the end without disturbing the reader.
   * @param {() => void} add
   * @param {boolean} quiet own words and events are not counted as new
   */
  keeping(add, quiet) {
    const follow = this.#nearEnd();
    add();
    if (follow) this.toEnd();
    else if (!quiet) this.#count(this.#below + 1);
  }

  toEnd() {
    this.pane.scrollTop = this.pane.scrollHeight;
    this.#count(0);
  }

  #nearEnd() {
    return this.pane.scrollHeight - this.pane.scrollTop - this.pane.clientHeight < NEAR_END;
  }

  /** @param {number} below */
  #count(below) {
    this.#below = below;
    if (!this.button) return;
    this.button.hidden = below === 0;
    const count = this.button.querySelector("[data-count]");
    if (count) count.textContent = String(below);
  }
}
