"""What came live stands as a fresh page shows it: every kind of entry, on both sides, before and after a session's end."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from itertools import cycle, permutations
from uuid import uuid4

from playwright.async_api import Browser, Page, WebSocketRoute, expect

from messaging.facts import LetterFacts, NumberFacts
from messaging.ids import SYSTEM, LetterId, OriginalId
from messaging.letters.writing import Letter, write_letter
from messaging.memory.record import Turn
from messaging.messages import AMENDING, AttachmentNote, Body, Channel, EntryKind, EventName
from messaging.record.posting import Draft, Where, post, say
from messaging.sessions.holding import end_session
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast
from tests.web.browser.live_room import (
    bubbles,
    client_in_room,
    connected,
    live,
    therapist_in_room,
    until,
    write,
)
from tests.web.browser.shown_list import shown, until_shown
from tests.web.every_state import FACTS

MAILED = Body(
    text="I kept the diary, as you asked.\n\n> Would you write it down at night?\n\nIt is in the file. [a breath]",
    folded="> Dear Ruth,\n> would you write it down at night?",
    facts=LetterFacts(also=("tess@elsewhere.example",), notes=("The picture in it was left out.",)),
    attachments=(AttachmentNote(uuid4(), "diary.pdf", "application/pdf", 48_000),),
    original=OriginalId(uuid4()),
)

HELD = {EventName.SESSION_OPENED, EventName.SESSION_ENDED}


@dataclass
class Record:
    """Writes into Ruth's record by its one door."""

    people: Cast
    last: int = 0

    async def add(self, who: str, draft: Draft) -> int:
        """As somebody, or as the server itself. The entry's number."""
        way = errand(self.people.practice.id, self.people.conversation("ruth"), Work.FOLLOWING)
        author = SYSTEM if who == "server" else self.people[who].id
        outcome = await post(self.people.office, Where(way, author), draft)
        self.last = max(self.last, outcome.number)
        return outcome.number

    async def say(self, who: str, text: str) -> int:
        """In the session."""
        held, _ = await self.people.enter(who, "ruth", Deed.SAY)
        return (await say(self.people.office, held, uuid4(), text)).number


def mailed(letter: LetterId) -> Draft:
    """With everything a mail can bring."""
    return Draft(uuid4(), MAILED, Channel.EMAIL, turn=Turn.ASKS, letter=letter)


def events() -> Iterator[tuple[str, Draft]]:
    """Each that can happen, in turns by a person and by the server; but what is an act of its own below."""
    for who, name in zip(cycle(("mira", "server")), sorted(set(EventName) - AMENDING - HELD), strict=False):
        text = "the edge of the table" if name is EventName.CLOSING else ""
        yield who, Draft(uuid4(), Body(text=text, event=name, facts=FACTS[name]), kind=EntryKind.EVENT)


async def everything(record: Record) -> None:
    """Every kind of entry, and what can be said of it in its neighbours."""
    office, people = record.people.office, record.people
    letter = LetterId(uuid4())
    await record.add("ruth", mailed(letter))
    await record.add("ruth", replace(mailed(letter), body=Body(text="P.S. I nearly did not send it.")))
    held, circle = await people.enter("mira", "ruth", Deed.WRITE)
    quoting = "Dear Ruth,\n\n> I kept the diary, as you asked.\n\nThank you."
    await write_letter(office, held, circle, Letter(uuid4(), quoting))
    await record.add(
        "ruth", replace(mailed(LetterId(uuid4())), channel=Channel.WEB, body=Body(text="Again."))
    )
    for who, text in (
        ("ruth", "one"),
        ("ruth", "two"),
        ("mira", "three"),
        ("mira", "\u200b"),
        ("ruth", "four"),
    ):
        await record.say(who, text)
    for who, draft in events():
        await record.add(who, draft)
    for name, text in ((EventName.CORRECTED, "six, better"), (EventName.WITHDRAWN, "")):
        number = await record.say("ruth", "six")
        await record.say("ruth", "seven")
        body = Body(text=text, event=name, facts=NumberFacts(number))
        await record.add("ruth", Draft(uuid4(), body, kind=EntryKind.EVENT, amends=number))
    closing = Body(text="first", event=EventName.CLOSING)
    number = await record.add("ruth", Draft(uuid4(), closing, kind=EntryKind.EVENT))
    again = replace(closing, text="better", facts=FACTS[EventName.CLOSING])
    await record.add("ruth", Draft(uuid4(), again, kind=EntryKind.EVENT, amends=number))
    await record.say("mira", "the last")


