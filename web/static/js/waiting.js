/** The waiting room: goes on by itself when the session opens or the client is let in; never while a form is filled in. */

import { care } from "./care.js";
import { Tab } from "./tabs.js";

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-waiting]"));
if (root) wait(root);

/** @param {HTMLElement} room */
function wait(room) {
  const { conversation = "", person = "", last, waiting, roomUrl = "" } = room.dataset;
  const tab = new Tab(person, { frame, state: () => undefined });
  tab.follow(conversation, Number(last ?? 0));

  /** @param {import("./stream.js").Frame} frame */
  function frame(frame) {
    if (frame.conversation !== conversation) return;
    care(room, frame);
    const live = frame.session?.state === "live";
    const letIn = frame.type === "event" && frame.event === "check_in_waived" && frame.facts?.person === person;
    // Only the moment of opening goes on by itself: a page and a stream that disagree must not reload for ever.
    if (letIn || (live && frame.type === "session" && waiting === "ready")) location.replace(roomUrl);
    else if (live) room.querySelector("[data-session-opened]")?.removeAttribute("hidden");
  }
}
