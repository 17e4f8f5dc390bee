/** The clinician's cards are asked for again when somebody has checked in, was asked to, or was let in. */

const TOLD = new Set(["checked_in", "check_in_asked", "check_in_waived"]);

document.addEventListener("quietline:event", (happened) => {
  const { event } = /** @type {CustomEvent} */ (happened).detail;
  if (TOLD.has(event)) document.getElementById("check-ins")?.dispatchEvent(new CustomEvent("quietline:check-ins"));
});
