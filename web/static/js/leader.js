/**
 * One tab holds the connection for all tabs of this person in this browser: it follows what any of them follows, hands
 * every frame to all, and each answer to the tab that asked.
 *
 * @typedef {import("./stream.js").Frame} Frame
 * @typedef {import("./stream.js").State} State
 * @typedef {{to: string, but?: string, from?: string, deed: string, frame?: Frame, state?: State, conversation?: string,
 *   after?: number}} Note what tabs tell each other
 */

import { Stream } from "./stream.js";

const ASKED_AT_ONCE = 500; // answers awaited: more than one person can write before the first comes

export class Leader {
  /** @type {Map<string, Set<string>>} the tabs that follow a conversation */ #followers = new Map();
  /** @type {Map<string, {tab: string, frame: Frame}>} who asked, and what, by key */ #asked = new Map();
  /** @type {Set<string>} */ #watched = new Set();

  /**
   * @param {string} person
   * @param {(note: Note) => void} post to the other tabs and to this one
   * @param {((tab: string, gone: () => void) => void) | undefined} watch tells when a tab has gone, however it went
   */
  constructor(person, post, watch) {
    this.person = person;
    this.post = post;
    this.watch = watch;
    this.stream = new Stream(person, {
      frame: (frame) => this.#hand(frame),
      state: (state) => post({ to: "all", deed: "state", state }),
    });
    post({ to: "all", deed: "led", state: this.stream.state });
  }

  /** @param {Note} note from a tab */
  take(note) {
    const { deed, from = "", conversation = "", frame } = note;
    if (deed === "follow") this.#follow(from, conversation, note.after ?? 0);
    else if (deed === "look") this.stream.look();
    else if (deed === "send" && frame) {
      if (frame.key) this.#expect(from, frame);
      this.stream.send(frame);
    }
    if (deed === "follow" || deed === "look") this.post({ to: from, deed: "state", state: this.stream.state });
  }

  end() {
    this.stream.end();
  }

  /** @param {string} tab @param {string} conversation @param {number} after */
  #follow(tab, conversation, after) {
    const followers = this.#followers.get(conversation) ?? new Set();
    this.#followers.set(conversation, followers.add(tab));
    this.stream.follow(conversation, after);
    if (this.#watched.has(tab)) return;
    this.#watched.add(tab);
    this.watch?.(tab, () => this.#gone(tab));
  }

  /** @param {string} tab */
  #gone(tab) {
    this.#watched.delete(tab);
    for (const [conversation, followers] of this.#followers) {
      if (!followers.delete(tab) || followers.size) continue;
      this.#followers.delete(conversation);
      this.stream.leave(conversation); // or its reader would seem to be there still
    }
  }

  /** @param {string} tab @param {Frame} frame */
  #expect(tab, frame) {
    this.#asked.set(frame.key, { tab, frame });
    if (this.#asked.size > ASKED_AT_ONCE) this.#asked.delete(/** @type {string} */ (this.#asked.keys().next().value));
  }

  /** @param {Frame} frame */
  #hand(frame) {
    const asked = (frame.type === "said" || frame.type === "refused") && this.#asked.get(frame.key);
    if (!asked) return this.post({ to: "all", deed: "frame", frame });
    this.#asked.delete(frame.key);
    this.post({ to: asked.tab, deed: "frame", frame });
    // The server answers the one connection with `said` and sends it no copy: the other tabs get theirs from here.
    if (frame.type === "said") this.post({ to: "all", but: asked.tab, deed: "frame", frame: this.#copy(asked.frame, frame) });
  }

  /** @param {Frame} sent @param {Frame} said @returns {Frame} what everybody else is told of it */
  #copy(sent, said) {
    const { conversation, key, number, id, at } = said;
    const told = { conversation, key, number, id, at, author: { id: this.person }, text: sent.text };
    if (sent.type === "say") return { ...told, type: "message", channel: "chat" };
    return { ...told, type: "event", event: sent.type === "correct" ? "corrected" : "withdrawn", amends: sent.number };
  }
}
