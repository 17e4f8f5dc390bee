/**
 * Somebody writes again while one answers them: it is said at once, beside what one writes, and shown in its place when
 * one wants to see it. Only then the page counts it as seen; till then the letter would be stopped before it goes.
 */

import { Company } from "./company.js";
import { part } from "./part.js";
import { Tab } from "./tabs.js";

/**
 * @param {{form: HTMLFormElement, letters: HTMLElement, shown: (last: number) => void}} page `shown`: letters came after this number
 */
export function follow({ form, letters, shown }) {
  const person = document.querySelector('meta[name="here"]')?.getAttribute("content");
  const notice = /** @type {HTMLElement | null} */ (form.querySelector("[data-came]"));
  if (!person || !notice) return;
  const field = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  const conversation = field("conversation").value;
  const tab = new Tab(person, {
    frame: (frame) => {
      company.take(frame);
      const theirs = frame.type === "message" && frame.conversation === conversation && frame.author.id !== person;
      if (!theirs || frame.number <= Number(field("seen").value)) return;
      /** @type {HTMLElement} */ (notice.querySelector("[data-said]")).textContent = notice.dataset.said ?? "";
      notice.hidden = false;
    },
    state: () => undefined,
  });
  const company = new Company(person, conversation, (frame) => tab.send(frame));
  tab.follow(conversation, Number(field("seen").value));
  notice.querySelector("button")?.addEventListener("click", () => void show());

  async function show() {
    const answer = await fetch(location.pathname).catch(() => undefined);
    // Answered elsewhere meanwhile, or signed out: the page itself says so. What is written is kept as a draft.
    if (answer && (answer.redirected || !answer.ok)) return location.reload();
    const html = answer ? await answer.text() : "";
    const sheets = part(html, "sheets");
    const fresh = part(html, "answer");
    if (!(fresh instanceof HTMLFormElement) || !sheets || !notice) return;
    const last = Number(field("seen").value);
    const came = [...sheets.children].filter((one) => !letters.querySelector(`[id="${one.id}"]`));
    letters.querySelector("#sheets")?.append(...came);
    for (const name of ["seen", "answers"]) field(name).value = /** @type {HTMLInputElement} */ (fresh.elements.namedItem(name)).value;
    notice.hidden = true;
    shown(last);
    came[0]?.scrollIntoView({ block: "center" });
    form.querySelector("textarea")?.focus({ preventScroll: true });
  }
}
