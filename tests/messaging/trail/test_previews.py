"""The last words in a list: a line a day for each reader and conversation, whoever asks and however often."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from messaging.errors import Busy
from messaging.inbox.listing import changed_lines, inbox
from messaging.letters.writing import Letter, write_letter
from messaging.memory.trail import Asked
from messaging.office import Office
from messaging.people import Person
from messaging.trust.access import Deed
from messaging.trust.noted import Noted
from tests.cast import Cast
from threads.trail.trail import Trail
from web.house import house

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def at(cast: Cast, when: datetime) -> Office:
    return replace(cast.office, clock=lambda: when)


async def letter(cast: Cast, who: str, conversation: str) -> None:
    held, circle = await cast.enter(who, conversation, Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(uuid4(), "Heron."))


async def previews(cast: Cast) -> Counter[tuple[UUID, UUID | None]]:
    asked = Asked(acts=frozenset({Noted.PREVIEWED}))
    found = await cast.office.memory.trail_lines.newest(cast.practice.id, asked, None, 100)
    return Counter((one.line.actor, one.line.subject) for one in found)


async def test_a_look_at_the_list_is_one_line_a_day_for_each_conversation_with_anothers_words(
    cast: Cast,
) -> None:
    await letter(cast, "ruth", "ruth")
    await letter(cast, "ben", "ben")
    await letter(cast, "mira", "linden")
    for hours in (0, 1, 11):
        await inbox(at(cast, NOON + timedelta(hours=hours)), cast["mira"], shown=True)
    ruths, bens = ((cast["mira"].id, cast.conversation(name)) for name in ("ruth", "ben"))
    assert await previews(cast) == {ruths: 1, bens: 1}, "her own words in Linden's are none"
    await inbox(at(cast, NOON + timedelta(hours=12)), cast["mira"], shown=True)
    assert await previews(cast) == {ruths: 2, bens: 2}, "the next day"


async def test_a_list_without_words_and_a_clients_own_are_none(cast: Cast) -> None:
    await letter(cast, "mira", "ruth")
    await letter(cast, "ruth", "ruth")
    await inbox(cast.office, cast["mira"])
    await inbox(cast.office, cast["ruth"], shown=True)
    assert not await previews(cast)


async def test_a_row_that_changed_is_noted_as_the_list_is(cast: Cast) -> None:
    await letter(cast, "ruth", "ruth")
    readers: dict[object, Person] = {cast[name].id: cast[name] for name in ("mira", "eli", "ruth")}
    for _ in range(2):
        await changed_lines(
            at(cast, NOON),
            cast.practice.id,
            readers,  # type: ignore[arg-type]  # ids of people
            [cast.conversation("ruth")],
        )
    await inbox(at(cast, NOON), cast["mira"], shown=True)
    assert await previews(cast) == {(cast["mira"].id, cast.conversation("ruth")): 1}


async def test_another_process_finds_the_line_of_the_day(cast: Cast) -> None:
    await letter(cast, "ruth", "ruth")
    await inbox(at(cast, NOON), cast["mira"], shown=True)
    async with house(cast.house.settings, beside=True) as other:
        await inbox(replace(other.office, clock=lambda: NOON), cast["mira"], shown=True)
    assert sum((await previews(cast)).values()) == 1


async def test_many_at_once_write_one(cast: Cast) -> None:
    await letter(cast, "ruth", "ruth")
    looks = [inbox(at(cast, NOON), cast["mira"], shown=True) for _ in range(8)]
    await asyncio.gather(*looks)
    assert sum((await previews(cast)).values()) == 1


async def test_what_could_not_be_noted_is_noted_the_next_time(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    await letter(cast, "ruth", "ruth")
    trail = cast.office.memory.trail
    assert isinstance(trail, Trail)

    async def away(*_: object) -> None:
        raise Busy

    with monkeypatch.context() as patch:
        patch.setattr(trail, "note", away)
        with pytest.raises(Busy):
            await inbox(at(cast, NOON), cast["mira"], shown=True)
    assert not await previews(cast)
    await inbox(at(cast, NOON), cast["mira"], shown=True)
    assert sum((await previews(cast)).values()) == 1
