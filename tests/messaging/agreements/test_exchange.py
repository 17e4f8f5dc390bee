"""The exchange contract: proposed by who cares, holding with the last yes; answers are counted, and nothing is blocked."""

import asyncio
from datetime import time
from uuid import uuid4

import pytest

from messaging.agreements.exchange import Exchange, Terms, checked_terms, exchange_of
from messaging.agreements.proposing import agree, propose, say_kind
from messaging.conversations import AnswerRule
from messaging.errors import Conflict, Crossed, Malformed, NotFound
from messaging.letters.sending_later import When, keep_pending, send_now, send_pending
from messaging.letters.writing import Letter, Purpose, write_letter
from messaging.memory.exchanges import ReplyKind
from messaging.practice.circles import answer_by
from messaging.trust.access import Deed
from tests.cast import Cast

THURSDAYS = AnswerRule(3, time(17, 30))
EIGHT = Terms(THURSDAYS, words=600, exchanges=8)


async def proposed(cast: Cast, terms: Terms = EIGHT, of: str = "ruth") -> Exchange:
    held, circle = await cast.enter("mira", of, Deed.ASSIGN)
    return await propose(cast.office, held, circle, uuid4(), terms)


async def agreed(cast: Cast, stands: Exchange, who: str = "ruth", of: str = "ruth") -> Exchange:
    held, circle = await cast.enter(who, of, Deed.WRITE)
    assert stands.proposed is not None
    return await agree(cast.office, held, circle, stands.proposed.id)


async def answered(cast: Cast, purpose: Purpose | None = None, who: str = "mira") -> int:
    held, circle = await cast.enter(who, "ruth", Deed.WRITE)
    return (await write_letter(cast.office, held, circle, Letter(uuid4(), "Words.", purpose=purpose))).number


async def stands(cast: Cast, who: str = "mira", of: str = "ruth") -> Exchange:
    return await exchange_of(cast.office, (await cast.enter(who, of))[0])


async def said(cast: Cast, number: int, kind: ReplyKind, who: str = "mira") -> Exchange:
    held, _ = await cast.enter(who, "ruth", Deed.ASSIGN)
    return await say_kind(cast.office, held, number, kind)


async def test_what_is_proposed_changes_nothing_until_a_yes_and_then_every_promise(cast: Cast) -> None:
    assert await stands(cast) == Exchange()
    first = await proposed(cast)
    assert first.agreed is None
    assert (await cast.enter("ruth", "ruth"))[1].conversation.answer == AnswerRule()
    mira, circle = await cast.enter("mira", "ruth", Deed.WRITE)
    assert first.proposed is not None
    with pytest.raises(NotFound):  # nobody who cares says yes in a client's place
        await agree(cast.office, mira, circle, first.proposed.id)
    await agreed(cast, first)
    held = await agreed(cast, first)  # twice is once
    assert held == await stands(cast)
    assert held.proposed is None
    assert held.agreed is not None
    assert held.agreed.terms == EIGHT
    assert (await cast.enter("ruth", "ruth"))[1].conversation.answer == THURSDAYS
    with pytest.raises(Conflict):  # agreed is agreed
        await answer_by(cast.office, cast["mira"], cast.conversation("ruth"), AnswerRule())
    with pytest.raises(Conflict):
        await proposed(cast)


async def test_a_yes_to_what_was_replaced_meanwhile_is_none(cast: Cast) -> None:
    first = await proposed(cast)
    await proposed(cast, Terms(exchanges=4))
    with pytest.raises(Crossed):
        await agreed(cast, first)
    assert (await stands(cast)).agreed is None
    held, circle = await cast.enter("ruth", "ruth", Deed.WRITE)
    with pytest.raises(NotFound):
        await propose(cast.office, held, circle, uuid4(), EIGHT)


