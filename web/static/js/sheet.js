/** The sheet at the end of the hour: it comes up by itself only where nothing is being written, and one can go back. */

/**
 * @param {HTMLElement} room
 * @returns {() => void} what brings it up when the session has ended
 */
export function sheet(room) {
  const sheet = /** @type {HTMLDetailsElement | null} */ (room.querySelector(".as-sheet"));
  if (!sheet) return () => undefined;
  const field = /** @type {HTMLTextAreaElement | null} */ (sheet.querySelector("textarea"));
  const composer = /** @type {HTMLTextAreaElement | null} */ (room.querySelector("[data-composer] textarea"));
  const back = /** @type {HTMLButtonElement | null} */ (sheet.querySelector("[data-back]"));
  let came = false;

  sheet.addEventListener("toggle", () => {
    if (!sheet.open) return;
    came = true;
    /** @type {HTMLElement | null} */ (sheet.querySelector("h2"))?.focus();
  });
  const close = () => {
    sheet.open = false;
    (room.hasAttribute("data-over") ? sheet.querySelector("summary") : composer)?.focus();
  };
  if (back) {
    back.hidden = false;
    back.addEventListener("click", close);
  }
  sheet.addEventListener("keydown", (event) => event.key === "Escape" && !event.isComposing && close());

  // What one takes along goes with it, if anything was written and not kept yet.
  const form = /** @type {HTMLFormElement | null} */ (sheet.querySelector("form"));
  let unsaid = false;
  field?.addEventListener("input", () => (unsaid = true));
  form?.addEventListener("submit", () => (unsaid = false));
  sheet.querySelector("[data-leave]")?.addEventListener("click", (event) => {
    if (!unsaid || !field?.value.trim()) return;
    event.preventDefault();
    document.addEventListener("quietline:closing", (told) => /** @type {CustomEvent} */ (told).detail && location.assign("/me"), { once: true });
    form?.requestSubmit();
  });

  document.addEventListener("quietline:event", (told) => {
    const { event, facts } = /** @type {CustomEvent} */ (told).detail;
    if (event !== "closing" || !facts?.homework) return;
    const given = sheet.querySelector("[data-given]");
    const words = sheet.querySelector("[data-given-words]");
    if (words) words.textContent = facts.homework;
    given?.toggleAttribute("hidden", false);
  });

  // Words that came too late are asked about first: the question must not lie under the sheet.
  document.addEventListener("quietline:late", () => {
    if (document.activeElement !== field) sheet.open = false;
  });

  return () => {
    const writing = composer?.value.trim() || document.activeElement === field;
    if (came || writing || room.querySelector("[data-late]:not([hidden])")) return;
    sheet.hidden = false;
    sheet.open = true;
  };
}
