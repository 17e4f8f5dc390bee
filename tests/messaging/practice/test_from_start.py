"""Who joined reads from before only by the yes of all in care; and who takes over reads what waits for an answer."""

import asyncio
from datetime import timedelta
from itertools import product
from uuid import uuid4

import pytest

from messaging.conversations import Conversation, Member
from messaging.errors import Conflict, NotFound
from messaging.facts import ReadsFromStartFacts
from messaging.letters.writing import Letter, write_letter
from messaging.messages import EventName
from messaging.practice.circles import Begins, ask_for_start, ask_no_more, join_circle, leave_circle
from messaging.practice.from_start import LASTS, answer_asked, asked_of, stands
from messaging.practice.handing_over import Successor, leave_practice
from messaging.record.reading import entries_after
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.messaging.sessions.booked import office_at

COUPLE = ("ben", "tess")


async def letter(cast: Cast, who: str, conversation: str = "ben", words: str = "Before.") -> None:
    held, circle = await cast.enter(who, conversation, Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(uuid4(), words))


async def read_by(cast: Cast, who: str, conversation: str = "ben") -> list[str]:
    held, _ = await cast.enter(who, conversation)
    return [one.body.text for one in await entries_after(cast.office, held, 0) if one.body.text]


async def joins(cast: Cast, begins: Begins = Begins.START) -> None:
    await join_circle(cast.office, cast["nour"], cast.conversation("ben"), cast["eli"].id, begins)


async def say(cast: Cast, who: str, *, agrees: bool = True) -> None:
    held, _ = await cast.enter(who, "ben", Deed.WRITE)
    await answer_asked(cast.office, held, cast["eli"].id, agrees=agrees)


async def asked(cast: Cast, who: str) -> bool:
    held, circle = await cast.enter(who, "ben")
    return [one.person for one in await asked_of(cast.office, held, circle.conversation)] == [cast["eli"].id]


async def found(cast: Cast) -> Conversation:
    one = await cast.office.memory.conversations.find(cast.practice.id, cast.conversation("ben"))
    assert one is not None
    return one


async def eli(cast: Cast) -> Member:
    one = (await found(cast)).member(cast["eli"].id)
    assert one is not None
    return one


@pytest.mark.parametrize("said", list(product([None, True, False], repeat=2)))
async def test_only_the_yes_of_all_moves_the_first_number(
    cast: Cast, said: tuple[bool | None, bool | None]
) -> None:
    """Every way in which two may answer. Until the last yes, and after any no, they read from now on."""
    await letter(cast, "ben")
    await joins(cast)
    assert [await asked(cast, who) for who in COUPLE] == [True, True]
    for who, agrees in zip(COUPLE, said, strict=True):
        if agrees is not None and await asked(cast, who):
            await say(cast, who, agrees=agrees)
            assert not await asked(cast, who)
    await letter(cast, "tess", words="After.")
    everything = said == (True, True)
    assert await read_by(cast, "eli") == (["Before.", "After."] if everything else ["After."])
    events = [one.body for one in await entries_after(cast.office, (await cast.enter("ben", "ben"))[0], 0)]
    told = [one.facts for one in events if one.event is EventName.READS_FROM_START]
    assert told == ([ReadsFromStartFacts(cast["eli"].id)] if everything else [])
    if False in said:
        kept = (await eli(cast)).start_asked
        assert kept is not None
        assert kept.refused
        assert not kept.asked | kept.yes, "who said what is kept nowhere"
        assert not any([await asked(cast, who) for who in COUPLE])


async def test_two_who_say_yes_at_the_same_moment_are_both_heard(cast: Cast) -> None:
    await letter(cast, "ben")
    await joins(cast)
    await asyncio.gather(*(say(cast, who) for who in COUPLE))
    assert await read_by(cast, "eli") == ["Before."]
    with pytest.raises(NotFound):
        await say(cast, "ben")


