/**
 * What a tab has seen of the conversations it follows. A number counts once, and only when it is the next one: an
 * earlier one is another tab's replay, a later one waits until ours has filled the gap.
 */

const ASK_AGAIN = 3_000;
const NUMBERED = new Set(["message", "event", "said"]);

export class Numbers {
  /** @type {Map<string, {last: number, asked: number}>} */ #seen = new Map();

  /** @param {(conversation: string, after: number) => void} ask for everything after this number */
  constructor(ask) {
    this.ask = ask;
  }

  /** @param {string} conversation @param {number} last the number the page shows last */
  follow(conversation, last) {
    this.#seen.set(conversation, { last, asked: 0 });
    this.#askFor(conversation);
  }

  /** @param {string} conversation */
  last(conversation) {
    return this.#seen.get(conversation)?.last ?? 0;
  }

  askForAll() {
    for (const conversation of this.#seen.keys()) this.#askFor(conversation);
  }

  /**
   * @param {import("./stream.js").Frame} frame
   * @returns {boolean} whether it is for this tab, now
   */
  takes(frame) {
    if (!frame.conversation || ["inbox", "company"].includes(frame.type)) return true;
    const seen = this.#seen.get(frame.conversation);
    if (!seen || !NUMBERED.has(frame.type)) return Boolean(seen);
    if (frame.number === seen.last + 1) seen.last = frame.number;
    else if (frame.type !== "said") {
      if (frame.number > seen.last && Date.now() - seen.asked > ASK_AGAIN) this.#askFor(frame.conversation);
      return false;
    }
    return true;
  }

  /** @param {string} conversation */
  #askFor(conversation) {
    const seen = this.#seen.get(conversation);
    if (!seen) return;
    seen.asked = Date.now();
    this.ask(conversation, seen.last);
  }
}
