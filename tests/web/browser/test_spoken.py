"""What comes into a room that stands open, line by line, in a real browser against a stand-in for /live."""

import pytest
from markupsafe import Markup
from playwright.sync_api import Page, expect

from tests.web.browser.test_room import enter, wait_until
from tests.web.samples.cast import HERE, NOW
from web.pages.parts.rendering import brackets

LINKED = (
    ("see https://example.org/a?b=1&c=2#d.", "https://example.org/a?b=1&c=2#d"),
    ("(https://example.org/wiki/Quiet_(film))", "https://example.org/wiki/Quiet_(film)"),
    ("HTTPS://Example.org, and", "HTTPS://Example.org"),
    ("“https://example.org/Übung”", "https://example.org/Übung"),
    ("[look] https://example.org/[a]", "https://example.org/"),
    ("https://example.org/\u202egro.live", "https://example.org/"),
    ("https://example.org/<b>x</b>", "https://example.org/"),
    ('https://example.org/"onclick="x', "https://example.org/"),
    ("https://user@example.org:8443/…", "https://user@example.org:8443/"),
)
"""Words, and the address in them that is a link."""
NOT_LINKED = (
    "http://example.org",
    "javascript:alert(1)",
    "https://",
    "https://...",
    "https:// example.org",
    "www.example.org",
    "[see https://example.org]",
    "https://)" + ")" * 5000 + "." * 5000,
)


def test_breaks_that_follow_each_other_are_one_line_as_on_a_fresh_page(page: Page) -> None:
    far = enter(page)
    for number, event in enumerate(("connection_lost", "connection_back", "connection_lost"), 28):
        far.say(type="event", number=number, event=event, author={"id": "p-mira"})
    line = page.locator("#n30")
    expect(line).to_contain_text("lost the connection 2 times since 18:18")
    expect(page.locator("#n28, #n29")).to_have_count(0)
    far.message(31, "here again")
    far.say(type="event", number=32, event="connection_back", author={"id": "p-mira"})
    expect(page.locator("#n32")).to_contain_text("is back")
    expect(line).to_contain_text("2 times")


@pytest.mark.parametrize(("words", "linked"), [*LINKED, *((one, "") for one in NOT_LINKED)], ids=str)
def test_an_address_is_a_link_as_a_whole_and_the_same_live_and_on_a_fresh_page(
    page: Page, words: str, linked: str
) -> None:
    far = enter(page)
    far.message(28, words)
    said = page.locator('#n28 [data-part="text"]')
    expect(said).to_have_text(words, use_inner_text=False)
    fresh = page.evaluate(
        "html => Object.assign(document.createElement('p'), {innerHTML: html}).innerHTML", brackets(words)
    )
    assert said.inner_html() == fresh
    assert [one.text_content() for one in said.locator("a").all()] == ([linked] if linked else [])
    for link in said.locator("a").all():
        assert link.get_attribute("href") == linked
        assert link.get_attribute("target") == "_blank"
        assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    assert isinstance(brackets(words), Markup)


def test_what_a_line_is_set_in_by_stays(page: Page) -> None:
    far = enter(page)
    page.get_by_label("Your message").fill("\n \n  stair\n    step  \n")
    page.keyboard.press("Control+Enter")
    wait_until(page, far.words)
    assert far.words()[0]["text"] == "  stair\n    step"
    said = page.locator("[data-list] li.bubble").last
    assert said.locator('[data-part="text"]').inner_text() == "  stair\n    step"


HIDE = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


def test_what_came_while_the_page_was_hidden_is_read_when_it_is_shown(page: Page) -> None:
    far = enter(page)
    page.evaluate(HIDE, True)
    far.message(28, "while you looked away")
    expect(page.locator("#n28")).to_be_attached()
    assert not [one for one in far.heard if one["type"] == "read" and one["number"] >= 28]
    page.evaluate(HIDE, False)
    wait_until(page, lambda: [one for one in far.heard if one["type"] == "read" and one["number"] == 28])


def test_of_much_that_was_missed_a_screen_reader_is_told_how_much(page: Page) -> None:
    far = enter(page)
    told = page.locator("[data-announcer] p")
    far.say(type="opened", last=87, session=far.session)
    for number in range(28, 88):
        far.message(number, f"line {number}")
    expect(page.locator("#n87")).to_be_attached()
    expect(told).to_have_text(["60 new messages"])
    far.message(88, "and this as it came")
    expect(told).to_have_text(["60 new messages", "Dr Mira, 18:18: and this as it came"])


def test_a_few_that_were_missed_are_read_out(page: Page) -> None:
    far = enter(page)
    far.say(type="opened", last=30, session=far.session)
    for number in range(28, 31):
        far.message(number, f"line {number}")
    expect(page.locator("[data-announcer] p")).to_have_text(
        [f"Dr Mira, 18:18: line {one}" for one in (28, 29, 30)]
    )


@pytest.mark.parametrize(
    "composing", [{"isComposing": True}, {"keyCode": 229}], ids=["composing", "its last key"]
)
def test_a_key_of_an_input_method_closes_no_correction(page: Page, composing: dict[str, object]) -> None:
    far = enter(page)
    far.say(
        type="message",
        number=28,
        id="m28",
        channel="chat",
        author={"id": "p-linden"},
        text="my word",
        at=NOW.isoformat(),
    )
    page.locator("#n28").get_by_role("button", name="correct").click()
    field = page.get_by_label("Your message, in better words")
    field.fill("in better words")
    for key in ("Escape", "Enter"):
        field.dispatch_event("keydown", {"key": key, "ctrlKey": key == "Enter", "bubbles": True, **composing})
    expect(field).to_have_value("in better words")
    assert not [one for one in far.heard if one["type"] == "correct"]
    field.press("Escape")
    expect(field).to_have_count(0)


def test_the_first_letter_of_a_day_has_its_heading_at_once(page: Page) -> None:
    far = enter(page, "conversation")
    heads = page.locator("[data-list] li.day")
    before = heads.count()
    tomorrow = HERE.now.replace(day=HERE.now.day + 1).isoformat()
    far.say(
        type="message",
        number=17,
        id="m17",
        channel="web",
        author={"id": "p-ruth"},
        text="Dear Mira",
        at=tomorrow,
        conversation="c-ruth",
    )
    expect(page.locator("#n17")).to_be_attached()
    expect(heads).to_have_count(before + 1)
    expect(heads.last.locator("xpath=following-sibling::li[1]")).to_have_attribute("id", "n17")
