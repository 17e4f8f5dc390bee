/** An answer beside the letters: while it stands open the keys move and quote there, and settle nothing by mistake. */

import { Draft } from "./draft.js";
import { Files } from "./files.js";
import { Quoting } from "./quoting.js";

/**
 * @param {HTMLElement} room
 * @param {HTMLFormElement} form
 * @returns {() => Record<string, () => void>} what keys do here at the moment
 */
export function write(room, form) {
  const answer = /** @type {HTMLDetailsElement} */ (form.closest("details"));
  const draft = new Draft(form, "letter");
  const list = /** @type {HTMLElement} */ (room.querySelector("[data-list]"));
  const quoting = new Quoting(list, form);
  const last = Number(room.dataset.last ?? 0);
  new Files(form);
  Promise.all([import("./tint.js"), import("./snippets.js")]).then(async ([{ Tint }, { snippets }]) => {
    const tint = new Tint(draft.field, (words) => quoting.answering(words));
    tint.lend(await snippets(draft.field));
  });
  new MutationObserver(() => quoting.look(last)).observe(list, { childList: true });
  const begin = () => {
    if (!answer.open) return;
    draft.field.focus();
    requestAnimationFrame(() => requestAnimationFrame(() => quoting.show())); // once the pane has found its new size
  };
  answer.addEventListener("toggle", begin);
  begin();
  const keys = { j: () => quoting.step(1), k: () => quoting.step(-1), q: () => quoting.quote(), e: () => undefined };
  return () => (answer.open ? keys : {});
}
