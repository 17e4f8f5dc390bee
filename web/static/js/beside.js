/**
 * A private sheet beside a reply: fetched when it is unfolded, kept when a field of it is left, by a route of its own. It is
 * no part of the letter's form, and nothing here reads one.
 */

import { part } from "./part.js";

for (const fold of /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("details[data-beside]"))) {
  const link = fold.querySelector("a");
  if (link) fold.addEventListener("toggle", () => fold.open && link.isConnected && void fetched(link));
}

/** @param {HTMLAnchorElement} link to the sheet's page */
async function fetched(link) {
  const answer = await fetch(link.href).catch(() => undefined);
  const sheet = answer?.ok && !answer.redirected && part(await answer.text(), "beside");
  if (!(sheet instanceof HTMLFormElement)) return; // the link stays, and says by itself what is wrong
  link.replaceWith(sheet);
  let going = Promise.resolve();
  const keep = () => (going = going.then(() => kept(sheet)));
  sheet.addEventListener("change", keep);
  sheet.addEventListener("submit", (event) => {
    event.preventDefault();
    void keep();
  });
  sheet.querySelector("textarea")?.focus();
}

/** @param {HTMLFormElement} sheet */
async function kept(sheet) {
  const body = new URLSearchParams(/** @type {any} */ (new FormData(sheet)));
  const answer = await fetch(sheet.action, { method: "POST", body, keepalive: true }).catch(() => undefined);
  const fresh = answer && part(await answer.text(), "beside");
  const said = /** @type {HTMLElement} */ (sheet.querySelector("[data-kept]"));
  const wrong = /** @type {HTMLElement} */ (sheet.querySelector("[data-mistake]"));
  const trouble = fresh?.querySelector("[data-mistake]")?.textContent ?? "";
  if (answer?.ok && fresh instanceof HTMLFormElement) {
    for (const name of ["version", "key"]) field(sheet, name).value = field(fresh, name).value;
    said.textContent = fresh.querySelector("[data-kept]")?.textContent ?? "";
  } else said.textContent = "";
  wrong.hidden = Boolean(answer?.ok);
  wrong.textContent = trouble || wrong.dataset.lost || "";
}

/** @param {HTMLFormElement} form @param {string} name */
function field(form, name) {
  return /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
}
