/**
 * A letter in passages, by the same rules as messaging/passages.py: a line that begins with `>` is quoted.
 *
 * @typedef {{text: string, quoted: boolean, inner: Passage[]}} Passage
 */

const DEEPEST = 5;

/**
 * Cut at blank lines and where quoting begins or ends.
 * @param {string} text
 * @returns {Passage[]}
 */
export function passages(text, deepest = DEEPEST) {
  /** @type {string[][]} */
  const runs = [];
  /** @type {string[]} */
  let run = [];
  for (const line of text.split("\n")) {
    if (run.length && (!line.trim() || line.startsWith(">") !== run[0].startsWith(">"))) run = [];
    if (!line.trim()) continue;
    if (!run.length) runs.push(run);
    run.push(line);
  }
  return runs.map((lines) => passage(lines, deepest));
}

/** @param {string[]} lines @param {number} deepest @returns {Passage} */
function passage(lines, deepest) {
  if (!lines[0].startsWith(">")) return { text: lines.join("\n"), quoted: false, inner: [] };
  const text = lines.map((line) => line.replace(deepest === 1 ? /^[> ]+/u : /^> ?/u, "")).join("\n");
  const inner = deepest === 1 ? [{ text, quoted: false, inner: [] }] : passages(text, deepest - 1);
  return { text, quoted: true, inner };
}
