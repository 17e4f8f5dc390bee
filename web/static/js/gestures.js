/** One tap instead of words: reading, thinking, take your time. Shown to the others in the session, never kept. */

import { called } from "./words.js";

const SHOWN = 4_000;

/**
 * @param {HTMLElement} room
 * @param {(word: string) => boolean} send
 */
export function gestures(room, send) {
  const row = room.querySelector("[data-gestures]");
  const told = row?.querySelector("[data-told]");
  /** @type {number | undefined} */
  let timer;
  row?.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-word]");
    if (!button || !told) return;
    told.textContent = called(send(button.getAttribute("data-word") ?? "") ? "shown" : "not_shown");
    clearTimeout(timer);
    timer = setTimeout(() => (told.textContent = ""), SHOWN);
  });
}
