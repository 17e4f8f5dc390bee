/** The page a letter is written on: its text is kept while one writes. */

import { Draft } from "./draft.js";

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-draft]"));
if (form) new Draft(form, "letter");
