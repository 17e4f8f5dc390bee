/** Words of letters as they are quoted: exactly what is selected, or a whole paragraph. */

/**
 * What is selected within these paragraphs, empty for nothing.
 * @param {Iterable<Element>} paragraphs
 */
export function selectedOf(paragraphs) {
  const selection = getSelection();
  if (!selection?.rangeCount || selection.isCollapsed) return "";
  const range = selection.getRangeAt(0);
  return joined([...paragraphs].filter((one) => range.intersectsNode(one)).flatMap((one) => leaves(one).map((leaf) => within(leaf, range))));
}

/**
 * Shift and an arrow, with Ctrl or Option by words: browsers select by keys only in fields, unless asked to.
 * @param {KeyboardEvent} event
 */
export function extend(event) {
  const to = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "backward", ArrowDown: "forward" }[event.key];
  if (!event.shiftKey || !to) return;
  event.preventDefault();
  const sideways = to === "left" || to === "right";
  getSelection()?.modify("extend", to, !sideways ? "line" : event.ctrlKey || event.altKey ? "word" : "character");
}

/** All its words. @param {Element} paragraph */
export function wordsOf(paragraph) {
  return joined(leaves(paragraph).map((leaf) => marked(leaf, leaf.textContent ?? "")));
}

/** @param {Element} paragraph a paragraph, or a quotation of several */
function leaves(paragraph) {
  return paragraph.matches("blockquote") ? [...paragraph.querySelectorAll("p")] : [paragraph];
}

/** @param {Element} leaf @param {Range} range */
function within(leaf, range) {
  const part = document.createRange();
  part.selectNodeContents(leaf);
  if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0) part.setStart(range.startContainer, range.startOffset);
  if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0) part.setEnd(range.endContainer, range.endOffset);
  return marked(leaf, part.toString());
}

/** With the marks they bear in the letter, being a quotation there. @param {Element} leaf @param {string} words */
function marked(leaf, words) {
  let text = words.trim();
  for (let at = leaf.closest("blockquote"); text && at; at = at.parentElement?.closest("blockquote") ?? null) text = quoted(text);
  return text;
}

/** @param {string[]} parts */
function joined(parts) {
  return parts.filter(Boolean).join("\n\n");
}

/** @param {string} text words as a quotation */
export function quoted(text) {
  const marked = (/** @type {string} */ line) => (line.startsWith(">") ? `>${line}` : line ? `> ${line}` : ">");
  return text.split("\n").map(marked).join("\n");
}
