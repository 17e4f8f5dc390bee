"""Something is happening now: what is shown is what was said last, to who cares, and the trail knows who looked."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from messaging.errors import NotFound
from messaging.sessions.booking import book_series
from messaging.sessions.countries import COUNTRIES, EMERGENCY, emergency_number
from messaging.sessions.finding import sessions_ahead, sessions_of
from messaging.sessions.happening import FRESH, whereabouts
from messaging.sessions.holding import end_session, open_session
from messaging.sessions.repeating import Repeat, Weekly, weeks_between
from messaging.trust.access import Deed
from messaging.trust.noted import Noted
from tests.cast import Cast
from tests.conftest import TestDatabase
from tests.messaging.sessions.booked import by, office_at, tomorrow
from tests.messaging.sessions.test_check_ins import AWAY, actions, checks_in, opened

UNION = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"


async def test_the_latest_answer_of_each_is_shown_with_the_number_there_and_the_look_is_noted(
    cast: Cast, database: TestDatabase
) -> None:
    first = await opened(cast, "ben")
    await checks_in(cast, "ben", first, conversation="ben")
    await end_session(cast.office, await by(cast, "mira", "ben"), first)
    await checks_in(cast, "ben", await opened(cast, "ben"), AWAY, conversation="ben")
    held, circle = await cast.enter("mira", "ben", Deed.HOLD_SESSION)
    found = {one.person.id: one for one in await whereabouts(cast.office, held, circle)}
    ben, tess = found[cast["ben"].id], found[cast["tess"].id]
    assert ben.check_in is not None
    assert (ben.check_in.answers.place, ben.emergency) == (AWAY.place, "112")
    assert ben.is_fresh(cast.office.clock())
    assert not ben.is_fresh(cast.office.clock() + FRESH + timedelta(minutes=1))
    assert (tess.check_in, tess.emergency, tess.is_fresh(cast.office.clock())) == (None, "", False)
    assert (Noted.WHEREABOUTS_OPENED, cast["mira"].id) in await actions(cast, database)


async def test_a_client_is_told_nobodys(cast: Cast) -> None:
    held, circle = await cast.enter("tess", "ben", Deed.READ)
    with pytest.raises(NotFound):
        await whereabouts(cast.office, held, circle)


def test_a_number_is_one_of_a_country_there_is_and_all_of_the_union_have_one() -> None:
    assert EMERGENCY.keys() <= COUNTRIES.keys()
    assert {emergency_number(one) for one in UNION.split()} == {"112"}
    assert emergency_number("AQ") == ""


async def test_a_year_of_sessions_ahead_hides_none_that_was_held(cast: Cast) -> None:
    held = await by(cast, "mira", "ruth")
    session = await open_session(cast.office, held)
    await end_session(cast.office, held, session)
    await book_series(cast.office, held, Weekly(tomorrow(), 50, Repeat(1, 20)))
    assert [one.id for one in await sessions_of(cast.office, held, 3)] == [session.id]
    ahead = await sessions_ahead(cast.office, held)
    assert weeks_between([one.starts for one in ahead], ZoneInfo("Europe/Vienna")) == 1
    later = office_at(cast.office, tomorrow() + timedelta(minutes=1))
    assert len(await sessions_ahead(later, held)) == 19


def test_a_rhythm_is_that_of_the_clock_and_only_where_there_is_one() -> None:
    vienna, utc = ZoneInfo("Europe/Vienna"), ZoneInfo("UTC")
    summer = datetime(2026, 10, 22, 16, tzinfo=UTC)
    winter = datetime(2026, 10, 29, 17, tzinfo=UTC)
    assert weeks_between([summer, winter], vienna) == 1
    assert weeks_between([summer, winter], utc) == 0
    assert weeks_between([summer], vienna) == 0
    assert weeks_between([summer, winter, winter + timedelta(weeks=2)], vienna) == 0
