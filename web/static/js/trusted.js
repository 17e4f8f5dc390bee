/** htmx parses the parts we send; it knows no Trusted Types. Our own markup passes; what could run does not, nor code. */

import { ours } from "./markup.js";

/** @type {any} */ (window).trustedTypes?.createPolicy("default", { createHTML: ours });
