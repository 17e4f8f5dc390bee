/**
 * The worker of Help now, and of nothing else: it is registered for that one address and sees no other page. It keeps
 * nothing in a cache. What it shows without a connection comes along in its own text (`KEPT`, put before it by the server:
 * the page, its sheets and scripts), so that it stays whole while it is there, and what clears caches leaves it.
 */

/** Milliseconds: who needs help is not kept waiting for a connection that may never come. */
const WAIT = 2_000;

const here = /** @type {any} */ (self);
/** @type {{page: string, files: Record<string, {type: string, text: string}>, headers: Record<string, string>}} */
const kept = here.KEPT;

here.addEventListener("install", () => here.skipWaiting());
here.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(here.clients.claim()));

here.addEventListener("fetch", (/** @type {any} */ event) => {
  const asked = new URL(event.request.url);
  const file = kept.files[asked.pathname + asked.search];
  if (event.request.mode === "navigate") event.respondWith(helped(event.request));
  else if (file && asked.origin === here.location.origin) event.respondWith(answer(file.text, file.type));
});

/** The page as the server has it now, or as it was kept: when nothing comes in time, and for an accident of the server's. @param {Request} request */
async function helped(request) {
  const late = new Promise((resolve) => setTimeout(resolve, WAIT));
  const now = await Promise.race([fetch(request).catch(() => undefined), late]);
  return now instanceof Response && now.ok ? now : answer(kept.page, "text/html; charset=utf-8");
}

/** @param {string} text @param {string} type */
function answer(text, type) {
  return new Response(text, { headers: { ...kept.headers, "Content-Type": type } });
}
