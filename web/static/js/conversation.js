/** The clinician's page: the list beside, the open conversation live, and the keys. */

import { Badge } from "./badge.js";
import { Draft } from "./draft.js";
import { Inbox } from "./inbox.js";
import { listen } from "./keys.js";
import { Room } from "./room.js";
import { Signs } from "./signs.js";
import { Tab } from "./tabs.js";

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-room]"));
const badge = new Badge();
const inbox = new Inbox(root?.dataset.conversation ?? "", badge);

listen();
if (root) open(root);
else alone();

/** No conversation is open: the list alone is kept true. */
function alone() {
  const signs = new Signs(document.body, Date.now);
  const person = document.querySelector("[data-panes]")?.getAttribute("data-person") ?? "";
  new Tab(person, { frame: (frame) => inbox.take(frame), state: (state) => signs.connection(state) });
}

/** @param {HTMLElement} room */
function open(room) {
  const shown = room.dataset.state === "live";
  new Room(room, {
    badge,
    frame: (frame) => inbox.take(frame),
    session(live) {
      // Never a reload: a letter may be half written. The page says so and offers the way in.
      room.querySelector("[data-session-opened]")?.toggleAttribute("hidden", shown || !live);
      for (const form of room.querySelectorAll("[data-while-live]")) form.toggleAttribute("hidden", !live);
    },
  });
  if (!location.hash) room.querySelector("h1")?.focus({ preventScroll: true });
  const answer = /** @type {HTMLDetailsElement | null} */ (room.querySelector("[data-answer]"));
  answer?.addEventListener("toggle", () => answer.open && answer.querySelector("textarea")?.focus());
  const letter = /** @type {HTMLFormElement | null} */ (room.querySelector("form[data-letter]"));
  if (letter) new Draft(letter, "letter");
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
