"""A therapist's pages after sessions that were not held, and after long ones, read from whichever entry they begin with."""

from datetime import timedelta

import pytest

from messaging.record.posting import say
from messaging.sessions import booking
from messaging.sessions.holding import end_session, miss_session, open_session
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.messaging.sessions.booked import office_at, tomorrow
from tests.web.visitor import Visitor


async def test_a_conversation_opens_after_a_session_was_cancelled_or_missed(
    people: Cast, mira: Visitor
) -> None:
    office = people.office
    held, _ = await people.enter("mira", "ruth", Deed.HOLD_SESSION)
    cancelled = await booking.book(office, held, tomorrow(), 50)
    await booking.cancel(office, held, cancelled)
    missed = await booking.book(office, held, tomorrow(3), 50)
    await miss_session(office_at(office, missed.starts + timedelta(minutes=30)), held, missed)
    answer = await mira.get(f"/c/{people.conversation('ruth')}")
    assert answer.status == 200
    assert "was cancelled" in answer.words
    assert "The session did not take place" in answer.words


@pytest.mark.parametrize("live", [False, True], ids=["over", "while another is live"])
async def test_a_long_session_is_read_from_whichever_entry_a_page_begins_with(
    people: Cast, mira: Visitor, *, live: bool
) -> None:
    office = people.office
    held, _ = await people.enter("mira", "ruth", Deed.HOLD_SESSION)
    opened = await open_session(office, held)
    saying, _ = await people.enter("mira", "ruth", Deed.SAY)
    for number in range(60):
        await say(office, saying, office.new_id(), f"word {number}")
    await end_session(office, held, opened)
    if live:
        await open_session(office, held)
    place = f"/c/{people.conversation('ruth')}"
    for path in (
        place,
        *(f"{place}{kind}?before={cut}" for kind in ("", "/entries") for cut in (1, 2, 30, 62)),
    ):
        answer = await mira.get(path)
        assert answer.status == 200, path
    assert "word 59" in (await mira.get(place)).words
