"""What counts as unread is one rule for the page and the API: somebody else's words beyond one's mark that still stand."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from messaging.conversations import Kind
from messaging.facts import NumberFacts
from messaging.ids import SYSTEM
from messaging.inbox.listing import is_unread
from messaging.messages import AMENDING, Body, Channel, EventName
from messaging.people import Person
from messaging.record.reading import enter, entries_after
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.every_state import FACTS, Line, World
from tests.web.hostile import Door
from threads.inbox import listing as inboxes
from threads.tables.conversations import members

DOT = '<span class="dot">'


@dataclass(frozen=True)
class Kept:
    """A line of the record, and whether it is words that still stand."""

    line: Line
    words: bool = False


def everything(world: World, name: str) -> list[Kept]:
    """Each kind of entry by each kind of author, and each thing that an author makes of their own."""
    ben, tess = (person.id for person in world.clients[name])
    mira = world.cast["mira"].id
    made: list[Kept] = []
    for author in (ben, tess, mira, uuid4()):
        for channel in Channel:
            made.append(Kept(Line(author, Body("Words."), channel), words=True))
        for amended in ((), (EventName.CORRECTED,), (EventName.CORRECTED,) * 2, (EventName.WITHDRAWN,)):
            made += changed(author, author, amended, len(made))
        made += changed(author, author, (EventName.CORRECTED, EventName.WITHDRAWN), len(made))
        # Whoever else says so, and however it came into the record: these words stand.
        made += changed(author, SYSTEM, (EventName.WITHDRAWN,), len(made))
    for event in set(EventName) - AMENDING:
        for author in (ben, mira, SYSTEM):
            text = "What I take with me." if event is EventName.CLOSING else ""
            made.append(Kept(Line(author, Body(text, event=event, facts=FACTS[event]))))
    closing = Body("Better words.", event=EventName.CLOSING, facts=FACTS[EventName.CLOSING])
    made += [Kept(Line(ben, closing)), Kept(Line(ben, closing, amends=len(made) + 1))]
    return made


def changed(author: UUID, by: UUID, amended: Sequence[EventName], before: int) -> list[Kept]:
    """A message, and what somebody made of it."""
    number = before + 1
    stands = not (by == author and EventName.WITHDRAWN in amended)
    later = [
        Kept(Line(by, Body("Now.", event=one, facts=NumberFacts(number)), Channel.CHAT, amends=number))
        for one in amended
    ]
    return [Kept(Line(author, Body("First."), Channel.CHAT), words=stands), *later]


async def begin(cast: Cast) -> tuple[World, list[Kept]]:
    world = World(cast)
    await world.begin("both", Kind.COUPLE)
    kept = everything(world, "both")
    await world.write("both", [one.line for one in kept])
    return world, kept


class Reading:
    """How many the API counts, and whether the page has its dot."""

    def __init__(self, world: World) -> None:
        self.world, self.door = world, Door(world.cast.house)

    async def mark(self, reader: Person, number: int) -> None:
        mine = (members.c.person_id == reader.id) & (
            members.c.conversation_id == self.world.conversations["both"]
        )
        await self.world.change(members, mine, read_number=number)

    async def page(self, reader: Person, path: str) -> str:
        made = await self.world.cast.token_of(reader)
        reply = await self.door.ask("GET", path, b"", {"authorization": f"Bearer {made}"})
        assert reply.status == 200
        return reply.body.decode()

    async def counted(self, reader: Person) -> int:
        found = json.loads(await self.page(reader, "/api/v1/conversations"))["conversations"]
        here = str(self.world.conversations["both"])
        return int(next(one["unread"] for one in found if one["id"] == here))


async def test_every_kind_of_entry_counts_as_the_rule_says_from_every_mark(cast: Cast) -> None:
    world, kept = await begin(cast)
    reading = Reading(world)
    for reader in (world.clients["both"][0], cast["mira"]):
        held, _ = await enter(cast.office, reader, world.conversations["both"], Deed.READ)
        entries = await entries_after(cast.office, held, 0)
        assert len(entries) == len(kept)
        for mark in range(len(kept) + 1):
            await reading.mark(reader, mark)
            expected = sum(one.words and one.line.author != reader.id for one in kept[mark:])
            assert await reading.counted(reader) == expected, f"{reader.role} from {mark}"
            assert sum(is_unread(one, reader.id, mark) for one in entries) == expected
            if reader is cast["mira"] and mark % 3 == 0:
                assert (DOT in await reading.page(reader, "/inbox/rows")) == (expected > 0), mark


async def test_who_never_read_is_told_of_the_newest_alone(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inboxes, "COUNTED", 10)
    world = World(cast)
    await world.begin("both", Kind.COUPLE)
    ben = world.clients["both"][0].id
    await world.write("both", [Line(ben, Body(f"Word {one}."), Channel.CHAT) for one in range(40)])
    reading = Reading(world)
    assert await reading.counted(cast["mira"]) == 10
    assert await reading.counted(world.clients["both"][0]) == 0
