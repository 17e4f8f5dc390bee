/** htmx parses the fragments we send; it knows no Trusted Types. Markup passes, code and addresses of code stay barred. */

/** @type {any} */ (window).trustedTypes?.createPolicy("default", { createHTML: (/** @type {string} */ html) => html });
