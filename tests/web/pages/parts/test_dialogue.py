"""A letter that answers another passage by passage, as it is read: whose words are whose, on both sides."""

import random
import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Page, sync_playwright

from messaging.letters.passages import left, quoted
from messaging.letters.writing import Letter, write_letter
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.browsing import ARGUMENTS, PROGRAM
from tests.web.preview import serve
from tests.web.visitor import Visitor

HERS = """Dear Mira,

I keep going back to that evening. Not the shouting,
the part after.

> What did you do with your hands?

I held the edge of the table."""

ANSWER = """Dear Ruth,

> I keep going back to that evening. Not the shouting, the part after.

What strikes me is that you remember the part after.

> What did you do with your hands?

You answered that one.

> <b>Nobody</b> wrote this

Mira"""

SIGNS = [">", "> ", ">>", "a", "[b]", "<i>", "\n", "\n\n", " ", "\u0628", "\u4e2d", "\U0001f6b6", ".", "\t"]


async def letters(cast: Cast, *said: tuple[str, str], file: str = "ruth") -> None:
    """Letters in this order: who wrote, and what."""
    for who, text in said:
        held, circle = await cast.enter(who, file, Deed.WRITE)
        await write_letter(cast.office, held, circle, Letter(uuid4(), text))


async def test_an_answer_names_whose_words_it_quotes_and_leads_to_them(
    people: Cast, ruth: Visitor, mira: Visitor
) -> None:
    await letters(people, ("mira", "What did you do with your hands?"), ("ruth", HERS), ("mira", ANSWER))
    read = await mira.get(f"/c/{people.conversation('ruth')}")
    assert re.search(r'<p class="origin">\s*<a href="#n2"><bdi>Ruth</bdi> wrote, <time', read.text)
    assert read.text.count('<a href="#n2">') == 1
    assert re.search(r'<p class="origin">\s*<a href="#n1">You wrote, <time[^>]*>[^<]*</time></a>', read.text)
    own = await ruth.get("/me/letters")
    assert re.search(r'<p class="origin">\s*<a href="#n2">You wrote, <time', own.text)
    for page in (read, own):
        assert '<blockquote dir="auto"><p>I keep going back to that evening.' in page.text
        assert "&lt;b&gt;Nobody&lt;/b&gt; wrote this" in page.text
        assert page.text.count('class="origin"') == 2, "her answer's question, and her words; nothing else"


async def test_words_that_two_people_wrote_are_given_to_neither(people: Cast, mira: Visitor) -> None:
    said = ("ben", "I am tired."), ("tess", "I am tired."), ("tess", "And cold.")
    answer = ("mira", "> I am tired.\n\nBoth of you.\n\n> And cold.\n\nYes.")
    await letters(people, *said, answer, file="ben")
    page = await mira.get(f"/c/{people.conversation('ben')}")
    assert page.text.count('class="origin"') == 1
    assert '<a href="#n3"><bdi>Tess</bdi> wrote' in page.text


@pytest.fixture(scope="module")
def blank() -> Iterator[Page]:
    """A page that has our scripts at hand."""
    server = serve()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_address[1]}/error")
        yield page
        browser.close()
    server.shutdown()
    server.server_close()


def texts(count: int) -> list[str]:
    """Always the same, of everything that decides where a passage ends."""
    chance = random.Random(23)
    return ["".join(chance.choices(SIGNS, k=chance.randrange(1, 40))) for _ in range(count)]


def test_quoting_and_what_is_left_are_the_same_in_the_browser(blank: Page) -> None:
    cases = [
        ([one for one in part.split("\n") if one.strip()], part, answer)
        for part, answer in zip(texts(300), texts(600)[300:], strict=True)
    ]
    found = blank.evaluate(
        """async (cases) => {
          const { quoted } = await import("/static/js/selected.js");
          const { left } = await import("/static/js/unanswered.js");
          return cases.map(([paragraphs, words, answer]) => [quoted(words), left(paragraphs, answer)]);
        }""",
        cases,
    )
    expected = [[quoted(words), list(left(paragraphs, answer))] for paragraphs, words, answer in cases]
    assert found == expected
