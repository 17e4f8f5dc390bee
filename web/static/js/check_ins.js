/** The clinician's cards are asked for again when somebody has checked in, was asked to, or was let in. */

document.addEventListener("quietline:event", (happened) => {
  const { event } = /** @type {CustomEvent<{ event: string }>} */ (happened).detail;
  if (event.startsWith("check")) document.getElementById("check-ins")?.dispatchEvent(new CustomEvent("quietline:check-ins"));
});
