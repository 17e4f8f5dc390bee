/** The list of conversations stays true: a changed entry asks for the rows again; the tab counts what came unseen. */

const GATHER = 250;

/** @typedef {import("./stream.js").Frame} Frame */

export class Inbox {
  /** @type {number | undefined} */ #soon;
  #unseen = 0;

  /** @param {string} open the conversation on the page, whose messages are counted as messages */
  constructor(open) {
    this.open = open;
    this.title = document.title;
    document.addEventListener("visibilitychange", () => !document.hidden && this.#badge(0));
    addEventListener("htmx:after:swap", () => this.#waiting());
  }

  /** @param {Frame} frame */
  take(frame) {
    const spoken = frame.type === "message" || (frame.type === "inbox" && frame.conversation !== this.open);
    if (spoken && document.hidden) this.#badge(this.#unseen + 1);
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

  /** @param {number} unseen */
  #badge(unseen) {
    this.#unseen = unseen;
    document.title = unseen ? `(${unseen}) ${this.title}` : this.title;
  }
}
