"""Every page at four widths with long names, and the line one writes at five sizes.

One page of one browser, made larger and smaller: to open one for each would take minutes.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from tests.web.preview import FRAGMENTS, Pages, answer
from tests.web.samples.pages import PAGES

LONG: Final = {
    "Dr Mira Engel": "Dr Wilhelmine Charlotte Oberlinden-Hohenzollern",
    "Dr Mira": "Dr Wilhelmine Charlotte Oberlinden",
    "Linden": "Donaudampfschifffahrtsgesellschaftskapitänswitwe",
    "Ruth": "Wilhelmine Charlotte von Hohenzollern-Sigmaringen",
    "Ben and Tess": "Bartholomäus-Maximilian and Theresa-Elisabeth",
}
"""Names of the samples, and what their people are called here."""
SIZES: Final = ((320, 640), (390, 844), (1280, 820), (2200, 1200))
A_PHONE: Final = 390
PARTS: Final = 8
"""Of the pages, so that all workers look at them."""
FAULTS: Final = (Path(__file__).parent / "layout_faults.js").read_text()

FIELDS: Final = {
    "room": "#words-field",
    "conversation-live": "#words-field",
    "write": "#text",
    "conversation-writing": "#answer-text",
}
"""Where words are written for long, and the page of each."""
SIGHTS: Final = {
    "a telephone": (390, 844, 0),
    "a telephone whose keyboard makes the page lower": (390, 400, 0),
    "a telephone whose keyboard lies over the page": (390, 844, 444),
    "a desk": (1280, 820, 0),
    "400 per cent": (320, 256, 0),
}
"""Width and height of the page, and how much of it a keyboard covers."""
LINES: Final = 200
AT_ONCE: Final = 50
LEAST_LOG: Final = {844: 300, 820: 300, 400: 120, 256: 56}
"""Of what was said before, as much stays in sight while one writes; by the height that is seen."""

KEYBOARD: Final = """(() => {
  const seen = new EventTarget();
  const own = { scale: 1, offsetTop: 0, offsetLeft: 0, pageTop: 0, pageLeft: 0, width: innerWidth };
  Object.defineProperty(window, "visualViewport", { value: Object.assign(seen, own, { height: innerHeight }) });
  window.keyboard = (height) => {
    seen.height = innerHeight - height;
    seen.dispatchEvent(new Event("resize"));
  };
})();"""
"""A keyboard that lies over the page, as Safari shows it."""
NO_CONNECTION: Final = """(away) =>
  document.querySelector("[data-connection] [data-state=away]")?.toggleAttribute("hidden", !away)"""
CARET: Final = """async (field) => {
  let found;
  for (let frame = 0; frame < 60 && !(frame > 1 && found.seen); frame++) {  // a busy machine draws late
    await new Promise((drawn) => requestAnimationFrame(drawn));
    found = look(field);
  }
  return found;

  function look(field) {
  // The caret stands in the last line: its middle is half a line above the end of what the field holds.
  const style = getComputedStyle(field);
  const box = field.getBoundingClientRect();
  const end = box.top + field.clientTop + field.scrollHeight - field.scrollTop - parseFloat(style.paddingBottom);
  const middle = end - parseFloat(style.lineHeight) / 2;
  const [x, bottom] = [box.left + parseFloat(style.paddingLeft) + 12, visualViewport.height];
  const at = middle > 0 && middle < bottom ? document.elementFromPoint(x, middle) : null;
  const log = document.querySelector("[data-log]");
  const [caret, page, top, foot] = [middle, bottom, box.top, box.bottom].map(Math.round);
  return {
    seen: at === field && middle > box.top && middle < box.bottom,
    where: `${caret} of ${page}, in ${top} to ${foot}: ${at?.className || at?.localName}`,
    log: log && log.checkVisibility() ? log.clientHeight : 0,
  };
  }
}"""


class LongNames(Pages):
    """The sample pages of people with long names."""

    def words(self, page: str) -> str:
        return re.sub("|".join(LONG), lambda found: LONG[found[0]], page)


SHOWN: Final = LongNames


@pytest.fixture
def page(window: Browser) -> Iterator[Page]:
    opened = window.new_page(reduced_motion="reduce")
    opened.route_web_socket("**/live*", answer)
    yield opened
    opened.close()


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_keeps_its_width_its_controls_apart_and_its_names_whatever_the_width(
    page: Page, base: str, part: int
) -> None:
    faults = list[str]()
    for name in sorted(PAGES.keys() - FRAGMENTS)[part::PARTS]:
        page.goto(f"{base}/{name}", wait_until="load")
        page.evaluate(FAULTS)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            faults += [f"{name} at {width}: {fault}" for fault in page.evaluate("faultsOfLayout()")]
            if width == A_PHONE:
                faults += [f"{name}: {fault}" for fault in page.evaluate("faultsOfNames()")]
    assert not faults, "\n".join(sorted(faults)[:80])


def test_a_fault_of_layout_would_be_seen(page: Page, base: str) -> None:
    """The test above looks: at a line too wide, a name that runs under a button, a control beside the page."""
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{base}/error")
    page.evaluate(FAULTS)
    assert page.evaluate("faultsOfLayout()") == []
    page.evaluate("""() => {
      const row = document.querySelector("main").appendChild(document.createElement("p"));
      const [name, button] = ["span", "button"].map((kind) => row.appendChild(document.createElement(kind)));
      Object.assign(row.style, { display: "flex", inlineSize: "200px" });
      Object.assign(name.style, { whiteSpace: "nowrap", flex: "none", inlineSize: "80px" });
      [name.textContent, button.textContent] = ["A name that is longer than its place", "Send"];
    }""")
    [met] = page.evaluate("faultsOfLayout()")
    assert met == 'button "Send" meets span "A name that is longer th"'
    assert page.evaluate("faultsOfNames()") == []
    page.evaluate("document.querySelector('main button').setAttribute('aria-label', 'Go')")
    assert page.evaluate("faultsOfNames()") == ['called other than it reads: button "Send"']
    page.evaluate("document.querySelector('main button').style.marginInlineStart = '400px'")
    assert 'out of the page: button "Send"' in page.evaluate("faultsOfLayout()")


@pytest.mark.parametrize("name", FIELDS)
def test_the_line_one_writes_is_in_sight_and_so_is_what_was_said(
    window: Browser, base: str, name: str
) -> None:
    page = window.new_page(reduced_motion="reduce")
    page.route_web_socket("**/live*", answer)
    page.add_init_script(KEYBOARD)
    page.goto(f"{base}/{name}", wait_until="load")
    field = page.locator(FIELDS[name])
    for sight, (width, height, covered) in SIGHTS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("keyboard", covered)
        field.fill("")
        field.focus()
        for number in range(LINES // AT_ONCE):
            page.keyboard.insert_text("a line\n" * AT_ONCE + f"up to {number}")
            caret = field.evaluate(CARET)
            assert caret["seen"], f"{name}, {sight}, after {(number + 1) * AT_ONCE} lines: {caret['where']}"
        page.keyboard.press("Enter")
        page.keyboard.type("x")
        for state in (True, False):
            page.evaluate(NO_CONNECTION, state)
            caret = field.evaluate(CARET)
            assert caret["seen"], f"{name}, {sight}, no connection {state}: {caret['where']}"
        if name == "room":
            assert caret["log"] >= LEAST_LOG[height - covered], f"{sight}: the log is {caret['log']} px high"
    page.close()
