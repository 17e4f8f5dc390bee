/** What happened, in the words the page carries: the lines a fresh page shows. */

import { called, dated } from "./words.js";

/**
 * @typedef {{number: number, at: string, event: string, amends?: number, text?: string, author?: {id: string},
 *   facts?: Record<string, string>}} Happened
 */

/** @param {Happened} happened @param {string | undefined} zone */
export function eventWords({ event, author, facts = {} }, zone) {
  const words = called(code(event, facts)) || called(event) || event.replaceAll("_", " ");
  const name = facts.name || called(facts.person || facts.who || author?.id) || called("someone");
  const at = facts.starts || facts.promised;
  // A name keeps its own direction of writing.
  return words.replace("{name}", `\u2068${name}\u2069`).replace("{by}", facts.by).replace("{when}", at ? dated(at, zone) : "");
}

/** By what it is called. @param {string} event @param {Record<string, string>} facts */
function code(event, facts) {
  if (event === "enquiry") return facts.state === "asked" ? event : `${event}:${facts.state}`;
  if (event !== "automatic_mail") return event + (facts.promised ? ":when" : facts.late ? ":late" : "");
  return facts.calendar ? `calendar:${facts.calendar}${facts.starts ? ":when" : ""}` : `${event}:${facts.kind}`;
}

/** @param {Happened} happened @param {string | undefined} zone */
export function saidAtClosing({ event, text, facts = {} }, zone) {
  if (event === "enquiry") {
    const wishes = [["reached", facts.reach], ["liked", called(facts.whom)]].filter(([, wish]) => wish);
    return wishes.map(([words, wish]) => called(words).replace("{text}", wish)).join("\n");
  }
  if (facts.title) return `${facts.title} (${facts.version})`;
  if (event !== "closing") return (event === "corrected" ? "" : facts.reason ?? text) ?? "";
  const homework = facts.homework && called("homework").replace("{text}", facts.homework);
  const next = facts.next && called("next").replace("{text}", dated(facts.next, zone));
  return [text, homework, next].filter(Boolean).join("\n\n");
}
