/**
 * Notices on this device, on the page where they are switched on and off. Where it is said that others use the device too,
 * what may be left of them in the browser goes.
 */

const WORKER = "/static/js/push_worker.js";
const SCOPE = "/static/js/";
const PLACE = "/api/v1/me/push";

/** Which service carries it, by what a browser calls itself, until one knows: the first that fits. @type {[RegExp, string][]} */
const SERVICES = [
  [/Firefox\//, "updates.push.services.mozilla.com"],
  [/Windows.* Edg\//, "notify.windows.com"],
  [/Edg(A|iOS)?\//, ""],
  [/Chrome\//, "fcm.googleapis.com"],
  [/Safari\//, "web.push.apple.com"],
];

const types = /** @type {any} */ (window).trustedTypes;
const ours = types?.createPolicy("push", { createScriptURL: (/** @type {string} */ url) => only(url) });

const section = /** @type {HTMLElement | null} */ (document.querySelector("[data-push]"));
if (section) begin(section).catch(() => show("failed"));

/** @param {HTMLElement} section */
async function begin(section) {
  const key = section.dataset.push;
  hide("scripts");
  if (!navigator.serviceWorker || !("PushManager" in window) || !("Notification" in window)) return key && show("unable");
  const registration = await navigator.serviceWorker.getRegistration(SCOPE);
  if (!key) return registration?.unregister();
  const subscription = await registration?.pushManager.getSubscription();
  const told = section.hasAttribute("data-told");
  const host = subscription ? new URL(subscription.endpoint).host : SERVICES.find(([kind]) => kind.test(navigator.userAgent))?.[1];
  const named = section.querySelector("[data-push-service]");
  if (host && named) named.textContent = host;
  if (told && registration) await register(section); // by the name that is chosen now
  if (!subscription) hide("told");
  if (!subscription) show("untold");
  if (Notification.permission === "denied") show("denied");
  else if (!told || !subscription) offer("on", () => on(section, key));
  if (section.hasAttribute("data-devices")) offer("off", off);
}

/** @param {HTMLElement} section @param {string} key */
async function on(section, key) {
  const answered = await Notification.requestPermission();
  if (answered === "denied") show("denied");
  if (answered !== "granted") return;
  const { pushManager } = await atWork(await register(section));
  await (await pushManager.getSubscription())?.unsubscribe();
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = subscription.toJSON();
  const body = JSON.stringify({ endpoint, p256dh: keys?.p256dh, auth: keys?.auth });
  const answer = await fetch(PLACE, { method: "PUT", headers: { "Content-Type": "application/json" }, body });
  if (answer.ok) return location.reload();
  await subscription.unsubscribe();
  show("failed");
}

async function off() {
  const answer = await fetch(PLACE, { method: "DELETE" });
  if (!answer.ok) return show("failed");
  await (await navigator.serviceWorker.getRegistration(SCOPE))?.unregister();
  location.reload();
}

/** @param {HTMLElement} section @returns {Promise<ServiceWorkerRegistration>} */
function register(section) {
  const { app, called } = section.dataset;
  const url = app && called ? `${WORKER}?${new URLSearchParams({ app, called })}` : WORKER;
  return navigator.serviceWorker.register(ours ? ours.createScriptURL(url) : only(url), { scope: SCOPE, updateViaCache: "none" });
}

/** Nobody can subscribe before it is. @param {ServiceWorkerRegistration} registration @returns {Promise<ServiceWorkerRegistration>} */
function atWork(registration) {
  const worker = registration.installing ?? registration.waiting;
  if (!worker) return Promise.resolve(registration);
  return new Promise((resolve, reject) => {
    const look = () => {
      if (worker.state === "activated") resolve(registration);
      if (worker.state === "redundant") reject(new Error("not installed"));
    };
    worker.addEventListener("statechange", look);
    look();
  });
}

/** @param {string} url */
function only(url) {
  if (url !== WORKER && !url.startsWith(`${WORKER}?`)) throw new TypeError("Not the worker of notices.");
  return url;
}

/** @param {string} name @param {() => Promise<void>} deed */
function offer(name, deed) {
  const button = /** @type {HTMLButtonElement | null} */ (section?.querySelector(`[data-push-${name}]`));
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    hide("failed");
    button.disabled = true;
    await deed().catch(() => show("failed"));
    button.disabled = false;
  });
}

/** @param {string} name */
function show(name) {
  section?.querySelector(`[data-push-${name}]`)?.removeAttribute("hidden");
}

/** @param {string} name */
function hide(name) {
  section?.querySelector(`[data-push-${name}]`)?.setAttribute("hidden", "");
}
