/**
 * Which colleague reads or writes in a conversation now: said by the page that shows it, every few seconds while it is in
 * sight, and shown on the others' pages for a few seconds more. Whoever says nothing any longer has gone, however they went.
 *
 * @typedef {import("./stream.js").Frame} Frame
 */

import { setNamed } from "./words.js";

const EVERY = 4_000;
const SHOWN = 10_000; // two of theirs may be lost
const PAUSE = 60_000; // who thinks about a sentence still writes

export class Company {
  /** @type {Map<string, {conversation: string, person: string, name: string, doing: string, until: number}>} */ #here = new Map();
  #wrote = -Infinity;
  #said = -Infinity;

  /**
   * @param {string} me
   * @param {string} conversation the one on the page, or empty
   * @param {(frame: Frame) => unknown} send
   */
  constructor(me, conversation, send) {
    this.me = me;
    this.conversation = conversation;
    this.send = send;
    setInterval(() => this.#pass(), EVERY / 4);
    addEventListener("input", ({ target }) => {
      const first = performance.now() - this.#wrote > PAUSE;
      if (!(target instanceof Element) || !target.closest("form[data-letter]")) return;
      this.#wrote = performance.now();
      if (first) this.say();
    });
    document.addEventListener("visibilitychange", () => this.say());
    addEventListener("pagehide", () => this.#say("away"));
  }

  /** What one does here, unless nobody looks. */
  say() {
    const writing = performance.now() - this.#wrote < PAUSE;
    this.#say(document.hidden ? "away" : writing ? "writing" : "reading");
  }

  /** @param {Frame} frame */
  take(frame) {
    if (frame.type === "opened" && frame.conversation === this.conversation) this.say();
    if (frame.type !== "company" || frame.person === this.me) return;
    const { conversation, person, name, doing } = frame;
    const key = `${conversation} ${person}`;
    const known = this.#here.has(key);
    if (doing === "away") this.#here.delete(key);
    else this.#here.set(key, { conversation, person, name, doing, until: performance.now() + SHOWN });
    // Who has just come is answered at once: they are to know before they type.
    if (!known && doing !== "away" && conversation === this.conversation && !document.hidden) this.say();
    this.#show();
  }

  /** @param {string} doing */
  #say(doing) {
    if (!this.conversation) return;
    this.#said = performance.now();
    this.send({ type: "company", conversation: this.conversation, doing });
  }

  #pass() {
    if (!document.hidden && performance.now() - this.#said >= EVERY) this.say();
    if (!this.#here.size) return;
    for (const [key, one] of this.#here) if (one.until < performance.now()) this.#here.delete(key);
    this.#show(); // also where a list was brought anew meanwhile
  }

  #show() {
    const all = [...this.#here.values()].sort((one, other) => other.doing.localeCompare(one.doing) || one.person.localeCompare(other.person));
    const line = /** @type {HTMLElement | null} */ (document.querySelector("[data-company]"));
    if (line) told(line, all.find((one) => one.conversation === this.conversation), line);
    const list = /** @type {HTMLElement | null} */ (document.querySelector("[data-company-rows]"));
    if (!list) return;
    for (const old of list.querySelectorAll(".company")) {
      if (!all.some((one) => old.closest(".row")?.id === `row-${one.conversation}`)) old.remove();
    }
    for (const conversation of new Set(all.map((one) => one.conversation))) {
      const link = document.querySelector(`#row-${conversation} > a`);
      if (!link) continue;
      const span = /** @type {HTMLElement} */ (link.querySelector(".company") ?? document.createElement("span"));
      span.className = "company";
      if (!span.parentElement) link.append(span);
      told(span, all.find((one) => one.conversation === conversation), list);
    }
  }
}

/**
 * What is said already is not said again, or a screen reader would.
 * @param {HTMLElement} line
 * @param {{person: string, name: string, doing: string} | undefined} first
 * @param {HTMLElement} words
 */
function told(line, first, words) {
  const said = first ? `${first.doing} ${first.person}` : "";
  if ((line.dataset.said ?? "") === said) return;
  line.dataset.said = said;
  line.hidden = !first;
  if (first) setNamed(line, words.dataset[first.doing] ?? "", first.name);
  else line.replaceChildren();
}
