/** The page a letter is written on: its text is kept while one writes, and what it answers can be quoted. */

import { Draft } from "./draft.js";

import("./viewport.js"); // not needed to begin, so not waited for

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-draft]"));
const answered = /** @type {HTMLElement | null} */ (document.querySelector("[data-letters]"));
if (form) {
  new Draft(form, "letter");
  import("./files.js").then(({ Files }) => new Files(form));
  import("./counted.js").then(({ counted }) => counted(form));
  if (answered) import("./quoting.js").then(({ Quoting }) => new Quoting(answered, form));
}
