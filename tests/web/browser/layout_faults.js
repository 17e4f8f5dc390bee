/** What a person would see or hear go wrong on a page, told in lines: for test_layout.py. */
(() => {
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const SLACK = 1.5;

  /** Its boxes as far as they are in sight: cut by whatever hides what runs over. @param {DOMRect[]} boxes @param {Element} element */
  function seen(boxes, element) {
    let found = boxes.filter((box) => box.width > 1 && box.height > 1);
    let inner = getComputedStyle(element).position;
    for (let above = element; above && above !== document.documentElement; above = above.parentElement) {
      const style = getComputedStyle(above);
      if (style.visibility === "hidden" || style.clipPath !== "none" || style.opacity === "0") return [];
      if (above !== element && inner === "absolute" && style.position === "static") continue;
      if (above !== element || style.overflowX !== "visible") {
        const edge = above.getBoundingClientRect();
        const cut = [style.overflowX !== "visible", style.overflowY !== "visible"];
        found = found.map((box) => clip(box, edge, cut)).filter((box) => box.width > 1 && box.height > 1);
      }
      inner = style.position;
    }
    return found;
  }

  function clip(box, edge, [across, down]) {
    const left = across ? Math.max(box.left, edge.left) : box.left;
    const right = across ? Math.min(box.right, edge.right) : box.right;
    const top = down ? Math.max(box.top, edge.top) : box.top;
    const bottom = down ? Math.min(box.bottom, edge.bottom) : box.bottom;
    return { left, right, top, bottom, width: right - left, height: bottom - top };
  }

  const meet = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > SLACK &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > SLACK;

  const called = (element) =>
    `${element.localName}${element.className && `.${String(element.className).replace(/ /g, ".")}`} "${(element.textContent || "").replace(/\s+/g, " ").trim().slice(0, 24)}"`;

  /** What floats above the rest while that scrolls, and opens over it when asked. */
  const floats = (element) => element.closest("#undo, .ways-out, .you-card, .file-pane:target, .below, .typing, dialog, .skip");

  /** What stays in sight below what is read or written, over the rest of it: its own parts are to stand apart all the same. */
  const stays = (element) => element.closest(".agreeing, .writing-foot");

  function controls() {
    return [...document.querySelectorAll(CONTROLS)]
      .filter((one) => one.checkVisibility() && !floats(one))
      .map((element) => ({ element, boxes: seen([...element.getClientRects()], element) }))
      .filter((one) => one.boxes.length);
  }

  /** What tints a field from behind: the words of the field once more, below it in the same cell. */
  const behind = (element) => element.closest(".behind");

  function texts() {
    const found = [];
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const element = walk.currentNode.parentElement;
      if (!walk.currentNode.data.trim() || !element?.checkVisibility() || floats(element) || behind(element)) continue;
      const range = document.createRange();
      range.selectNodeContents(walk.currentNode);
      const boxes = seen([...range.getClientRects()], element);
      if (boxes.length) found.push({ element, boxes });
    }
    return found;
  }

  window.faultsOfLayout = () => {
    const faults = [];
    const wide = document.documentElement.scrollWidth;
    if (wide > innerWidth) faults.push(`${wide} px wide`);
    const pressed = controls();
    const said = texts();
    for (const { element, boxes } of [...pressed, ...said]) {
      if (boxes.some((box) => box.right > innerWidth + SLACK || box.left < -SLACK)) faults.push(`out of the page: ${called(element)}`);
    }
    const apart = (one, other) =>
      !one.contains(other) && !other.contains(one) && one.closest("label") !== (other.closest("label") ?? 0) && stays(one) === stays(other);
    pressed.forEach((one, place) => {
      for (const other of [...pressed.slice(place + 1), ...said]) {
        if (one.element === other.element || !apart(one.element, other.element)) continue;
        if (one.boxes.some((box) => other.boxes.some((beside) => meet(box, beside)))) faults.push(`${called(one.element)} meets ${called(other.element)}`);
      }
    });
    return [...new Set(faults)];
  };

  /** What a screen reader says of it: its words without what is hidden from it. */
  function name(element) {
    const label = element.getAttribute("aria-label") ?? document.getElementById(element.getAttribute("aria-labelledby") ?? "")?.textContent;
    if (label) return label;
    if (element.labels?.length) return element.labels[0].textContent;
    const copy = element.cloneNode(true);
    for (const hidden of copy.querySelectorAll("[aria-hidden=true], [hidden]")) hidden.remove();
    return [copy.textContent, ...[...copy.querySelectorAll("img")].map((one) => one.alt), element.title ?? ""].join(" ").trim();
  }

  const plain = (text) => (text ?? "").replace(/\s+/g, " ").trim().toLowerCase();

  /** A link within a sentence is as high as its line. */
  const alone = (element) => plain(element.parentElement.textContent) === plain(element.textContent);

  /** The rules of axe-core that failed once: link-name, label-content-name-mismatch, region, landmark-one-main, heading-order; and 44 px. */
  window.faultsOfNames = () => {
    const faults = [];
    const visible = (one) => one.checkVisibility();
    for (const one of [...document.querySelectorAll(CONTROLS)].filter(visible)) {
      if (!name(one)) faults.push(`no name: ${one.outerHTML.slice(0, 80)}`);
      const label = one.getAttribute("aria-label");
      if (label && /\p{L}/u.test(one.innerText) && !plain(label).includes(plain(one.innerText))) faults.push(`called other than it reads: ${called(one)}`);
      const low = one.matches("a, button, summary") && one.getBoundingClientRect().height < 43.5;
      if (document.body.matches(".client") && low && alone(one) && !one.closest(".skip")) faults.push(`lower than a thumb: ${called(one)}`);
    }
    const mains = [...document.querySelectorAll("main")].filter(visible);
    if (mains.length !== 1) faults.push(`${mains.length} mains`);
    for (const { element } of texts()) {
      if (!element.closest("main, header, footer, nav, aside, dialog, .skip")) faults.push(`in no region: ${called(element)}`);
    }
    let level = 0;
    for (const head of [...document.querySelectorAll("h1, h2, h3, h4")].filter(visible)) {
      const own = Number(head.localName[1]);
      if (own > level + 1) faults.push(`h${own} below h${level}: ${called(head)}`);
      level = own;
    }
    return faults;
  };
})();
