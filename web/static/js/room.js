/**
 * A conversation on the page, live: joins the stream, the outbox, the field, the list, the clock and the announcer.
 * Both sides use it; session.js and conversation.js add what only one of them has.
 *
 * @typedef {import("./stream.js").Frame} Frame
 */

import { alarm, announce } from "./announce.js";
import { Clock } from "./clock.js";
import { Composer } from "./composer.js";
import { Log } from "./log.js";
import { Outbox } from "./outbox.js";
import { Signs } from "./signs.js";
import { Stream } from "./stream.js";
import { called, clockTime } from "./words.js";

export class Room {
  /**
   * @param {HTMLElement} root
   * @param {{session?: (live: boolean) => void, frame?: (frame: Frame) => void}} on
   */
  constructor(root, on) {
    this.root = root;
    this.on = on;
    this.conversation = root.dataset.conversation ?? "";
    this.me = root.dataset.person ?? "";
    this.clock = new Clock(root);
    this.signs = new Signs(root);
    this.log = new Log(root, (key, deed) => this.#deed(key, deed));
    this.outbox = new Outbox(
      (words) => this.stream.send({ type: "say", conversation: this.conversation, key: words.key, text: words.text }),
      (words, why) => this.#fate(words, why),
    );
    const form = /** @type {HTMLFormElement | null} */ (root.querySelector("[data-composer]"));
    this.composer = form && new Composer(form, { say: (text) => this.#say(text), typing: () => this.#tell("typing") });
    this.stream = new Stream((frame) => this.#take(frame), (state) => this.#state(state));
    this.stream.follow(this.conversation, Number(root.dataset.last ?? 0));
  }

  /** @param {string} text */
  #say(text) {
    const words = this.outbox.add(text);
    this.log.pending(words, this.me);
    this.log.fate(words.key, words.fate);
    this.outbox.flush();
  }

  /** @param {"typing" | "read"} type @param {number} [number] */
  #tell(type, number) {
    this.stream.send({ type, conversation: this.conversation, ...(number ? { number } : {}) });
  }

  /** @param {Frame} frame */
  #take(frame) {
    this.on.frame?.(frame);
    if (frame.conversation !== this.conversation) return;
    if (frame.type === "opened") this.#opened(frame);
    else if (frame.type === "message") this.#message(frame);
    else if (frame.type === "event" && !this.log.has(frame.number)) this.log.event(/** @type {any} */ (frame));
    else if (frame.type === "said") this.#said(frame);
    else if (frame.type === "typing" && frame.person !== this.me) this.signs.writing(frame.person);
    else if (frame.type === "presence" && frame.person !== this.me) this.signs.presence(frame.person, frame.here);
    else if (frame.type === "session") this.#session(frame.session);
    else if (frame.type === "refused") this.#refused(frame);
  }

  /** @param {Frame} frame */
  #opened(frame) {
    this.#session(frame.session);
    if (frame.session?.state === "live") this.outbox.resume();
    if (!document.hidden && frame.last) this.#tell("read", frame.last);
  }

  /** @param {Frame} frame */
  #message(frame) {
    const mine = frame.author?.id === this.me;
    if (mine && frame.key && this.outbox.said(frame.key)) return this.log.settle(frame.key, frame.number, frame.at);
    if (this.log.has(frame.number)) return;
    this.log.message(/** @type {any} */ (frame), mine);
    if (mine) return;
    this.signs.writing("");
    announce(this.root, `${frame.author?.name ?? ""}, ${clockTime(frame.at, this.root.dataset.zone)}: ${frame.text}`);
    if (!document.hidden) this.#tell("read", frame.number);
  }

  /** @param {Frame} frame */
  #said(frame) {
    this.log.settle(frame.key, frame.number, frame.at);
    this.outbox.said(frame.key);
  }

  /** @param {Frame} frame */
  #refused(frame) {
    if (frame.key) this.outbox.refused(frame.key, frame.code);
    if (frame.code === "no_session") this.#session(null);
  }

  /** @param {import("./outbox.js").Words} words @param {string} why */
  #fate(words, why) {
    this.log.fate(words.key, words.fate);
    const said = words.fate === "failed" ? called(why) || called("not_sent") : "";
    alarm(this.root, said);
  }

  /** @param {string} key @param {"retry" | "edit"} deed */
  #deed(key, deed) {
    if (deed === "retry") return this.outbox.retry(key);
    const text = this.outbox.takeBack(key);
    this.log.remove(key);
    alarm(this.root, "");
    if (text) this.composer?.putBack(text);
  }

  /** @param {any} session */
  #session(session) {
    const live = session?.state === "live";
    this.clock.set(session ?? null);
    this.composer?.setLive(live);
    this.root.querySelector("[data-ended]")?.toggleAttribute("hidden", live);
    if (!live) {
      this.outbox.hold();
      this.signs.writing("");
    }
    this.on.session?.(live);
  }

  /** @param {import("./stream.js").State} state */
  #state(state) {
    this.signs.connection(state);
    if (state !== "open") this.outbox.pause();
  }
}
