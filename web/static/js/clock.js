/** The time that is left, the same on both sides: counted from the server's clock, never from the machine's. */

const MINUTE = 60_000;

export class Clock {
  /** How far the server's clock is ahead of this machine's. */
  #ahead = 0;
  #ends = 0;

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

  /**
   * A session as the server tells it; none, or one that is not live, stops the clock.
   * @param {{state: string, ends: string, server_time?: string} | null} session
   */
  set(session) {
    if (session?.server_time) this.#ahead = Date.parse(session.server_time) - Date.now();
    this.#ends = session?.state === "live" ? Date.parse(session.ends) : 0;
    this.#tick();
  }

  #tick() {
    const clock = /** @type {HTMLElement | null} */ (this.room.querySelector("[data-clock]"));
    if (!clock) return;
    clock.hidden = this.#ends === 0;
    const left = Math.max(0, this.#ends - Date.now() - this.#ahead);
    const seconds = Math.ceil(left / 1000);
    const digits = clock.querySelector("[data-digits]");
    const said = `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
    if (digits && digits.textContent !== said) digits.textContent = said;
    this.#notices(left);
  }

  /** @param {number} left */
  #notices(left) {
    const due = left > 5 * MINUTE ? "10" : "5";
    for (const notice of /** @type {NodeListOf<HTMLElement>} */ (this.room.querySelectorAll("[data-minutes]"))) {
      const minutes = Number(notice.dataset.minutes);
      // Quiet: it stands for one minute, then the clock alone speaks.
      const now = left <= minutes * MINUTE && left > (minutes - 1) * MINUTE;
      notice.hidden = !(this.#ends && now && notice.dataset.minutes === due);
    }
  }
}
