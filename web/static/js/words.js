/** Words into nodes: text only, brackets in quiet italics, addresses as links, times as the server says them. No markup is ever parsed. */

/** Signs that leave no mark: a message of nothing else would be an empty bubble that nobody can explain. */
const UNSEEN = /^[\s\p{Cf}\p{Cc}\p{Mn}\u115F\u1160\u2800\u3164\uFFA0]*$/u;
const MARKED =
  /(\[[^[\]\n]{1,120}\])|https:\/\/[^\x00-\x20\x7f-\xa0\u061c\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff<>"[\]\\^`{|}]+/giu;
const AFTER = ".,;:!?'*_\u2019\u201d\u00bb\u2026\u3002\u060c\u061f";

/**
 * The same rule as the `brackets` filter of the server.
 * @param {Element} element
 * @param {string} text
 */
export function setWords(element, text) {
  if (text && UNSEEN.test(text)) return void (element.textContent = called("unseen_text"));
  /** @type {(Node | string)[]} */
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(MARKED)) {
    const marked = found[1] ?? address(found[0]);
    if (!marked) continue;
    const more = found[1] ? { className: "aside" } : { href: marked, target: "_blank", rel: "noopener noreferrer nofollow" };
    const part = Object.assign(document.createElement(found[1] ? "em" : "a"), { textContent: marked }, more);
    parts.push(text.slice(end, found.index), part);
    end = found.index + marked.length;
  }
  element.replaceChildren(...parts, text.slice(end));
}

/** @param {string} found @returns {string} without what ends the sentence around it; empty: it is none */
function address(found) {
  let end = found.length;
  let surplus = found.split(")").length - found.split("(").length;
  while (AFTER.includes(found[end - 1]) || (found[end - 1] === ")" && surplus-- > 0)) end -= 1;
  return /^[\p{L}\p{N}]/u.test(found.slice(8, end)) ? found.slice(0, end) : "";
}

/**
 * As words are sent: no empty lines around them; what the first of them is set in by stays.
 * @param {string} text
 */
export function trimmed(text) {
  return text.replace(/^(?:[^\S\n]*\n)+/u, "").trimEnd();
}

/** Whether a key belongs to an input method that composes a word. 229 is the one by which some browsers end it. @param {KeyboardEvent} event */
export function composing(event) {
  return event.isComposing || event.keyCode === 229;
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
 * @param {boolean} exactly to the second
 */
export function clockTime(when, zone, exactly = false) {
  const second = exactly ? "2-digit" : undefined;
  const style = { hour: "2-digit", minute: "2-digit", second, hourCycle: "h23", timeZone: zone || undefined };
  return new Intl.DateTimeFormat("en-GB", /** @type {Intl.DateTimeFormatOptions} */ (style)).format(new Date(when));
}

/** A version 4 UUID; crypto.randomUUID is missing where the page came by plain http from another machine. */
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/**
 * Words about a person, whose name keeps its own direction of writing.
 * @param {Element} element
 * @param {string} words with {name} where the name stands
 * @param {string} name
 */
export function setNamed(element, words, name) {
  const parts = words.split("{name}").flatMap((part, index) => {
    const isolated = document.createElement("bdi");
    isolated.textContent = name;
    return index ? [isolated, part] : [part];
  });
  element.replaceChildren(...parts);
}

/**
 * A day in the page's language, its year only where it is another one: the same as the server's `day` and `short_day`.
 * @param {Date} at
 * @param {"short" | "long"} style
 * @param {string | undefined} zone
 * @param {Date | number} now
 */
export function saidDay(at, style, zone, now = Date.now()) {
  /** @param {Date | number} when @param {Intl.DateTimeFormatOptions} parts */
  const say = (when, parts, language = "en-US") => new Intl.DateTimeFormat(language, { ...parts, timeZone: zone || undefined }).format(when);
  const other = say(at, { year: "numeric" }) !== say(now, { year: "numeric" });
  const year = other ? "numeric" : undefined;
  const { lang } = document.documentElement;
  if (lang !== "en") return say(at, { weekday: style, day: "numeric", month: style, year }, `${lang}-u-nu-latn`);
  const words = [say(at, { weekday: style }), say(at, { day: "numeric" }), say(at, { month: style })];
  return [...words, ...(year ? [say(at, { year })] : [])].join(" ");
}

/**
 * A day and a time: the same as the `dated` filter of the server.
 * @param {string} iso
 * @param {string | undefined} zone
 */
export function dated(iso, zone) {
  const comma = document.documentElement.lang === "ar" ? "\u060c" : ",";
  return `${saidDay(new Date(iso), "short", zone)}${comma} ${clockTime(iso, zone)}`;
}
