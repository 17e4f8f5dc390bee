/** Single keys for clinicians. They can be switched off (WCAG 2.1.4), and are silent where one writes. */

import { composing } from "./words.js";

const OFF = "quietline-keys=off"; // a cookie of this browser for a year, without content

const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("keys"));
const off = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-keys-off]"));

/** @type {Record<string, () => void>} */
const keys = {
  j: () => move(1),
  k: () => move(-1),
  r: answer,
  e: () => /** @type {HTMLFormElement | null} */ (document.querySelector("[data-handled]"))?.requestSubmit(),
  u: () => /** @type {HTMLFormElement | null} */ (document.querySelector("#undo form"))?.requestSubmit(),
  z: () => /** @type {HTMLElement | null} */ (document.querySelector("[data-arrange]"))?.click(),
  "]": () => document.querySelector("[data-panes]")?.classList.toggle("folded"),
  "?": () => dialog?.showModal(),
  "/": () => location.assign(`/search?back=${location.pathname}`),
};

/**
 * Listen; called once by the page.
 * @param {() => Record<string, () => void>} instead what some keys do at the moment instead
 */
export function listen(instead = () => ({})) {
  if (off) {
    off.checked = document.cookie.split("; ").includes(OFF);
    off.addEventListener("change", () => {
      document.cookie = `${OFF}; path=/; samesite=lax; max-age=${off.checked ? 31536000 : 0}`;
    });
  }
  for (const button of document.querySelectorAll("[data-keys]")) {
    button.removeAttribute("hidden");
    button.addEventListener("click", () => dialog?.showModal());
  }
  document.addEventListener("keydown", (event) => {
    if (sendsLetter(event)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || composing(event) || writing(event.target) || dialog?.open) return;
    const deed = off?.checked ? undefined : { ...keys, ...instead() }[named(event)];
    if (!deed) return;
    event.preventDefault();
    deed();
  });
}

/**
 * The key by its letter; by its place where the keyboard writes another script.
 * @param {KeyboardEvent} event
 */
function named(event) {
  if (event.key.length !== 1 || (event.repeat && !"jk".includes(event.key))) return "";
  if (event.key > "\x7f" && event.code.startsWith("Key")) return event.shiftKey ? "" : event.code.slice(3).toLowerCase();
  return event.shiftKey ? event.key : event.key.toLowerCase();
}

/** @param {KeyboardEvent} event */
function sendsLetter(event) {
  const form = event.target instanceof HTMLTextAreaElement && event.target.closest("form[data-letter]");
  const asked = event.key === "Enter" && (event.ctrlKey || event.metaKey);
  if (!(form instanceof HTMLFormElement) || !asked || composing(event)) return false;
  event.preventDefault();
  form.requestSubmit();
  return true;
}

/** @param {EventTarget | null} target */
function writing(target) {
  return target instanceof Element && !!target.closest("input, textarea, select, [contenteditable]");
}

/** @param {number} step */
function move(step) {
  const rows = /** @type {HTMLAnchorElement[]} */ ([...document.querySelectorAll(".list-pane .row a")]);
  const at = rows.findIndex((row) => row === document.activeElement);
  const from = at < 0 ? rows.findIndex((row) => row.hasAttribute("aria-current")) : at;
  rows[Math.min(rows.length - 1, Math.max(0, from + step))]?.focus();
}

function answer() {
  const live = /** @type {HTMLTextAreaElement | null} */ (document.querySelector("[data-composer] textarea"));
  const letter = /** @type {HTMLDetailsElement | null} */ (document.querySelector("[data-answer]"));
  if (letter) letter.open = true;
  (live ?? letter?.querySelector("textarea"))?.focus();
}
