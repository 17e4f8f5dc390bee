/** The client's room. When a session opens while the page shows none, the page asks for the room itself. */

import { Room } from "./room.js";

import("./viewport.js"); // not needed to begin, so not waited for

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-room]"));
const shown = root?.dataset.state === "live";

if (root) {
  const ended = import("./sheet.js").then(({ sheet }) => sheet(root)); // comes long before the end
  new Room(root, {
    session: (live) => {
      root.querySelector("[data-session-opened]")?.toggleAttribute("hidden", shown || !live);
      if (shown && !live && root.hasAttribute("data-over")) ended.then((bring) => bring());
    },
    // Only the moment of opening reloads: a page and a stream that disagree must not reload for ever.
    // Nor take what one is writing at the close of the last one: then the way in is offered instead.
    frame: (frame) => !shown && frame.type === "session" && frame.session?.state === "live" && !written(root) && location.reload(),
  });
}

/** @param {HTMLElement} room */
function written(room) {
  return [...room.querySelectorAll("textarea")].some((field) => field.value.trim() !== field.defaultValue.trim());
}
