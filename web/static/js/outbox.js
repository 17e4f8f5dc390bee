/**
 * What was said and is not yet known to be kept. One at a time, strictly in order; a failure holds the rest.
 * The key never changes, so that sending again can never say a thing twice.
 *
 * @typedef {"waiting" | "sending" | "sent" | "failed" | "late"} Fate
 * @typedef {{key: string, text: string, fate: Fate}} Words
 */

const ANSWER_WITHIN = 12_000;
const TRY_AGAIN = new Set(["too_fast", "busy"]);

export class Outbox {
  /** @type {Words[]} */ #held = [];
  /** @type {number | undefined} */ #timer;
  /** While no session is live nothing leaves by itself: what becomes of it is asked. */
  #open = false;

  /**
   * @param {(words: Words) => boolean} send whether it left
   * @param {(words: Words, why: string) => void} onFate
   */
  constructor(send, onFate) {
    this.#send = send;
    this.#onFate = onFate;
  }

  /** @type {(words: Words) => boolean} */ #send;
  /** @type {(words: Words, why: string) => void} */ #onFate;

  /** Everything not known to be kept, in order. */
  get held() {
    return /** @type {readonly Words[]} */ (this.#held);
  }

  /**
   * @param {string} key
   * @param {string} text
   * @returns {Words}
   */
  add(key, text) {
    /** @type {Words} */
    const words = { key, text, fate: "waiting" };
    this.#held.push(words);
    return words;
  }

  /** The conversation is open and a session is live: go on, with the same keys. What came late waits to be asked for. */
  resume() {
    this.#open = true;
    this.#again();
    this.flush();
  }

  /** The connection is gone: what was on its way may have arrived, so it waits and is asked for again. */
  pause() {
    this.#open = false;
    clearTimeout(this.#timer);
    this.#again();
  }

  /** The session is over: what has not left by now is never sent by itself. */
  hold() {
    this.#open = false;
    clearTimeout(this.#timer);
    for (const words of this.#held) if (words.fate !== "late") this.#mark(words, "late", "");
  }

  flush() {
    const first = this.#held[0];
    if (!this.#open || !first || first.fate !== "waiting" || !this.#send(first)) return;
    this.#mark(first, "sending", "");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#mark(first, "failed", "timeout"), ANSWER_WITHIN);
  }

  /**
   * The server holds it now.
   * @param {string} key
   * @returns {boolean} whether it was ours
   */
  said(key) {
    const words = this.#take(key);
    if (!words) return false;
    this.#mark(words, "sent", "");
    this.flush();
    return true;
  }

  /**
   * @param {string} key
   * @param {string} code
   */
  refused(key, code) {
    const words = this.#held.find((held) => held.key === key);
    if (!words) return;
    clearTimeout(this.#timer);
    this.#mark(words, TRY_AGAIN.has(code) ? "waiting" : ["no_session", "care_ended"].includes(code) ? "late" : "failed", code);
    if (words.fate === "waiting") this.#timer = setTimeout(() => this.flush(), 1_500);
  }

  /** @param {string} key */
  retry(key) {
    const words = this.#held.find((held) => held.key === key);
    if (!words) return;
    this.#mark(words, "waiting", "");
    this.flush();
  }

  /**
   * Out of the outbox and back into the hand of the writer.
   * @param {string} key
   * @returns {string}
   */
  takeBack(key) {
    const words = this.#take(key);
    this.flush();
    return words?.text ?? "";
  }

  #again() {
    for (const words of this.#held) if (words.fate === "sending") this.#mark(words, "waiting", "");
  }

  /** @param {string} key */
  #take(key) {
    const at = this.#held.findIndex((held) => held.key === key);
    if (at === -1) return undefined;
    if (at === 0) clearTimeout(this.#timer);
    return this.#held.splice(at, 1)[0];
  }

  /**
   * @param {Words} words
   * @param {Fate} fate
   * @param {string} why
   */
  #mark(words, fate, why) {
    words.fate = fate;
    this.#onFate(words, why);
  }
}