async def fresh(page: Page) -> list[str]:
    """What the same address shows anew, in a tab beside."""
    beside = await page.context.new_page()
    await beside.goto(page.url)
    await connected(beside)
    lines = await shown(beside)
    await beside.close()
    return lines


async def test_what_came_live_is_what_a_reload_shows(site: str, people: Cast, browser: Browser) -> None:
    record = Record(people)
    long_ago = people.office.clock() - timedelta(days=2)
    await record.add("ruth", replace(mailed(LetterId(uuid4())), at=long_ago))
    mira = await therapist_in_room(browser, site, people)
    session = await live(people)
    pages = [mira, await client_in_room(browser, site, people)]
    await everything(record)
    for page in pages:
        await expect(bubbles(page, "the last")).to_be_visible()
        await until_shown(page, await fresh(page))
    held, _ = await people.enter("mira", "ruth", Deed.HOLD_SESSION)
    await end_session(people.office, held, session)
    await record.add("ruth", mailed(LetterId(uuid4())))
    for page in pages:
        await expect(page.locator("article.letter").last).to_contain_text("diary.pdf")
        await until_shown(page, await fresh(page))


async def test_a_mailed_letter_arrives_whole_on_a_page_without_a_session(
    site: str, people: Cast, browser: Browser
) -> None:
    record = Record(people)
    await record.add("ruth", mailed(LetterId(uuid4())))
    mira = await therapist_in_room(browser, site, people)
    ruth = await client_in_room(browser, site, people)
    await record.add("ruth", mailed(LetterId(uuid4())))
    letter = mira.locator("article.letter").last
    for part in ("diary.pdf", "answer by", "view original", "also received by", "left out"):
        await expect(letter).to_contain_text(part)
    await record.add(
        "server",
        Draft(uuid4(), Body(event=EventName.NEEDS_NO_ANSWER), kind=EntryKind.EVENT, turn=Turn.ANSWERS),
    )
    await expect(mira.get_by_text("answer by")).to_have_count(0)
    for page in (mira, ruth):
        await until_shown(page, await fresh(page))


async def test_a_chat_message_stands_at_once_and_asks_for_nothing(
    site: str, people: Cast, browser: Browser
) -> None:
    await live(people)
    mira = await therapist_in_room(browser, site, people)
    asked: list[str] = []
    mira.on("request", lambda request: asked.append(request.url))
    await Record(people).say("ruth", "only this")
    await expect(bubbles(mira, "only this")).to_be_visible()
    assert not [url for url in asked if "/entries" in url]


@dataclass
class Broken:
    """A line that carries words up and nothing down, until it breaks; then what came down, in an order of the test's."""

    order: tuple[str, ...]
    first: WebSocketRoute | None = None
    broken: bool = False
    said: str = ""
    held: dict[str, str] | None = None

    def take(self, line: WebSocketRoute) -> None:
        """One connection of the page."""
        server = line.connect_to_server()
        line.on_message(server.send)
        if self.first is None:
            self.first = line
            server.on_message(lambda words: self._before(line, str(words)))
        else:
            self.held = {}
            server.on_message(lambda words: self._after(line, str(words)))

    def _before(self, line: WebSocketRoute, words: str) -> None:
        if '"said"' in words:
            self.said = words
        elif not self.said:
            line.send(words)

    def _after(self, line: WebSocketRoute, words: str) -> None:
        for kind in ("opened", "message"):
            if self.held is not None and f'"type":"{kind}"' in words and kind not in self.held:
                self.held[kind] = words
                break
        else:
            line.send(words)
        if self.held is not None and len(self.held) == 2:
            ready, self.held = self.held | {"said": self.said}, None
            for kind in self.order:
                line.send(ready[kind])


async def test_own_words_stand_once_whatever_answer_comes_first_after_a_break(
    site: str, people: Cast, browser: Browser
) -> None:
    await live(people)
    for order in permutations(("opened", "message", "said")):
        context = await browser.new_context()
        line = Broken(order)
        await context.route_web_socket("**/live*", line.take)
        ruth = await client_in_room(browser, site, people, context=context)
        first, second = f"cut off here: {order}", f"and went on: {order}"
        await write(ruth, first)
        await write(ruth, second)
        await until(ruth, partial(getattr, line, "said"))
        assert line.first is not None
        await line.first.close(code=1012)
        for text in (first, second):
            await expect(bubbles(ruth, text)).to_have_count(1)
            await expect(bubbles(ruth, text).and_(ruth.locator("[data-number]"))).to_have_count(1)
        await context.unroute_all()
        await until_shown(ruth, await fresh(ruth))
        await context.close()
