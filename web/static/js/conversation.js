/** The clinician's page: the list beside, the open conversation live, and the keys. */

import { Badge } from "./badge.js";
import { Inbox } from "./inbox.js";
import { listen } from "./keys.js";
import { Room } from "./room.js";
import { Signs } from "./signs.js";
import { Tab } from "./tabs.js";

import("./viewport.js"); // not needed to begin, so not waited for
import("./wakes.js");

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-room]"));
const badge = new Badge();
const inbox = new Inbox(root?.dataset.conversation ?? "", badge, Number(root?.dataset.last ?? 0));

if (root) open(root);
else {
  listen();
  alone();
}

/** No conversation is open: the list alone is kept true. */
function alone() {
  const signs = new Signs(document.body, Date.now);
  const person = document.querySelector("[data-panes]")?.getAttribute("data-person") ?? "";
  const state = (/** @type {import("./stream.js").State} */ now) => [signs, inbox].forEach((one) => one.connection(now));
  const company = import("./company.js").then(({ Company }) => new Company(person, "", () => undefined));
  new Tab(person, { frame: (frame) => (inbox.take(frame), company.then((one) => one.take(frame))), state });
}

/** @param {HTMLElement} room */
function open(room) {
  const shown = room.dataset.state === "live";
  const { conversation = "", person = "" } = room.dataset;
  const company = import("./company.js").then(({ Company }) => new Company(person, conversation, (frame) => joined.tab.send(frame)));
  const joined = new Room(room, {
    badge,
    frame: (frame) => (inbox.take(frame), company.then((one) => one.take(frame))),
    state: (state) => inbox.connection(state),
    session(live) {
      // Never a reload: a letter may be half written. The page says so and offers the way in.
      room.querySelector("[data-session-opened]")?.toggleAttribute("hidden", shown || !live);
      for (const form of room.querySelectorAll("[data-while-live]")) form.toggleAttribute("hidden", !live);
    },
  });
  if (!location.hash) room.querySelector("h1")?.focus({ preventScroll: true });
  const letter = /** @type {HTMLFormElement | null} */ (room.querySelector("form[data-letter]"));
  let instead = () => ({});
  listen(() => instead());
  // Not in a session: there it would weigh for nothing.
  if (letter) import("./answer.js").then(({ write }) => (instead = write(room, letter)));
  if (room.querySelector("[data-beside]")) import("./beside.js");
  keepPlace(/** @type {HTMLElement} */ (room.querySelector("[data-log]")));
}

/**
 * Earlier entries are put above: what one was reading stays where it was.
 * @param {HTMLElement} pane
 */
function keepPlace(pane) {
  let fromEnd = 0;
  pane.addEventListener("htmx:before:swap", () => (fromEnd = pane.scrollHeight - pane.scrollTop));
  pane.addEventListener("htmx:after:swap", () => (pane.scrollTop = pane.scrollHeight - fromEnd));
}
