/**
 * From the field to the record: the draft, the field, the outbox and the bubble of what one says. What is sent keeps
 * its draft on the server until the record has it, so that no crash of a page loses it.
 */

import { alarm } from "./announce.js";
import { Composer } from "./composer.js";
import { Draft } from "./draft.js";
import { Late } from "./late.js";
import { Outbox } from "./outbox.js";
import { called } from "./words.js";

export class Speaking {
  /**
   * @param {HTMLElement} root
   * @param {import("./log.js").Log} log
   * @param {(frame: import("./stream.js").Frame) => boolean} send
   */
  constructor(root, log, send) {
    this.root = root;
    this.log = log;
    const conversation = root.dataset.conversation;
    this.outbox = new Outbox(
      ({ key, text }) => send({ type: "say", conversation, key, text, draft: this.draft?.has(key) }),
      (words, why) => this.#fate(words, why),
    );
    const form = /** @type {HTMLFormElement | null} */ (root.querySelector("[data-composer]"));
    this.draft = form && new Draft(form, root.dataset.state === "live" ? "chat" : "letter");
    const on = { say: (/** @type {string} */ text) => this.#say(text), typing: () => send({ type: "typing", conversation }) };
    this.composer = form && new Composer(form, on);
    // Not when one leaves in one action: then the page must be gone at once.
    let exit = false;
    addEventListener("quietline:leaving", () => (exit = true));
    addEventListener("beforeunload", (event) => !exit && this.outbox.held.length && event.preventDefault());
    addEventListener("pagehide", () => this.outbox.held.forEach(({ key, text }) => this.draft?.put(key, text, true)));
    this.late = new Late(root, {
      held: () => this.outbox.held,
      settle: (keys) => keys.forEach((key) => this.#away(key)),
      putBack: (text) => this.composer?.putBack(text),
    });
  }

  /** @param {boolean} live */
  setLive(live) {
    this.composer?.setLive(live);
    if (this.draft) this.draft.kind = live ? "chat" : "letter";
    if (!live) this.outbox.hold();
  }

  /** @param {string} key @param {number} number @param {string} at @returns {boolean} whether it was said on this page */
  said(key, number, at) {
    this.log.settle(key, number, at);
    if (!this.outbox.said(key)) return false;
    this.draft?.forget(key);
    return true;
  }

  /** @param {string} key @param {"retry" | "edit"} deed */
  deed(key, deed) {
    if (deed === "retry") return this.outbox.retry(key);
    const text = this.#away(key);
    alarm(this.root, "");
    if (text) this.composer?.putBack(text);
  }

  /** @param {string} text */
  #say(text) {
    const key = this.draft?.take() ?? "";
    const words = this.outbox.add(key, text);
    this.log.pending(words, this.root.dataset.person ?? "");
    this.log.fate(key, words.fate);
    this.outbox.flush();
    if (words.fate === "waiting") this.draft?.put(key, text); // it cannot leave now: kept, if the server can be reached
  }

  /** @param {string} key */
  #away(key) {
    const text = this.outbox.takeBack(key);
    this.log.remove(key);
    this.draft?.drop(key);
    return text;
  }

  /** @param {import("./outbox.js").Words} words @param {string} why */
  #fate(words, why) {
    this.log.fate(words.key, words.fate);
    if (words.fate === "failed") alarm(this.root, called(`failed:${why}`) || called("failed:not_sent"));
    else if (!this.outbox.held.some((held) => held.fate === "failed")) alarm(this.root, "");
  }
}
