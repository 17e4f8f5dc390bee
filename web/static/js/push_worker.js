/**
 * The worker of notices, and of nothing else: no page lies in its scope, it sees no request, and it keeps nothing.
 * It shows the words that were sent, under the name and picture that its person chose for this device, where they chose one.
 */

const here = /** @type {any} */ (self);
const chosen = new URL(here.location.href).searchParams;
const app = encodeURIComponent(chosen.get("app") ?? "");

here.addEventListener("install", () => here.skipWaiting());

here.addEventListener("push", (/** @type {any} */ event) => {
  const told = event.data.json().notification;
  const icon = app ? `/static/app/${app}-192.png` : undefined;
  const options = { body: told.body, silent: told.silent, tag: "new", icon };
  event.waitUntil(here.registration.showNotification(chosen.get("called") ?? told.title, options));
});

here.addEventListener("notificationclick", (/** @type {any} */ event) => {
  event.notification.close();
  event.waitUntil(here.clients.openWindow(app ? `/?app=${app}` : "/"));
});
