/** What the form says of its draft: when it was kept, that it is not, and that another device kept another version. */

import { clockTime } from "./words.js";

/**
 * @typedef {{at?: string, beside?: {id: string, at: string}}} Place
 * @param {HTMLFormElement} form
 * @param {Place | undefined} draft where it is now, or that it is not kept
 */
export function tell(form, draft) {
  const show = (/** @type {string} */ part, /** @type {boolean} */ shown) => form.querySelector(`[data-${part}]`)?.toggleAttribute("hidden", !shown);
  show("kept", Boolean(draft?.at));
  show("not-kept", !draft);
  const zone = form.dataset.zone;
  const time = form.querySelector("[data-kept-at]");
  if (time && draft?.at) time.textContent = clockTime(draft.at, zone, true);
  if (!draft?.beside) return;
  show("beside", true);
  const link = /** @type {HTMLAnchorElement | null} */ (form.querySelector("[data-beside] a"));
  const when = form.querySelector("[data-beside-at]");
  if (link) link.href = `?draft=${draft.beside.id}`;
  if (when) when.textContent = clockTime(draft.beside.at, zone, true);
}
