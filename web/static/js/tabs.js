/**
 * A tab's end of the one connection that all tabs of this person in this browser share. A lock says which of them holds
 * it; when that tab closes or crashes, the next one holds it at once. Each tab knows its own last number, so that
 * nothing is missed and nothing comes twice, whoever leads. Without locks or channels each tab has its own connection.
 *
 * @typedef {import("./stream.js").Frame} Frame
 * @typedef {import("./stream.js").State} State
 * @typedef {import("./leader.js").Note} Note
 */

import { Chair } from "./chair.js";
import { Leader } from "./leader.js";
import { Numbers } from "./numbers.js";
import { newKey } from "./words.js";

const LOOK_EVERY = 5_000;
const ANSWERS_WITHIN = 2_500;
/** A promise that is never kept: its lock is held as long as the tab lives. */
const FOR_EVER = () => new Promise(() => undefined);

export class Tab {
  #id = newKey();
  #numbers = new Numbers((conversation, after) => this.#tell({ to: "leader", deed: "follow", conversation, after }));
  /** @type {Leader | undefined} */ #leader;
  /** @type {BroadcastChannel | undefined} */ #channel;
  /** @type {Chair | undefined} */ #chair;
  #answered = 0;
  #hidden = Infinity;
  #final = false;
  /** @type {State} */ state = "connecting";

  /**
   * @param {string} person nobody else's tabs hear ours
   * @param {import("./stream.js").On} on
   */
  constructor(person, on) {
    this.person = person;
    this.on = on;
    if (!navigator.locks || !window.BroadcastChannel) {
      this.#lead();
      return;
    }
    this.#channel = new BroadcastChannel(`quietline ${person}`);
    this.#channel.onmessage = (event) => this.#hear(event.data);
    // Held before anybody hears of this tab: when it is free again, the tab has gone.
    navigator.locks.request(`quietline tab ${this.#id}`, () => {
      this.#chair = new Chair(`quietline ${person}`, () => this.#lead(), () => this.#leave());
      this.#chair.stand();
      this.#numbers.askForAll();
      this.#look();
      return FOR_EVER();
    });
    setInterval(() => !document.hidden && this.#look(), LOOK_EVERY);
    document.addEventListener("visibilitychange", () => this.#shown(!document.hidden));
  }

  /**
   * Follow a conversation from the last number the page shows.
   * @param {string} conversation
   * @param {number} last
   */
  follow(conversation, last) {
    this.#numbers.follow(conversation, last);
  }

  /** @param {string} conversation @returns {number} the last number this tab was told */
  last(conversation) {
    return this.#numbers.last(conversation);
  }

  /**
   * @param {Frame} frame
   * @returns {boolean} whether it left; the caller keeps what did not
   */
  send(frame) {
    if (this.state !== "open") return false;
    this.#tell({ to: "leader", deed: "send", frame });
    return true;
  }

  #lead() {
    if (this.#leader) return;
    const watch = this.#channel && ((/** @type {string} */ tab, /** @type {() => void} */ gone) =>
      void navigator.locks.request(`quietline tab ${tab}`, gone));
    this.#leader = new Leader(this.person, (note) => this.#post(note), watch);
    this.#numbers.askForAll();
  }

  #leave() {
    this.#leader?.end();
    this.#leader = undefined;
  }

  /** @param {boolean} visible after a while out of sight the gap is asked for: what came may not have reached us */
  #shown(visible) {
    const since = this.#hidden;
    this.#hidden = visible ? Infinity : Date.now();
    if (visible && Date.now() - since > LOOK_EVERY) this.#numbers.askForAll();
    if (visible) this.#look();
  }

  /** @param {Note} note as the leader: to the others, and to oneself */
  #post(note) {
    if (note.to !== this.#id) this.#channel?.postMessage(note);
    if (note.to !== "leader") this.#hear(note);
  }

  /** @param {Note} note to whoever leads */
  #tell(note) {
    const mine = { ...note, from: this.#id };
    if (this.#leader) this.#leader.take(mine);
    else this.#channel?.postMessage(mine);
  }

  #look() {
    if (this.#final) return;
    const asked = Date.now();
    this.#tell({ to: "leader", deed: "look" });
    setTimeout(() => this.#answered < asked && !this.#leader && !this.#final && this.#chair?.stand(true), ANSWERS_WITHIN);
  }

  /** @param {Note} note */
  #hear(note) {
    if (this.#final) return;
    if (note.to === "leader") return this.#leader?.take(note);
    if ((note.to !== "all" && note.to !== this.#id) || note.but === this.#id) return;
    this.#answered = Date.now();
    if (note.state) this.#turn(note.state);
    if (note.deed === "led") this.#numbers.askForAll();
    if (note.frame) this.#take(note.frame);
  }

  /** @param {Frame} frame */
  #take(frame) {
    if (!this.#numbers.takes(frame)) return;
    if (frame.type === "refused" && frame.code === "not_found" && !frame.key) this.#turn("closed");
    this.on.frame(frame);
  }

  /** @param {State} state */
  #turn(state) {
    if (state === this.state || this.state === "closed") return;
    this.state = state;
    if (state === "signed_out") {
      this.#final = true;
      this.#chair?.leave();
    }
    this.on.state(state);
  }
}