async def test_of_two_in_care_both_say_yes(cast: Cast) -> None:
    first = await proposed(cast, of="ben")
    half = await agreed(cast, first, "ben", "ben")
    assert half.agreed is None
    assert half.proposed is not None
    assert half.proposed.yes == {cast["ben"].id}
    assert (await agreed(cast, first, "tess", "ben")).agreed is not None
    again = await proposed(cast, Terms(exchanges=3), of="ben")
    both = await asyncio.gather(
        *(agreed(cast, again, who, "ben") for who in ("ben", "tess")), return_exceptions=True
    )
    slow = [who for who, one in zip(("ben", "tess"), both, strict=True) if isinstance(one, Crossed)]
    for who in slow:  # who was a moment late reads it once more
        await agreed(cast, again, who, "ben")
    now = (await stands(cast, of="ben")).agreed
    assert now is not None
    assert now.terms.exchanges == 3


async def test_answers_of_the_work_itself_are_counted_and_nothing_stops_at_the_last(cast: Cast) -> None:
    await answered(cast)
    await agreed(cast, await proposed(cast, Terms(exchanges=2)))
    one = await answered(cast)
    await answered(cast, Purpose.CLARIFICATION)
    dates = await answered(cast, Purpose.ADMINISTRATIVE)
    await answered(cast, who="ruth")
    now = await stands(cast, "ruth")
    assert ([reply.number for reply in now.counted], now.left) == ([one], 1)
    assert [reply.kind for reply in now.replies] == list(ReplyKind)
    assert (await said(cast, dates, ReplyKind.THERAPEUTIC)).left == 0
    await said(cast, dates, ReplyKind.ADMINISTRATIVE)
    await said(cast, dates, ReplyKind.ADMINISTRATIVE)
    assert (await said(cast, dates, ReplyKind.THERAPEUTIC)).used == 2
    await answered(cast)
    await answered(cast, who="ruth")
    used_up = await stands(cast)
    assert (used_up.used, used_up.left) == (3, 0)
    with pytest.raises(NotFound):  # a client's letter is no answer
        await said(cast, one - 1, ReplyKind.CLARIFICATION)
    with pytest.raises(NotFound):
        await said(cast, one, ReplyKind.CLARIFICATION, "ruth")


async def test_a_count_goes_on_or_begins_anew_as_was_agreed(cast: Cast) -> None:
    await agreed(cast, await proposed(cast, EIGHT))
    await answered(cast)
    on = await agreed(cast, await proposed(cast, Terms(exchanges=12, goes_on=True)))
    assert (on.used, on.left) == (1, 11)
    await answered(cast)
    assert (await agreed(cast, await proposed(cast, Terms(exchanges=20, goes_on=True)))).used == 2
    anew = await agreed(cast, await proposed(cast, EIGHT))
    assert (anew.used, anew.left) == (0, 8)


async def test_a_letter_that_waits_keeps_its_kind(cast: Cast) -> None:
    await agreed(cast, await proposed(cast))
    held, _ = await cast.enter("mira", "ruth", Deed.WRITE)
    letter, later = Letter(uuid4(), "Dates.", purpose=Purpose.ADMINISTRATIVE), cast.office.clock()
    await keep_pending(cast.office, held, letter, When(later))
    await send_now(cast.office, held, letter.key)
    row = await cast.office.memory.pending_letters.find(held, letter.key)
    assert row is not None
    await send_pending(cast.office, row)
    assert [one.kind for one in (await stands(cast)).replies] == [ReplyKind.ADMINISTRATIVE]


@pytest.mark.parametrize(
    "raw",
    [
        {"more": 1},
        {"words": 19},
        {"words": "600"},
        {"exchanges": 0},
        {"exchanges": True},
        {"exchanges": 201},
        {"goes_on": 1},
        {"answers": "thursdays"},
        {"answers": {"weekday": "thursday", "working_days": 2}},
    ],
)
def test_what_are_no_terms_is_refused(raw: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        checked_terms(raw, AnswerRule())
