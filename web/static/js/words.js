/** Words into nodes: text only, brackets in quiet italics, times as the server says them. No markup is ever parsed. */

const ASIDE = /(\[[^[\]\n]{1,120}\])/u;

/**
 * The same rule as the `brackets` filter of the server.
 * @param {Element} element
 * @param {string} text
 */
export function setWords(element, text) {
  const parts = text.split(ASIDE).map((part, index) => {
    if (index % 2 === 0) return document.createTextNode(part);
    const aside = document.createElement("em");
    aside.className = "aside";
    aside.textContent = part;
    return aside;
  });
  element.replaceChildren(...parts);
}

/**
 * A letter: one paragraph for each run of lines, quoted lines apart from the writer's own.
 * @param {Element} element
 * @param {string} text
 */
export function setLetter(element, text) {
  /** @type {Element[]} */
  const made = [];
  for (const block of text.split(/\n\s*\n|\n(?=>)|(?<=^>[^\n]*)\n(?!>)/mu)) {
    if (!block.trim()) continue;
    const quoted = block.startsWith(">");
    const paragraph = document.createElement(quoted ? "blockquote" : "p");
    paragraph.dir = "auto";
    setWords(paragraph, quoted ? block.replace(/^>\s?/gmu, "") : block);
    const before = made.at(-1);
    if (quoted && before?.tagName === "BLOCKQUOTE") before.append("\n", ...paragraph.childNodes);
    else made.push(paragraph);
  }
  element.replaceChildren(...made);
}

/**
 * What a code or a person's id is called, from the list the page carries.
 * @param {string | undefined} code
 * @returns {string}
 */
export function called(code) {
  const terms = document.querySelectorAll("#words > dt");
  const found = code && [...terms].find((term) => term.textContent === code);
  return (found && found.nextElementSibling?.textContent) || "";
}

/**
 * @param {HTMLElement | null} element a <time>
 * @param {string} iso
 * @param {string | undefined} zone
 */
export function setTime(element, iso, zone) {
  if (!element) return;
  element.setAttribute("datetime", iso);
  element.textContent = clockTime(iso, zone);
}

/**
 * @param {string | number} when
 * @param {string | undefined} zone
 */
export function clockTime(when, zone) {
  const style = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone || undefined };
  return new Intl.DateTimeFormat("en-GB", /** @type {Intl.DateTimeFormatOptions} */ (style)).format(new Date(when));
}
