/** The list of conversations stays true: a changed entry asks for the rows again; the tab counts what came unseen. */

const GATHER = 250;

/** @typedef {import("./stream.js").Frame} Frame */

export class Inbox {
  /** @type {number | undefined} */ #soon;

  /**
   * @param {string} open the conversation on the page, whose messages the room counts
   * @param {import("./badge.js").Badge} badge
   */
  constructor(open, badge) {
    this.open = open;
    this.badge = badge;
    addEventListener("htmx:after:swap", () => this.#waiting());
  }

  /** @param {Frame} frame */
  take(frame) {
    if (frame.type === "inbox" && frame.conversation !== this.open) this.badge.add();
    if (frame.type === "inbox" || frame.type === "session") this.#refresh();
  }

  /** Several at once are one question to the server. */
  #refresh() {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => document.body.dispatchEvent(new CustomEvent("quietline:inbox")), GATHER);
  }

  #waiting() {
    const count = /** @type {HTMLElement | null} */ (document.querySelector("[data-group-waiting]"))?.dataset.groupWaiting;
    const badge = document.querySelector("[data-waiting]");
    if (badge && count !== undefined) badge.textContent = count === "0" ? "" : count;
  }
}
