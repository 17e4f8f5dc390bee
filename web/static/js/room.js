/**
 * A conversation on the page, live: joins the connection, what one says, the list, the clock and the signs.
 * Both sides use it; session.js and conversation.js add what only one of them has.
 * @typedef {import("./stream.js").Frame} Frame
 */

import { announce, tell } from "./announce.js";
import { Badge } from "./badge.js";
import { Clock } from "./clock.js";
import { Log } from "./log.js";
import { Signs } from "./signs.js";
import { Speaking } from "./speaking.js";
import { Tab } from "./tabs.js";
import { called, clockTime } from "./words.js";

export class Room {
  /** @type {import("./mend.js").Mend | undefined} */ mend;
  /** What is known of the session: live, or how the last one ended. @type {any} */ session = null;
  /** The last number the server spoke of when this page was opened to it: until then words may still turn up as kept. */ #last = 0;

  /**
   * @param {HTMLElement} root
   * @param {{session?: (live: boolean) => void, frame?: (frame: Frame) => void,
   *   state?: (state: import("./stream.js").State) => void, badge?: Badge}} on
   */
  constructor(root, on) {
    this.root = root;
    this.on = on;
    this.conversation = root.dataset.conversation ?? "";
    this.me = root.dataset.person ?? "";
    const send = (/** @type {Frame} */ frame) => this.tab.send(frame);
    this.badge = on.badge ?? new Badge();
    this.clock = new Clock(root);
    this.signs = new Signs(root, () => this.clock.now());
    this.log = new Log(root, (key, deed) => this.speaking.deed(key, deed), () => this.clock.now());
    this.speaking = new Speaking(root, this.log, send);
    // Not needed to speak, so not waited for.
    import("./mend.js").then(({ Mend }) => (this.mend = new Mend(root, this.log, { send, now: () => this.clock.now() })));
    import("./days.js").then(({ days }) => days(this.log.list, root.dataset.zone, () => this.clock.now()));
    import("./breaks.js").then(({ breaks }) => breaks(this.log.list, root.dataset.zone));
    import("./closing.js").then(({ closing }) => closing(root));
    import("./whole.js").then(({ Whole }) => new Whole(root.dataset.entries ?? "", this.log.list));
    import("./gestures.js").then(({ gestures }) => gestures(root, (word) => send({ type: "sign", conversation: this.conversation, word })));
    this.tab = new Tab(this.me, { frame: (frame) => this.#take(frame), state: (state) => this.#state(state) });
    document.addEventListener("visibilitychange", () => this.#read(this.tab.last(this.conversation)));
    this.tab.follow(this.conversation, Number(root.dataset.last ?? 0));
  }

  /** @param {Frame} frame */
  #take(frame) {
    this.on.frame?.(frame);
    if (frame.type === "pong") this.clock.hear(frame.server_time);
    if (frame.conversation !== this.conversation) return;
    if (["opened", "event"].includes(frame.type)) import("./care.js").then(({ care }) => care(this.root, frame)); // each in its turn
    const others = frame.person !== this.me;
    if (frame.type === "opened") this.#opened(frame);
    else if (frame.type === "message") this.#message(frame);
    else if (frame.type === "event") this.#event(frame);
    else if (frame.type === "said") this.#said(frame);
    else if (frame.type === "typing" && others) this.signs.says(frame.person);
    else if (frame.type === "sign" && others) this.#sign(frame);
    else if (frame.type === "presence" && others) this.signs.presence(frame.person, frame.here, frame.since);
    else if (frame.type === "session") this.#session(frame.session);
    else if (frame.type === "refused") this.#refused(frame);
    if (!(frame.number < this.#last)) tell(this.root); // what was missed is told together, with its last
    this.#late();
  }

  /** @param {Frame} frame */
  #opened(frame) {
    this.root.toggleAttribute("data-followed", true);
    this.#last = frame.last;
    this.#session(frame.session);
    if (frame.session?.state === "live") this.speaking.outbox.resume();
    this.mend?.resume();
    document.dispatchEvent(new CustomEvent("quietline:opened"));
    this.#read(frame.last);
  }

  /** @param {Frame} frame */
  #message(frame) {
    const mine = frame.author?.id === this.me;
    if (mine && frame.key && this.speaking.said(frame.key, frame.number, frame.at)) return;
    this.log.message(/** @type {any} */ (frame), mine);
    this.mend?.look();
    if (mine) return;
    this.badge.add();
    this.signs.says("");
    announce(`${frame.author?.name ?? called(frame.author?.id)}, ${clockTime(frame.at, this.root.dataset.zone)}: ${frame.text ?? called("withdrawn_mark")}`);
    this.#read(frame.number);
  }

  /** What happened stands in the list; parts of the page beside it may want to know. @param {Frame} frame */
  #event(frame) {
    this.log.event(/** @type {any} */ (frame));
    if (frame.event === "session_ended") this.session = { ...this.session, state: "ended", ended_at: frame.at };
    document.dispatchEvent(new CustomEvent("quietline:event", { detail: frame }));
  }

  /** @param {Frame} frame */
  #said(frame) {
    if (!this.mend?.said(frame.key)) this.speaking.said(frame.key, frame.number, frame.at);
    this.mend?.look();
  }

  /** @param {Frame} frame */
  #sign(frame) {
    this.signs.says(frame.person, frame.word);
    announce(called(`sign:${frame.word}`).replace("{name}", called(frame.person)));
  }

  /** @param {Frame} frame */
  #refused(frame) {
    if (!frame.key) return;
    this.speaking.outbox.refused(frame.key, frame.code);
    this.mend?.refused(frame.key, frame.code);
    if (["no_session", "care_ended"].includes(frame.code)) this.#session(null);
  }

  /** One's own mark, of what is seen; nobody else is told. @param {number} number */
  #read(number) {
    if (number && !document.hidden) this.tab.send({ type: "read", conversation: this.conversation, number });
  }

  /** @param {any} session */
  #session(session) {
    const live = session?.state === "live";
    // An `opened` without a session says less than the `session` that told of the end.
    this.session = session ?? (this.session && { ...this.session, state: "ended" });
    this.root.toggleAttribute("data-over", this.session?.state === "ended");
    this.clock.set(session ?? null);
    this.signs.session(session);
    this.speaking.setLive(live);
    this.root.querySelector("[data-ended]")?.toggleAttribute("hidden", live);
    this.on.session?.(live);
  }

  /** What becomes of words that came too late is asked when all that came in time is known. */
  #late() {
    const known = this.tab.state === "open" && this.tab.last(this.conversation) >= this.#last;
    this.speaking.late.look(known, this.session?.ended_at ?? this.session?.ends);
  }

  /** @param {import("./stream.js").State} state */
  #state(state) {
    this.on.state?.(state);
    this.signs.connection(state);
    if (state !== "open") this.speaking.outbox.pause();
  }
}
