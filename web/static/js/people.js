/**
 * Finding a name among the people who are listed, as it is written. Where all of them are on the page it happens there alone;
 * else a form asks the server, and the name stands in no address.
 */

const find = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-find]"));
const none = document.querySelector("[data-none]");

/** @param {string} text as it is compared: without accents and case */
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();

function narrow() {
  const wanted = plain(find?.value ?? "").split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of document.querySelectorAll("[data-person]")) {
    const name = plain(row.querySelector("th, [data-name]")?.textContent ?? "");
    const fits = wanted.every((part) => name.includes(part));
    row.toggleAttribute("hidden", !fits);
    if (fits) shown += 1;
  }
  none?.toggleAttribute("hidden", shown > 0);
}

const here = find?.matches("[data-here]");
if (find && here) {
  find.closest("[hidden]")?.removeAttribute("hidden");
  find.closest("[role=search]")?.addEventListener("submit", (event) => event.preventDefault());
  find.addEventListener("input", narrow);
  narrow(); // back to this page the browser puts the words in again
}

addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLElement && event.target.closest("input, textarea, select");
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && find && !typing) {
    event.preventDefault();
    find.focus();
  } else if (event.key === "Escape" && event.target === find && here && find?.value) {
    find.value = "";
    narrow();
  }
});
