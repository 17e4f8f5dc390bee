"""Checking in, in a real browser on both sides: a wrong word, another country, asked again within half a sentence."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from messaging.conversations import Session
from messaging.sessions.booking import book
from messaging.sessions.holding import open_session
from messaging.sessions.recognising import choose_word
from messaging.sessions.rules import set_rules
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.browsing import check_in, chromium, sign_in

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 820}
OUT_OF_REACH = """field => {
  const { x, y, width, height } = field.getBoundingClientRect();
  field.focus();
  return document.activeElement !== field
    && document.elementFromPoint(x + width / 2, y + height / 2).closest("[data-check-in-again]") !== null;
}"""
"""Neither key nor finger gets at it, and something else is seen in its place."""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of the test's own."""
    async with chromium() as opened:
        yield opened


@dataclass
class Side:
    """One person's browser, signed in; what it complained about, and every frame that reached it."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    frames: list[str] = field(default_factory=list)


@dataclass
class Both:
    """Ruth's phone and Dr Mira's desk, an appointment at hand."""

    people: Cast
    site: str
    browser: Browser

    async def side(self, name: str, *, scripts: bool = True) -> Side:
        """Somebody signs in."""
        context = await self.browser.new_context(
            viewport=DESK if name == "mira" else PHONE,  # type: ignore[arg-type]
            java_script_enabled=scripts,
        )
        side = Side(await context.new_page())
        side.page.on("pageerror", lambda error: side.complaints.append(str(error)))
        side.page.on(
            "console", lambda said: side.complaints.append(said.text) if said.type == "error" else None
        )
        side.page.on(
            "websocket", lambda socket: socket.on("framereceived", lambda one: side.frames.append(str(one)))
        )
        await sign_in(side.page, self.site, self.people, name)
        return side

    async def near(self, conversation: str = "ruth") -> Session:
        """A session in ten minutes."""
        held, _ = await self.people.enter("mira", conversation, Deed.HOLD_SESSION)
        return await book(self.people.office, held, self.people.office.clock() + timedelta(minutes=10), 50)

    async def live(self, conversation: str = "ruth") -> None:
        """A session, now."""
        held, _ = await self.people.enter("mira", conversation, Deed.HOLD_SESSION)
        await open_session(self.people.office, held)

    async def to_the_door(self, client: Side, conversation: str = "ruth") -> None:
        """The waiting room, by its own address."""
        await client.page.goto(f"{self.site}/me/session/{self.people.conversation(conversation)}")

    async def to_the_desk(self, mira: Side, conversation: str = "ruth") -> None:
        """The open conversation; its stream is there before anything else happens."""
        await mira.page.goto(f"{self.site}/c/{self.people.conversation(conversation)}")
        await followed(mira)


async def followed(side: Side) -> None:
    """Until the page has been told how things stand."""
    await expect(side.page.locator("html")).to_be_visible()
    for _ in range(500):
        if any('"opened"' in one for one in side.frames):
            return
        await side.page.wait_for_timeout(10)
    raise AssertionError("the page follows nothing")


@pytest.fixture
async def both(site: str, people: Cast, browser: Browser) -> Both:
    """Both sides, not yet there."""
    return Both(people, site, browser)


async def set_word(people: Cast, word: str) -> None:
    await choose_word(people.office, people.practice.id, people["ruth"].id, word, instead=True)


@pytest.mark.parametrize("word", ["roter fuchs", "BLAUER  Fuchs"], ids=["wrong", "right"])
async def test_12_the_therapist_sees_the_verdict_the_client_a_neutral_page_and_nothing_opens(
    both: Both, word: str
) -> None:
    await set_word(both.people, "Blauer Fuchs")
    await both.near()
    ruth, mira = await both.side("ruth"), await both.side("mira")
    await both.to_the_desk(mira)
    await expect(mira.page.get_by_text("has not checked in yet")).to_be_visible()
    await ruth.page.goto(f"{both.site}/me")
    await ruth.page.get_by_role("link", name="Go to the waiting room").click()
    await ruth.page.get_by_label("Your word").fill(word)
    await check_in(ruth.page)

    await expect(ruth.page.get_by_role("heading", name="You are checked in")).to_be_visible()
    neutral = await ruth.page.locator("main").inner_text()
    assert not any(hint in neutral.casefold() for hint in ("match", "word", "wrong", "fuchs"))
    verdict = "Word does not match" if word.startswith("roter") else "Word matches"
    await expect(mira.page.get_by_text(verdict).first).to_be_visible()
    assert "fuchs" not in (await mira.page.content()).casefold()
    await expect(mira.page.get_by_role("button", name="Open a session now")).to_be_visible()
    _, circle = await both.people.enter("mira", "ruth")
    assert circle.conversation.live is None

    await mira.page.get_by_role("button", name="Open a session now").click()
    await expect(ruth.page.get_by_label("Your message")).to_be_visible()
    await expect(mira.page.get_by_text(verdict).first).to_be_visible()
    assert ruth.complaints + mira.complaints == []


async def test_13_another_country_is_warned_of_before_the_therapist_enters(both: Both) -> None:
    await set_rules(both.people.office, both.people["mira"], {"regions": ["Austria", "Germany"]})
    await both.near()
    ruth, mira = await both.side("ruth"), await both.side("mira")
    await both.to_the_desk(mira)
    await both.to_the_door(ruth)
    await ruth.page.get_by_label("Place").fill("a hotel in Zurich")
    await ruth.page.get_by_label("Country or region").select_option("CH")
    await ruth.page.get_by_label("Not now").check()
    await ruth.page.get_by_role("button", name="Ready").click()
    await expect(ruth.page.get_by_role("heading", name="You are checked in")).to_be_visible()

    warning = mira.page.get_by_text("Outside the places agreed on: Austria and Germany.")
    await expect(warning).to_be_visible()
    await expect(warning).to_contain_text("Please decide before you open the session.")
    await expect(mira.page.get_by_text("Not alone now")).to_be_visible()
    await expect(mira.page.get_by_role("button", name="Open a session now")).to_be_visible()
    assert ruth.complaints + mira.complaints == []


async def test_asked_again_within_a_session_covers_the_room_and_loses_no_half_sentence(both: Both) -> None:
    await both.live()
    ruth, mira = await both.side("ruth"), await both.side("mira")
    await both.to_the_door(ruth)
    await check_in(ruth.page)
    await ruth.page.get_by_label("Your message").fill("What I did not say about Sunday")
    await both.to_the_desk(mira)
    await mira.page.get_by_label("Your message to Ruth").fill("half a thought")
    await mira.page.get_by_role("button", name="Ask again").click()
    await expect(mira.page.get_by_text("no answer yet")).to_be_visible()
    await expect(mira.page.get_by_label("Your message to Ruth")).to_have_value("half a thought")

    asked = ruth.page.get_by_role("region", name="Dr Mira asks you to check in once more")
    await expect(asked).to_be_visible()
    await expect(ruth.page.get_by_role("heading", name="asks you to check in once more")).to_be_focused()
    assert await ruth.page.get_by_label("Your message").evaluate(OUT_OF_REACH)
    await expect(ruth.page.get_by_role("link", name="Help now")).to_be_in_viewport()
    await asked.get_by_label("Somewhere else").check()
    await asked.get_by_label("Place").fill("x" * 120)
    await asked.get_by_label("Yes").check()
    await asked.get_by_role("button", name="Ready").click()
    await expect(asked.get_by_role("alert")).to_have_text("Please choose the country or region you are in.")
    await asked.get_by_label("Place").fill("the stairwell")
    await asked.get_by_label("Country or region").select_option("AT")
    await asked.get_by_role("button", name="Ready").click()

    await expect(asked).to_be_hidden()
    await expect(ruth.page.get_by_label("Your message")).to_have_value("What I did not say about Sunday")
    await expect(ruth.page.get_by_label("Your message")).to_be_focused()
    await expect(mira.page.get_by_text("the stairwell")).to_be_visible()
    await expect(mira.page.get_by_role("link", name="+43 660 123 45 67").first).to_have_attribute(
        "href", "tel:+436601234567"
    )
    assert mira.complaints == []
    # The refused answer is a refusal on purpose; a browser writes each into its console.
    assert [one for one in ruth.complaints if "422" not in one] == []


async def test_a_session_that_opens_does_not_take_the_questions_away(both: Both) -> None:
    session = await both.near()
    ruth = await both.side("ruth")
    await both.to_the_door(ruth)
    await followed(ruth)
    await ruth.page.get_by_label("Place").fill("at ho")
    held, _ = await both.people.enter("mira", "ruth", Deed.HOLD_SESSION)
    await open_session(both.people.office, held, session)
    await expect(ruth.page.get_by_text("Press Ready to enter it.")).to_be_visible()
    await expect(ruth.page.get_by_label("Place")).to_have_value("at ho")
    await check_in(ruth.page)
    await expect(ruth.page.get_by_label("Your message")).to_be_visible()


async def test_let_in_without_a_check_in_the_client_is_in_the_room(both: Both) -> None:
    await both.live()
    ruth, mira = await both.side("ruth"), await both.side("mira")
    await both.to_the_door(ruth)
    await followed(ruth)
    await both.to_the_desk(mira)
    await mira.page.get_by_role("button", name="Let in").click()
    await expect(ruth.page.get_by_label("Your message")).to_be_visible()
    await expect(mira.page.get_by_role("region", name="Check-in")).to_contain_text(
        "let in without a check-in"
    )


async def test_one_half_of_a_couple_gets_nothing_of_the_other_by_any_way(both: Both) -> None:
    await both.live("ben")
    tess, ben = await both.side("tess"), await both.side("ben")
    await both.to_the_door(tess, "ben")
    await check_in(tess.page)
    await expect(tess.page.get_by_label("Your message")).to_be_visible()
    await followed(tess)
    await both.to_the_door(ben, "ben")
    await ben.page.get_by_label("Place").fill("Xylophonplatz")
    await ben.page.get_by_label("Country or region").select_option("CH")
    await ben.page.get_by_label("Not now").check()
    await ben.page.get_by_label("Telephone").fill("+43 660 9182736455")
    await ben.page.get_by_role("button", name="Ready").click()
    await expect(ben.page.get_by_label("Your message")).to_be_visible()

    await expect(tess.page.locator("li.event", has_text="checked in")).to_have_count(2)
    come = "".join(tess.frames) + await tess.page.content()
    assert "checked_in" in come
    for never in ("Xylophonplatz", "9182736455", '"CH"', "none_set"):
        assert never not in come.replace('value="CH"', "")


async def test_without_scripts_one_checks_in_by_a_plain_form(both: Both) -> None:
    await both.near()
    ruth = await both.side("ruth", scripts=False)
    await ruth.page.goto(f"{both.site}/me")
    await ruth.page.get_by_role("link", name="Go to the waiting room").click()
    await check_in(ruth.page)
    await expect(ruth.page.get_by_role("heading", name="You are checked in")).to_be_visible()
