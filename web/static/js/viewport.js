/**
 * Where a keyboard lies over the page without making it smaller (Safari), the page makes itself smaller, so that the
 * line one writes and what is said above it stay in sight. A page that is only looked at closer keeps its size.
 */

const seen = window.visualViewport;
const page = document.documentElement;

function look() {
  const covered = seen && seen.scale < 1.01 && window.innerHeight - seen.height > 1;
  if (seen && covered) page.style.setProperty("--seen", `${seen.height}px`);
  else page.style.removeProperty("--seen");
  if (covered) window.scrollTo(0, 0);
}

seen?.addEventListener("resize", look);
look();

// What comes to stand above or below the field (a broken connection, a time) does not push out of sight what one writes in it.
const room = document.querySelector(".room");
const foot = room?.querySelector(".room-foot");
if (room && foot) {
  let height = foot.clientHeight;
  const watch = new ResizeObserver(() => {
    const lost = height - foot.clientHeight;
    height = foot.clientHeight;
    const field = document.activeElement;
    if (!(field instanceof HTMLTextAreaElement) || !foot.contains(field)) return;
    if (lost > 0) foot.scrollTop += lost;
    if (field.clientHeight < room.clientHeight) field.scrollIntoView({ block: "nearest" });
  });
  for (const part of [...room.children, ...foot.children, foot]) watch.observe(part);
}
