/** Rows of the list of conversations, as the server shows them now, put where their group and order say. */

import { part } from "./part.js";

const YOU = "waiting_for_you"; // rows that stand under days
const ALONE = 3; // more at once are one question for the whole list

addEventListener("htmx:after:swap", waiting);

/**
 * @param {string[]} changed conversations; one that the list does not know is asked for with the whole of it
 * @param {string} open the conversation on the page
 */
export async function bring(changed, open) {
  if (open && changed.includes(open)) document.body.dispatchEvent(new CustomEvent("quietline:here")); // its bars say it too
  if (changed.length > ALONE || changed.some((one) => !document.getElementById(`row-${one}`))) return whole();
  for (const one of changed) if (!(await replace(one, open))) return whole();
  waiting();
}

function whole() {
  document.body.dispatchEvent(new CustomEvent("quietline:inbox"));
}

/**
 * @param {string} conversation
 * @param {string} open
 * @returns {Promise<boolean>} false: more of the list changes than this row
 */
async function replace(conversation, open) {
  const answer = await fetch(`/inbox/rows/${conversation}?open=${open}`).catch(() => undefined);
  const fresh = answer?.ok ? part(await answer.text(), `row-${conversation}`) : null;
  const old = document.getElementById(`row-${conversation}`);
  const list = document.querySelector(`#rows [data-rows="${fresh?.dataset.group}"]`);
  if (!fresh || !old || !list || "held" in old.dataset !== "held" in fresh.dataset) return false;
  if (old.parentElement !== list && old.parentElement?.querySelectorAll(":scope > .row").length === 1) return false; // its group goes with it
  if (fresh.dataset.group === YOU && !list.querySelector(`[data-day="${fresh.dataset.day}"]`)) return false; // a day begins
  if (beyond(list, fresh)) return false; // others, that are not on the page, may stand before it
  put(list, old, fresh);
  for (const rows of document.querySelectorAll("#rows [data-rows]")) count(rows);
  return true;
}

/** @param {Element} list @param {HTMLElement} fresh whether it comes after all rows that are shown of a group that goes on */
function beyond(list, fresh) {
  const last = /** @type {HTMLElement | null} */ (list.lastElementChild);
  return Number(/** @type {HTMLElement} */ (list).dataset.beyond) > 0 && (fresh.dataset.order ?? "") > (last?.dataset.order ?? "");
}

/** @param {Element} list @param {HTMLElement} old @param {HTMLElement} fresh */
function put(list, old, fresh) {
  const focused = old.contains(document.activeElement);
  const others = /** @type {HTMLElement[]} */ ([...list.children]).filter((li) => li !== old);
  const next = others.find((li) => (li.dataset.order ?? "") > (fresh.dataset.order ?? "")) ?? null;
  old.remove();
  list.insertBefore(fresh, next);
  if (focused) fresh.querySelector("a")?.focus({ preventScroll: true });
}

/** @param {Element} rows */
function count(rows) {
  const section = /** @type {HTMLElement} */ (rows.parentElement);
  const said = section.querySelector("h2 span");
  const all = String(rows.querySelectorAll(":scope > .row").length + Number(/** @type {HTMLElement} */ (rows).dataset.beyond));
  if (said) said.textContent = all;
  if (section.dataset.groupWaiting) section.dataset.groupWaiting = all;
}

/** The count in the top bar. */
function waiting() {
  const count = /** @type {HTMLElement | null} */ (document.querySelector("[data-group-waiting]"))?.dataset.groupWaiting;
  const badge = document.querySelector("[data-waiting]");
  if (badge && count !== undefined) badge.textContent = count === "0" ? "" : count;
}
