/** Where one is reading. The pane moves only when its end is in sight; otherwise a button tells how many are new. */

const NEAR_END = 100;

export class Place {
  #below = 0;
  #atEnd = true;

  /**
   * @param {HTMLElement} pane
   * @param {HTMLElement | null} button
   */
  constructor(pane, button) {
    this.pane = pane;
    this.button = button;
    button?.addEventListener("click", () => this.toEnd());
    pane.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // The field grows, a notice appears, a keyboard slides in, a line gets longer: who was at the end stays at the end.
    const watch = new ResizeObserver(() => this.#atEnd && this.toEnd());
    watch.observe(pane);
    if (pane.firstElementChild) watch.observe(pane.firstElementChild);
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
    this.#atEnd = true;
    this.#count(0);
  }

  #scrolled() {
    this.#atEnd = this.#nearEnd();
    if (this.#atEnd) this.#count(0);
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
