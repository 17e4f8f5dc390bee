/**
 * The one WebSocket of a page. It comes back by itself, asks for what it missed by number, and says in one word
 * how things stand. What arrives is handed on untouched; nothing here touches the page.
 *
 * @typedef {Record<string, any> & {type: string}} Frame
 * @typedef {"connecting" | "open" | "away" | "signed_out" | "closed"} State
 */

const PING_EVERY = 20_000;
const SILENT_FOR = 35_000; // two pings unanswered: the network died without saying so
const LONGEST_WAIT = 10_000;

export class Stream {
  /** @type {WebSocket | undefined} */ #socket;
  /** @type {Map<string, number>} last number seen, by conversation */ #seen = new Map();
  #failures = 0;
  #heard = 0;
  /** @type {number | undefined} */ #retry;
  /** @type {State} */ state = "connecting";

  /**
   * @param {(frame: Frame) => void} onFrame
   * @param {(state: State, code: number) => void} onState
   */
  constructor(onFrame, onState) {
    this.#onFrame = onFrame;
    this.#onState = onState;
    setInterval(() => this.#watch(), PING_EVERY / 2);
    addEventListener("online", () => this.#connectSoon(200));
    addEventListener("pageshow", (event) => event.persisted && this.#connectSoon(0));
    document.addEventListener("visibilitychange", () => !document.hidden && this.#look());
    this.#connect();
  }

  /** @type {(frame: Frame) => void} */ #onFrame;
  /** @type {(state: State, code: number) => void} */ #onState;

  /**
   * Follow a conversation from the last number the page shows; again after every reconnect.
   * @param {string} conversation
   * @param {number} after
   */
  follow(conversation, after) {
    this.#seen.set(conversation, after);
    this.send({ type: "open", conversation, after });
  }

  /**
   * @param {Frame} frame
   * @returns {boolean} whether it left; the caller keeps what did not
   */
  send(frame) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  #connect() {
    if (this.#final() || (this.#socket && this.#socket.readyState <= WebSocket.OPEN)) return;
    const url = new URL("/live", location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url, "quietline.v1");
    this.#socket = socket;
    this.#heard = Date.now();
    socket.onopen = () => {
      this.#say("open", 0);
      for (const [conversation, after] of this.#seen) this.send({ type: "open", conversation, after });
    };
    socket.onmessage = (event) => this.#take(JSON.parse(event.data));
    socket.onclose = (event) => socket === this.#socket && this.#lost(event.code);
  }

  /** @param {Frame} frame */
  #take(frame) {
    this.#heard = Date.now();
    this.#failures = 0;
    const seen = this.#seen.get(frame.conversation);
    if (seen !== undefined && frame.number > seen && frame.type !== "read") this.#seen.set(frame.conversation, frame.number);
    if (frame.type !== "pong") this.#onFrame(frame);
  }

  /** @param {number} code */
  #lost(code) {
    this.#socket = undefined;
    if (code === 4401) return this.#say("signed_out", code);
    if (code === 4403) return this.#say("closed", code);
    this.#say("away", code);
    // A restart sends everyone back at once: spread them. Other losses: soon at first, then seldom.
    const ceiling = code === 1012 ? 3_000 : Math.min(LONGEST_WAIT, 500 * 2 ** this.#failures++);
    this.#connectSoon(ceiling * (0.4 + 0.6 * Math.random()));
  }

  /** @param {number} delay */
  #connectSoon(delay) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), delay);
  }

  #watch() {
    if (this.#socket?.readyState === WebSocket.CONNECTING && Date.now() - this.#heard < SILENT_FOR) return;
    if (this.#socket && Date.now() - this.#heard > SILENT_FOR) this.#drop();
    else if (Date.now() - this.#heard > PING_EVERY - 500) this.send({ type: "ping" });
  }

  /** A page coming back from the background may hold a socket that is dead without knowing. */
  #look() {
    if (!this.send({ type: "ping" })) return this.#connectSoon(0);
    const asked = Date.now();
    setTimeout(() => this.#heard < asked && this.#drop(), 4_000);
  }

  #drop() {
    const dead = this.#socket;
    this.#socket = undefined;
    dead?.close();
    if (!this.#final()) this.#lost(1006);
  }

  #final() {
    return this.state === "signed_out" || this.state === "closed";
  }

  /**
   * @param {State} state
   * @param {number} code
   */
  #say(state, code) {
    this.state = state;
    this.#onState(state, code);
  }
}
