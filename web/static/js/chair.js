/** Which tab leads: the one that holds a lock. When that tab closes or crashes, the next in line holds it at once. */

export class Chair {
  #turn = 0;
  /** @type {AbortController | undefined} */ #waiting;
  /** @type {((value: undefined) => void) | undefined} */ #leave;

  /**
   * @param {string} name
   * @param {() => void} taken
   * @param {() => void} lost another tab took it
   */
  constructor(name, taken, lost) {
    this.name = name;
    this.taken = taken;
    this.lost = lost;
  }

  /**
   * Stand in line.
   * @param {boolean} steal take it from a tab that does not answer: some systems put hidden ones to sleep
   */
  stand(steal = false) {
    const turn = ++this.#turn;
    this.#waiting?.abort();
    this.#waiting = new AbortController();
    const options = steal ? { steal } : { signal: this.#waiting.signal };
    const held = navigator.locks.request(this.name, options, () => {
      if (turn !== this.#turn) return undefined;
      this.taken();
      return new Promise((resolve) => (this.#leave = resolve));
    });
    held.catch(() => {
      if (turn !== this.#turn) return; // it was we who gave it up
      this.lost();
      this.stand();
    });
  }

  /** For good. */
  leave() {
    this.#turn++;
    this.#waiting?.abort();
    this.#leave?.(undefined);
  }
}
