/**
 * One's own snippets beside the letter: a press puts one where the caret is. Words that come from one stay marked while they
 * stand as it has them, and so do places that are to be filled in.
 */

import { part } from "./part.js";

/**
 * @param {HTMLTextAreaElement} field
 * @returns {Promise<Set<string>>} the lines that are a snippet's
 */
export async function snippets(field) {
  const fold = /** @type {HTMLDetailsElement | null} */ (document.querySelector("[data-snippets]"));
  const list = fold?.querySelector("ul");
  const answer = list && (await fetch("/snippets").catch(() => undefined));
  const found = answer?.ok && !answer.redirected && part(await answer.text(), "snippets");
  const lines = new Set();
  if (!found || !list) return lines;
  for (const one of found.querySelectorAll(".one-snippet")) {
    const text = one.querySelector("[data-text]")?.textContent ?? "";
    for (const line of text.split("\n")) if (plain(line).split(" ").length > 2) lines.add(plain(line));
    const [item, button] = ["li", "button"].map((tag) => document.createElement(tag));
    Object.assign(button, { type: "button", className: "button small", textContent: one.querySelector("[data-name]")?.textContent });
    button.addEventListener("click", () => insert(field, text));
    item.append(button);
    list.append(item);
  }
  return lines;
}

/** @param {string} line */
export function plain(line) {
  return line.trim().split(/\s+/u).join(" ");
}

/** On lines of its own: what it is stays to be seen. @param {HTMLTextAreaElement} field @param {string} text */
function insert(field, text) {
  const above = field.value.slice(0, field.selectionStart);
  const words = `${above && !above.endsWith("\n") ? "\n" : ""}${text}\n`;
  field.focus();
  // The one way to put words into a field that the browser's own undo knows.
  if (document.execCommand("insertText", false, words)) return;
  field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
