/**
 * Asked to check in again within a session: the questions lie over the room until they are answered. What is half
 * written in the room stays where it is.
 */

import { newKey } from "./words.js";

const card = /** @type {HTMLElement | null} */ (document.querySelector("[data-check-in-again]"));
const form = /** @type {HTMLFormElement | null} */ (card?.querySelector("[data-check-in]"));
if (card && form) watch(card, form);

/**
 * @param {HTMLElement} over
 * @param {HTMLFormElement} questions
 */
function watch(over, questions) {
  const me = over.dataset.person;
  document.addEventListener("quietline:event", (happened) => {
    const { event, facts } = /** @type {CustomEvent} */ (happened).detail;
    if (facts?.person !== me) return;
    if (event === "check_in_asked") open(over, questions);
    else if (event === "checked_in" || event === "check_in_waived") close(over, questions);
  });
  questions.addEventListener("submit", async (pressed) => {
    pressed.preventDefault();
    say(questions, "");
    const said = await send(questions).catch(() => over.dataset.unreachable ?? "");
    if (said) say(questions, said);
    else close(over, questions);
  });
}

/**
 * What lies behind is out of reach, by eye, key and screen reader: perhaps somebody else holds the device.
 * @param {HTMLElement} over
 * @param {HTMLFormElement} questions
 */
function open(over, questions) {
  if (!over.hidden) return;
  set(questions, "key", newKey());
  over.hidden = false;
  shut(over, true);
  over.querySelector("h2")?.focus();
}

/**
 * @param {HTMLElement} over
 * @param {HTMLFormElement} questions
 */
function close(over, questions) {
  if (over.hidden) return;
  over.hidden = true;
  for (const name of ["word", "new_word"]) set(questions, name, "");
  shut(over, false);
  /** @type {HTMLElement | null} */ (document.querySelector("[data-composer] textarea"))?.focus();
}

/**
 * @param {HTMLElement} over
 * @param {boolean} closed
 */
function shut(over, closed) {
  for (const behind of over.parentElement?.children ?? []) behind.toggleAttribute("inert", closed && behind !== over);
}

/**
 * @param {HTMLFormElement} questions
 * @returns {Promise<string>} what is wrong with it, or nothing
 */
async function send(questions) {
  const fields = Object.fromEntries(new FormData(questions));
  const { key, last, place, region, alone, phone, word, new_word } = fields;
  const where = fields.where === "same" ? { place_of: last } : { place, region };
  const call = fields.call === "same" ? { phone_of: last } : { phone };
  const answer = await fetch(`/api/v1/sessions/${questions.dataset.session}/check-ins`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ key, alone: alone === "yes", ...where, ...call, word, new_word }),
  });
  return answer.ok ? "" : (await answer.json()).detail;
}

/**
 * @param {HTMLFormElement} questions
 * @param {string} words
 */
function say(questions, words) {
  const mistake = questions.querySelector("[data-mistake]");
  if (mistake) mistake.textContent = words;
}

/**
 * @param {HTMLFormElement} questions
 * @param {string} name
 * @param {string} value
 */
function set(questions, name, value) {
  const field = questions.elements.namedItem(name);
  if (field instanceof HTMLInputElement) field.value = value;
}
