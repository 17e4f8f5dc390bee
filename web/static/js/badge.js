/** The tab's title counts what came while nobody looked; looking takes the count away. */

export class Badge {
  #unseen = 0;

  constructor() {
    this.title = document.title;
    document.addEventListener("visibilitychange", () => !document.hidden && this.#show(0));
  }

  /** Something new came from somebody else. */
  add() {
    if (document.hidden) this.#show(this.#unseen + 1);
  }

  /** @param {number} unseen */
  #show(unseen) {
    this.#unseen = unseen;
    document.title = unseen ? `(${unseen}) ${this.title}` : this.title;
  }
}
