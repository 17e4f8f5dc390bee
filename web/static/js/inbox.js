/** The list of conversations stays true: a changed row is put in its place; the tab counts what came unseen. */

const GATHER = 250;

/** @typedef {import("./stream.js").Frame} Frame */

export class Inbox {
  /** @type {Set<string>} */ #changed = new Set();
  /** @type {number | undefined} */ #soon;
  #away = false;

  /**
   * @param {string} open the conversation on the page, whose messages the room counts
   * @param {import("./badge.js").Badge} badge
   * @param {number} last the last number of that conversation the page was made with
   */
  constructor(open, badge, last = 0) {
    this.open = open;
    this.badge = badge;
    this.last = last;
  }

  /** @param {Frame} frame */
  take(frame) {
    if (frame.type === "inbox" && frame.unread && frame.conversation !== this.open) this.badge.add();
    // What came between the making of the page and its connection is told by nobody else.
    const missed = frame.type === "opened" && frame.last > this.last;
    if (missed || frame.type === "inbox" || frame.type === "session") this.#ask(frame.conversation);
  }

  /** @param {string} state of the connection: what changed while it was away nobody told us */
  connection(state) {
    if (state === "open" && this.#away) this.#ask("");
    this.#away = state === "away" || (this.#away && state !== "open");
  }

  /** Several at once are asked for together. @param {string} conversation empty for all of them */
  #ask(conversation) {
    this.#changed.add(conversation);
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => {
      const changed = [...this.#changed];
      this.#changed.clear();
      import("./rows.js").then(({ bring }) => bring(changed, this.open));
    }, GATHER);
  }
}
