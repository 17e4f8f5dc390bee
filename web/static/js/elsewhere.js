/** Times as the reader's own clock shows them, beside the practice's, wherever the two differ. */

const places = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-zone][data-elsewhere-words]"));

/**
 * Day and time of a moment, as clocks in a zone show it.
 * @param {Date} at
 * @param {string | undefined} zone the reader's own when undefined
 */
function shown(at, zone) {
  const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone, dateStyle: "short" }).format(at);
  const time = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(at);
  return { day, time };
}

/**
 * @param {Date} at
 * @param {string} zone
 */
function own(at, zone) {
  const [here, there] = [shown(at, undefined), shown(at, zone)];
  if (here.day === there.day) return here.time === there.time ? "" : here.time;
  const weekday = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long" }).format(at);
  return `${weekday} ${here.time}`;
}

for (const place of places) {
  const { zone = "", elsewhereWords = "{}" } = place.dataset;
  for (const mark of /** @type {NodeListOf<HTMLElement>} */ (place.querySelectorAll("[data-elsewhere]"))) {
    const said = own(new Date(mark.dataset.elsewhere ?? ""), zone);
    mark.textContent = said && elsewhereWords.replace("{}", said);
    mark.hidden = !said;
  }
}
