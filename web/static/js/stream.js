/**
 * The WebSocket itself. It comes back by itself, asks for what it missed by number, and says in one word how things
 * stand. What arrives is handed on untouched; nothing here touches the page. tabs.js decides which tab holds one.
 *
 * @typedef {Record<string, any> & {type: string}} Frame
 * @typedef {"connecting" | "open" | "away" | "signed_out" | "closed"} State
 * @typedef {{frame: (frame: Frame) => void, state: (state: State) => void}} On
 */

const PING_EVERY = 20_000;
const SILENT_FOR = 35_000; // two pings unanswered: the network died without saying so
const LONGEST_WAIT = 8_000;
const ANSWERS_WITHIN = 4_000;

export class Stream {
  /** @type {WebSocket | undefined} */ #socket;
  /** @type {Map<string, number>} the last number seen, by conversation */ #seen = new Map();
  #failures = 0;
  #heard = 0;
  /** When the next attempt is due; timers of a hidden page may be a minute late, a look is not. */
  #due = Infinity;
  /** @type {number | undefined} */ #retry;
  #stop = new AbortController();
  /** @type {State} */ state = "connecting";

  /**
   * @param {string} person whose page this is: the server gives their frames to nobody else
   * @param {On} on
   */
  constructor(person, on) {
    this.person = person;
    this.on = on;
    const until = { signal: this.#stop.signal };
    this.timer = setInterval(() => this.#watch(), PING_EVERY / 2);
    addEventListener("online", () => this.#connectSoon(200), until);
    addEventListener("pageshow", (event) => event.persisted && this.#connectSoon(0), until);
    document.addEventListener("visibilitychange", () => !document.hidden && this.look(), until);
    this.#connect();
  }

  /**
   * Follow a conversation from this number on, now and after every reconnect. Followed already by another tab that has
   * seen more, it is told again from here: each tab leaves out what it knows.
   * @param {string} conversation
   * @param {number} after
   */
  follow(conversation, after) {
    const from = Math.min(after, this.#seen.get(conversation) ?? after);
    this.#seen.set(conversation, from);
    this.send({ type: "open", conversation, after: from });
  }

  /** @param {string} conversation */
  leave(conversation) {
    if (this.#seen.delete(conversation)) this.send({ type: "close", conversation });
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

  /** Somebody looks: a socket that died without knowing, or an attempt that is late, must not keep them waiting. */
  look() {
    if (!this.#socket) return Date.now() >= this.#due && this.#connect();
    if (Date.now() - this.#heard < ANSWERS_WITHIN || !this.send({ type: "ping" })) return;
    const asked = Date.now();
    setTimeout(() => this.#heard < asked && this.#drop(), ANSWERS_WITHIN);
  }

  /** For good: another tab has taken over. */
  end() {
    this.#stop.abort();
    clearInterval(this.timer);
    clearTimeout(this.#retry);
    this.#seen.clear();
    this.#socket?.close();
    this.#socket = undefined;
  }

  #connect() {
    if (this.#stop.signal.aborted || (this.#socket && this.#socket.readyState <= WebSocket.OPEN)) return;
    this.#due = Infinity;
    const url = new URL("/live", location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    if (this.person) url.searchParams.set("person", this.person);
    const socket = (this.#socket = new WebSocket(url, "quietline.v1"));
    this.#heard = Date.now();
    socket.onopen = () => {
      this.#say("open");
      for (const [conversation, after] of this.#seen) this.send({ type: "open", conversation, after });
      this.send({ type: "here" }); // whichever page it is
    };
    socket.onmessage = (event) => socket === this.#socket && this.#take(JSON.parse(event.data));
    socket.onclose = (event) => socket === this.#socket && this.#lost(event.code);
  }

  /** @param {Frame} frame */
  #take(frame) {
    this.#heard = Date.now();
    this.#failures = 0;
    const seen = this.#seen.get(frame.conversation);
    if (seen !== undefined && frame.number > seen && frame.type !== "read") this.#seen.set(frame.conversation, frame.number);
    // What is no longer open to us is not asked for again.
    if (frame.type === "refused" && frame.code === "not_found" && !frame.key) this.#seen.delete(frame.conversation);
    this.on.frame(frame);
  }

  /** @param {number} code */
  #lost(code) {
    this.#socket = undefined;
    if (code === 4401) {
      this.end();
      return this.#say("signed_out");
    }
    this.#say("away");
    // A restart sends everyone back at once: spread them. Other losses: soon at first, then seldom.
    const ceiling = code === 1012 ? 3_000 : Math.min(LONGEST_WAIT, 500 * 2 ** this.#failures++);
    this.#connectSoon(ceiling * (0.4 + 0.6 * Math.random()));
  }

  /** @param {number} delay */
  #connectSoon(delay) {
    clearTimeout(this.#retry);
    this.#due = Date.now() + delay;
    this.#retry = setTimeout(() => this.#connect(), delay);
  }

  #watch() {
    if (this.#socket && Date.now() - this.#heard > SILENT_FOR) this.#drop();
    else if (Date.now() - this.#heard > PING_EVERY - 500) this.send({ type: "ping" });
  }

  #drop() {
    const dead = this.#socket;
    this.#lost(1006);
    dead?.close();
  }

  /** @param {State} state */
  #say(state) {
    this.state = state;
    this.on.state(state);
  }
}
