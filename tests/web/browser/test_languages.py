"""German and Arabic in a browser: nothing runs out of the page or into something else, on whatever side it begins."""

from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page

from channels.language.speaking import direction_of, speaking, tag_of
from messaging.people import Language
from tests.web.preview import Pages
from tests.web.samples.pages import PAGES
from web.pages.parts.rendering import Templates

LONGEST: Final = (
    "home",
    "letters",
    "write",
    "sessions",
    "own-mail",
    "account-on",
    "sign-in",
    "help-now",
    "way-back",
)
"""Those whose buttons and labels grow most."""
SIZES: Final = ((320, 640), (390, 844), (1280, 820))
FAULTS: Final = (Path(__file__).parent / "layout_faults.js").read_text()
TEMPLATES: Final = Templates()


def words(language: Language, name: str) -> str:
    template, view = PAGES[name]
    with speaking(language):
        return TEMPLATES.get_template(template).render(view=view)


class Spoken(Pages):
    """/NAME?LANGUAGE is a sample page in that language."""

    def give(self) -> None:
        name, _, language = self.path.strip("/").partition("?")
        if language not in set(Language):
            super().give()
            return
        self.hand_out(words(Language(language), name))


SHOWN: Final = Spoken


@pytest.mark.parametrize("language", [Language.GERMAN, Language.ARABIC])
def test_pages_keep_their_width_and_their_controls_apart(page: Page, base: str, language: Language) -> None:
    faults = list[str]()
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    for name in LONGEST:
        page.goto(f"{base}/{name}?{language}", wait_until="load")
        assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
            tag_of(language),
            direction_of(language),
        ]
        page.evaluate(FAULTS)
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            faults += [f"{name} at {width}: {fault}" for fault in page.evaluate("faultsOfLayout()")]
    assert not faults, "\n".join(faults[:40])


def test_a_page_in_arabic_begins_on_the_right_and_a_message_where_its_words_do(page: Page, base: str) -> None:
    """The page is from right to left; English words in it from left to right, and a telephone number is not turned round."""
    page.goto(f"{base}/letters?{Language.ARABIC}")
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    mark, foot = page.locator(".mark").bounding_box(), page.locator(".client-head nav").bounding_box()
    assert mark is not None
    assert foot is not None
    assert mark["x"] > foot["x"]
    said = page.locator("[dir=auto]", has_text="I nearly did not send this").last
    assert said.evaluate("(element) => getComputedStyle(element).direction") == "ltr"
