"""Which session it is time for, as the start comes nearer: first it is the one that is meant, then its room opens."""

from datetime import timedelta

from messaging.sessions.at_hand import MEANT_FROM, ROOM_OPENS, due_session, session_at_hand
from messaging.sessions.booking import book
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.messaging.sessions.booked import office_at, tomorrow

SECOND = timedelta(seconds=1)


async def test_who_waits_in_the_room_waits_for_the_session_that_is_meant(cast: Cast) -> None:
    held, circle = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    session = await book(cast.office, held, tomorrow(), 50)
    stood = []
    for before in (MEANT_FROM + SECOND, MEANT_FROM, ROOM_OPENS + SECOND, ROOM_OPENS, -49 * 60 * SECOND):
        then = office_at(cast.office, session.starts - before)
        meant = await due_session(then, held)
        open_to = await session_at_hand(then, circle.conversation)
        assert {meant, open_to} <= {None, session}
        stood.append((meant is not None, open_to is not None))
    assert stood == [(False, False), (True, False), (True, False), (True, True), (True, True)]