async def test_it_is_asked_for_two_weeks_and_a_no_stands_as_long(cast: Cast) -> None:
    await letter(cast, "ben")
    await joins(cast)
    await say(cast, "ben")
    over = office_at(cast.office, cast.office.clock() + LASTS + timedelta(minutes=1))
    held, circle = await cast.enter("tess", "ben", Deed.WRITE)
    assert await asked_of(over, held, circle.conversation) == ()
    with pytest.raises(NotFound):
        await answer_asked(over, held, cast["eli"].id, agrees=True)
    assert await read_by(cast, "eli") == []
    place, who = cast.conversation("ben"), cast["eli"].id
    await ask_for_start(over, cast["mira"], place, who)
    assert stands(await eli(cast), over.clock()) is not None, "asked anew, of both"
    assert len((await eli(cast)).start_asked.asked) == 2  # type: ignore[union-attr]
    await answer_asked(over, held, who, agrees=False)
    for asker in (over, office_at(cast.office, over.clock() + LASTS - timedelta(minutes=1))):
        with pytest.raises(Conflict):
            await ask_for_start(asker, cast["mira"], place, who)
    await ask_for_start(office_at(cast.office, over.clock() + LASTS), cast["mira"], place, who)


async def test_withdrawn_or_left_it_is_asked_no_more(cast: Cast) -> None:
    await letter(cast, "ben")
    await joins(cast)
    await ask_no_more(cast.office, cast["mira"], cast.conversation("ben"), cast["eli"].id)
    assert not await asked(cast, "ben")
    await joins(cast)  # and asked once more: they are in it already
    assert await asked(cast, "ben")
    await leave_circle(cast.office, cast["nour"], cast.conversation("ben"), cast["eli"].id)
    assert not any([await asked(cast, who) for who in COUPLE])
    await joins(cast, Begins.NOW)
    assert not await asked(cast, "ben")


async def test_who_leaves_is_not_asked_any_more_and_the_yes_of_the_others_stands(cast: Cast) -> None:
    await letter(cast, "ben")
    await joins(cast)
    await say(cast, "ben")
    await leave_circle(cast.office, cast["nour"], cast.conversation("ben"), cast["tess"].id)
    assert await read_by(cast, "eli") == ["Before."]


@pytest.mark.parametrize("who", ["mira", "linden", "eli"])
async def test_nobody_answers_for_those_in_care(cast: Cast, who: str) -> None:
    await joins(cast)
    with pytest.raises(NotFound):
        await say(cast, who)
    for act in (ask_for_start, ask_no_more):
        with pytest.raises(NotFound):
            await act(cast.office, cast["ben"], cast.conversation("ben"), cast["eli"].id)


async def test_who_takes_over_reads_from_the_first_letter_that_waits(cast: Cast) -> None:
    """Else it could be answered only by who has not read it."""
    for who in ("ben", "mira"):
        await letter(cast, who)
    await letter(cast, "tess", words="Waits.")
    await letter(cast, "ben", words="Waits too.")
    await letter(cast, "ruth", "ruth", "Settled.")
    await letter(cast, "mira", "ruth", "It is.")
    await leave_practice(cast.office, cast["nour"], cast["mira"].id, Successor(cast["eli"].id))
    assert await read_by(cast, "eli") == ["Waits.", "Waits too."]
    assert await read_by(cast, "eli", "ruth") == []
    assert not await asked(cast, "ben")


async def test_handing_over_asks_the_clients_where_that_is_wished(cast: Cast) -> None:
    await letter(cast, "ben")
    await letter(cast, "mira", words="Answered.")
    await leave_practice(
        cast.office, cast["nour"], cast["mira"].id, Successor(cast["eli"].id, ask_start=True)
    )
    assert await read_by(cast, "eli") == []
    for who in COUPLE:
        await say(cast, who)
    assert await read_by(cast, "eli") == ["Before.", "Answered."]
