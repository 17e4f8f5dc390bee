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

/** @param {string} text words as a quotation */
export function quoted(text) {
  const marked = (/** @type {string} */ line) => (line.startsWith(">") ? `>${line}` : line ? `> ${line}` : ">");
  return text.split("\n").map(marked).join("\n");
}

/**
 * Which paragraphs have no answer yet: none of their words are quoted with own words somewhere below.
 * @param {string[]} paragraphs
 * @param {string} answer
 */
export function left(paragraphs, answer) {
  const known = paragraphs.map(plain);
  const still = known.map((_, place) => place);
  let at = 0;
  for (const words of answered(answer)) {
    const order = [...still.filter((place) => place >= at), ...still.filter((place) => place < at)];
    const whole = order.find((place) => known[place] === words);
    const found = whole ?? order.find((place) => known[place].includes(words) || words.includes(known[place]));
    if (found === undefined) continue;
    still.splice(still.indexOf(found), 1);
    at = found;
  }
  return still;
}

/** @param {string} answer */
function answered(answer) {
  const found = passages(answer);
  while (found.at(-1)?.quoted) found.pop();
  return found.filter((one) => one.quoted).flatMap((one) => one.inner.map((words) => plain(words.text)).filter(Boolean));
}

/** @param {string} text */
function plain(text) {
  return text.trim().split(/\s+/u).join(" ");
}
