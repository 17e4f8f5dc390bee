/**
 * Markup that may become nodes of a page (Trusted Types, W3C): as our templates write it, and nothing that could run.
 * What people write reaches a page escaped, so a tag of theirs is text and passes; a tag that got through escaping does not.
 */

/** A tag, whatever its quotes hold. */
const TAG = /<(\/?)([a-z][a-z0-9-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>/gi;
const ATTRIBUTE = /([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;
const ASIDE = /<!--[\s\S]*?-->|<!doctype html>/gi;
const NEVER = new Set(["base", "embed", "frame", "iframe", "math", "object", "portal", "style"]);
const PLACES = new Set(["action", "cite", "data", "formaction", "href", "poster", "src", "xlink:href"]);
/** What an address of ours begins with; one that hides its beginning in character references begins with none of these. */
const KNOWN_PLACE = /^(?:$|[/#?]|https?:\/\/|mailto:|tel:|sms:|otpauth:\/\/|data:image\/(?:png|jpeg|gif|webp);)/i;

/**
 * @param {string} name @param {string} value
 * @returns {boolean} whether an attribute could run something, or lead there
 */
function runs(name, value) {
  if (name.startsWith("on") || name.startsWith("hx-on") || name === "srcdoc" || name === "style" || name === "http-equiv") return true;
  if (PLACES.has(name)) return !KNOWN_PLACE.test(value.trim());
  return name.startsWith("hx-") && /^\s*(?:js|javascript):/i.test(value);
}

/** @param {string} tag @param {string} rest its attributes */
function barred(tag, rest) {
  /** @type {[string, string][]} */
  const attributes = [...rest.matchAll(ATTRIBUTE)].map(([, name, ...values]) => [name.toLowerCase(), values.find((one) => one !== undefined) ?? ""]);
  if (attributes.some(([name, value]) => runs(name, value))) return true;
  if (tag === "template") return attributes.some(([name]) => name === "hx"); // what htmx would do without being asked
  return tag === "script" && !attributes.some(([name, value]) => name === "src" && value.startsWith("/static/"));
}

/**
 * @param {string} html
 * @returns {string} the same
 * @throws {TypeError} where something in it could run; it does not say what
 */
export function ours(html) {
  const rest = html.replace(ASIDE, "").replace(TAG, (_, closes, tag, attributes) => {
    if (NEVER.has(tag.toLowerCase()) || (!closes && barred(tag.toLowerCase(), attributes))) throw new TypeError("not our markup");
    return "";
  });
  if (rest.includes("<")) throw new TypeError("not our markup");
  return html;
}

/** @type {any} */
const types = /** @type {any} */ (window).trustedTypes;

/** @type {{createHTML: (html: string) => any}} whole pages of ours, parsed and taken apart */
export const PAGE = types?.createPolicy("page", { createHTML: ours }) ?? { createHTML: ours };
