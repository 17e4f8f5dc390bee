/** What happened in a conversation, in the words the page carries: the same lines a fresh page shows. */

import { called, dated } from "./words.js";

/**
 * @typedef {{number: number, at: string, event: string, amends?: number, text?: string, author?: {id: string},
 *   facts?: Record<string, string>}} Happened
 */

const ISOLATED = "\u2068{name}\u2069"; // a name keeps its own direction of writing

/** @param {Happened} happened @param {string | undefined} zone */
export function eventWords({ event, author, facts = {} }, zone) {
  const words = called(code(event, facts)) || called(event) || event.replaceAll("_", " ");
  const name = facts.name || called(facts.person ?? author?.id) || called("someone");
  const at = facts.starts ?? facts.promised;
  const when = at ? dated(at, zone) : "";
  return words.replace("{name}", ISOLATED.replace("{name}", name)).replace("{by}", facts.by ?? "").replace("{when}", when);
}

/** A late calling off, an absence that puts somebody off, and an automatic mail are called so. @param {string} event @param {Record<string, string>} facts */
function code(event, facts) {
  if (["clinician_away", "cover_ended"].includes(event)) return facts.promised ? `${event}:when` : event;
  if (facts.late === "yes") return `${event}:late`;
  if (event !== "automatic_mail") return event;
  return facts.calendar ? `calendar:${facts.calendar}${facts.starts ? ":when" : ""}` : `${event}:${facts.kind ?? ""}`;
}

/** @param {Happened} happened @param {string | undefined} zone */
export function saidAtClosing({ event, text, facts = {} }, zone) {
  if (["identity_opened", "care_ended"].includes(event)) return facts.reason ?? "";
  if (["agreement_accepted", "agreement_withdrawn"].includes(event)) return `${facts.title} (${facts.version})`;
  if (event !== "closing") return "";
  const homework = facts.homework && called("homework").replace("{text}", facts.homework);
  const next = facts.next && called("next").replace("{text}", dated(facts.next, zone));
  return [text, homework, next].filter(Boolean).join("\n\n");
}
