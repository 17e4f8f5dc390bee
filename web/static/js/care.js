/**
 * Care that ends, or goes on, while a page stands open. What the page promised is gone at once, and what is true stands there.
 * @param {HTMLElement} root
 * @param {import("./stream.js").Frame} frame of this conversation
 */
export function care(root, frame) {
  const told = frame.type === "opened" && frame.ended_at !== undefined;
  const over = told ? frame.ended_at !== null : OVER.get(frame.event);
  if (over === undefined) return;
  for (const words of root.querySelectorAll("[data-care-over]")) words.toggleAttribute("hidden", !over);
  for (const words of root.querySelectorAll("[data-in-care]")) words.toggleAttribute("hidden", over);
}

const OVER = new Map([
  ["care_ended", true],
  ["care_begun_again", false],
]);
