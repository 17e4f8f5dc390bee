/** The button that prints: the sheet leaves the card alone on the paper. Without scripts the browser's own way stays. */

for (const button of document.querySelectorAll("[data-print]")) {
  button.removeAttribute("hidden");
  button.addEventListener("click", () => print());
}
