/** The time that is left, the same on both sides: counted from the server's clock, never from the machine's. */

const MINUTE = 60_000;
const USUAL = [10, 5];

export class Clock {
  /** How far the server's clock is ahead of this machine's. */
  #ahead = 0;
  #ends = 0;
  #notices = USUAL;

  /** @param {HTMLElement} room */
  constructor(room) {
    this.room = room;
    const loaded = performance.getEntriesByType("navigation")[0];
    const answered = performance.timeOrigin + (loaded instanceof PerformanceNavigationTiming ? loaded.responseStart : 0);
    if (room.dataset.serverTime) this.#ahead = Date.parse(room.dataset.serverTime) - answered;
    if (room.dataset.state === "live" && room.dataset.ends) this.#ends = Date.parse(room.dataset.ends);
    setInterval(() => this.#tick(), 500);
    this.#tick();
  }

  /** The server's time, in milliseconds. */
  now() {
    return Date.now() + this.#ahead;
  }

  /** Milliseconds that are left; infinite while no session is live. */
  get left() {
    return this.#ends ? this.#ends - this.now() : Infinity;
  }

  /** Each answer says what time it is: a machine's clock may be put forward or back. @param {string | undefined} said */
  hear(said) {
    if (said) this.#ahead = Date.parse(said) - Date.now();
  }

  /**
   * A session as the server tells it; none, or one that is not live, stops the clock.
   * @param {{state: string, ends: string, server_time?: string, notices?: number[]} | null} session
   */
  set(session) {
    this.hear(session?.server_time);
    this.#notices = session?.notices ?? USUAL;
    this.#ends = session?.state === "live" ? Date.parse(session.ends) : 0;
    this.#tick();
  }

  #tick() {
    const clock = /** @type {HTMLElement | null} */ (this.room.querySelector("[data-clock]"));
    if (!clock) return;
    clock.hidden = this.#ends === 0;
    const seconds = Math.ceil(Math.max(0, Math.min(this.left, 24 * 60 * MINUTE)) / 1000);
    const digits = clock.querySelector("[data-digits]");
    const said = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
    if (digits && digits.textContent !== said) digits.textContent = said;
    this.#notice(this.left);
    const closing = /** @type {HTMLElement | null} */ (this.room.querySelector("[data-closing]"));
    // It stays once it was shown, and after the end: what one takes along may need its time.
    const over = this.room.hasAttribute("data-over");
    if (closing?.hidden && (over || this.left <= Math.max(...this.#notices) * MINUTE)) closing.hidden = false;
  }

  /** Quiet: each notice stands for one minute, then the clock alone speaks. @param {number} left */
  #notice(left) {
    const due = this.#notices.find((minutes) => left <= minutes * MINUTE && left > (minutes - 1) * MINUTE);
    const line = /** @type {HTMLElement | null} */ (this.room.querySelector("[data-notice]"));
    if (!line) return;
    line.hidden = due === undefined;
    const minutes = line.querySelector("[data-minutes]");
    if (minutes && due !== undefined && minutes.textContent !== String(due)) minutes.textContent = String(due);
  }
}
