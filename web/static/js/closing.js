/** The last minutes: what a side takes with it is kept with the session, in its own field, and can be said again better. */

import { called, clockTime, newKey } from "./words.js";

/** @param {HTMLElement} root */
export function closing(root) {
  const form = /** @type {HTMLFormElement | null} */ (root.querySelector("[data-closing] form"));
  const told = form?.querySelector("[data-told]");
  const key = /** @type {HTMLInputElement | null} */ (form?.elements.namedItem("key"));
  let tried = "";
  form?.addEventListener("submit", async (event) => {
    event.preventDefault(); // the room stays as it is: a message may be half written
    const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
    body.delete("key");
    if (key && tried && tried !== String(body)) key.value = newKey(); // other words are another closing, the same are this one
    tried = String(body);
    body.set("key", key?.value ?? "");
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" }).catch(() => undefined);
    const kept = answer?.type === "opaqueredirect";
    document.dispatchEvent(new CustomEvent("quietline:closing", { detail: kept }));
    const time = clockTime(Date.now(), root.dataset.zone);
    if (told) told.textContent = called(kept ? "closing_kept" : "closing_not_kept").replace("{time}", time);
  });
}
