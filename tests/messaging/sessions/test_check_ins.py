"""Check-ins and code words against a real PostgreSQL: sealed, in one transaction with their event, for the right eyes."""

from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from messaging.conversations import Session
from messaging.errors import Malformed, NoSession, NotFound
from messaging.facts import as_texts
from messaging.messages import Entry, EntryKind, EventName
from messaging.office import Asking, PasswordDesk
from messaging.record.reading import entries_after
from messaging.sessions.at_hand import session_at_hand
from messaging.sessions.booking import book, move
from messaging.sessions.checking_in import Given, ask_again, check_in, let_in
from messaging.sessions.holding import end_session, open_session
from messaging.sessions.recognising import choose_word, reset_word
from messaging.sessions.standings import (
    Standing,
    last_check_in,
    own_standing,
    standings,
)
from messaging.trust.access import Deed, Work, errand
from messaging.trust.code_words import WordVerdict
from tests.cast import Cast
from tests.conftest import TestDatabase
from threads.tables.sessions import check_ins
from threads.tables.trail import trail

HOME = Given(place="home, Graz", region="AT", alone=True, phone="+43 660 1234567")
AWAY = replace(HOME, place="a hotel in Zurich", region="CH", alone=False)


async def opened(cast: Cast, conversation: str) -> Session:
    held, _ = await cast.enter("mira", conversation, Deed.HOLD_SESSION)
    return await open_session(cast.office, held)


async def checks_in(
    cast: Cast,
    who: str,
    session: Session,
    given: Given = HOME,
    *,
    conversation: str = "",
    key: UUID | None = None,
) -> None:
    held, _ = await cast.enter(who, conversation or who, Deed.SAY)
    await check_in(cast.office, held, session, key or uuid4(), given)


async def seen(cast: Cast, conversation: str, session: Session) -> tuple[Standing, ...]:
    held, circle = await cast.enter("mira", conversation, Deed.HOLD_SESSION)
    return await standings(cast.office, held, circle, session)


async def events(cast: Cast, conversation: str) -> list[Entry]:
    held, _ = await cast.enter("mira", conversation)
    return [one for one in await entries_after(cast.office, held, 0) if one.kind is EntryKind.EVENT]


async def choose(cast: Cast, who: str, word: str) -> None:
    await choose_word(cast.office, cast.practice.id, cast[who].id, word, instead=True)


async def test_what_was_answered_is_read_by_those_who_care_and_the_thread_says_only_that(cast: Cast) -> None:
    session = await opened(cast, "ruth")
    await checks_in(cast, "ruth", session)
    (standing,) = await seen(cast, "ruth", session)
    assert standing.answered is not None
    answers = standing.answered.answers
    assert (answers.place, answers.region, answers.alone, answers.phone) == (
        HOME.place,
        "AT",
        True,
        HOME.phone,
    )
    assert answers.word is WordVerdict.NONE_SET
    assert not standing.missing
    event = (await events(cast, "ruth"))[-1]
    assert event.body.event is EventName.CHECKED_IN
    assert event.body.text == ""
    assert as_texts(event.body.facts) == {
        "session": str(session.id),
        "person": str(cast["ruth"].id),
        "complete": "yes",
    }


@pytest.mark.parametrize(
    ("word", "verdict"),
    [
        (" BLAUER  Fuchs ", WordVerdict.MATCHES),
        ("roter fuchs", WordVerdict.DIFFERS),
        ("  ", WordVerdict.NOT_GIVEN),
    ],
)
async def test_of_the_word_only_the_verdict_is_kept(cast: Cast, word: str, verdict: WordVerdict) -> None:
    session = await opened(cast, "ruth")
    await choose(cast, "ruth", "Blauer Fuchs")
    await checks_in(cast, "ruth", session, replace(HOME, word=word))
    (standing,) = await seen(cast, "ruth", session)
    assert standing.answered is not None
    assert standing.answered.answers.word is verdict
    assert session_state(await events(cast, "ruth")) == [EventName.SESSION_OPENED, EventName.CHECKED_IN]


def session_state(found: list[Entry]) -> list[EventName | None]:
    return [one.body.event for one in found]


@dataclass
class CountingDesk:
    """The house's desk, and how often it compared; each takes the same tens of milliseconds by design."""

    desk: PasswordDesk
    compared: int = 0

    async def verify(self, encoded: str | None, password: str, asking: Asking) -> bool:
        self.compared += 1
        return await self.desk.verify(encoded, password, asking)

    async def hash(self, password: str, asking: Asking) -> str:
        return await self.desk.hash(password, asking)

    async def is_common(self, password: str) -> bool:
        return await self.desk.is_common(password)


@pytest.mark.parametrize("word", ["blauer fuchs", "roter fuchs", "\ud800", "x" * 5000])
@pytest.mark.parametrize("is_set", [True, False], ids=["set", "none-set"])
async def test_the_same_work_is_done_whatever_the_word_is(cast: Cast, word: str, is_set: bool) -> None:
    session = await opened(cast, "ruth")
    if is_set:
        await choose(cast, "ruth", "blauer fuchs")
    held, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    desk = CountingDesk(cast.office.passwords)
    await check_in(replace(cast.office, passwords=desk), held, session, uuid4(), replace(HOME, word=word))
    assert desk.compared == 1


async def test_after_too_many_tries_the_check_in_counts_and_the_word_is_not_looked_at(cast: Cast) -> None:
    session = await opened(cast, "ruth")
    await choose(cast, "ruth", "blauer fuchs")
    held, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    given = replace(HOME, word="blauer fuchs")
    await check_in(cast.office, held, session, uuid4(), given, comparing=False)
    (standing,) = await seen(cast, "ruth", session)
    assert standing.answered is not None
    assert standing.answered.answers.word is WordVerdict.NOT_COMPARED
    assert not standing.missing


async def test_a_word_chosen_at_the_check_in_is_said_to_be_new_and_matches_the_next_time(cast: Cast) -> None:
    session = await opened(cast, "ruth")
    await checks_in(cast, "ruth", session, replace(HOME, new_word="Blauer Fuchs"))
    await checks_in(cast, "ruth", session, replace(HOME, word="blauer fuchs"))
    await checks_in(cast, "ruth", session, replace(HOME, new_word="another"))
    (standing,) = await seen(cast, "ruth", session)
    assert [one.answers.word for one in standing.steps] == [
        WordVerdict.CHOSEN,
        WordVerdict.MATCHES,
        WordVerdict.DIFFERS,
    ]


async def test_the_same_check_in_sent_twice_is_one(cast: Cast, built: object) -> None:
    session = await opened(cast, "ruth")
    key = uuid4()
    for _ in range(2):
        await checks_in(cast, "ruth", session, key=key)
    (standing,) = await seen(cast, "ruth", session)
    assert len(standing.steps) == 1
    assert len(await events(cast, "ruth")) == 2


async def test_asked_again_is_missing_until_answered_and_let_in_is_not(cast: Cast) -> None:
    session = await opened(cast, "ruth")
    held, circle = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    (standing,) = await seen(cast, "ruth", session)
    assert standing.missing
    await let_in(cast.office, held, circle, session, cast["ruth"].id, uuid4())
    (standing,) = await seen(cast, "ruth", session)
    assert (standing.missing, standing.answered) == (False, None)
    await ask_again(cast.office, held, circle, session, cast["ruth"].id, uuid4())
    (standing,) = await seen(cast, "ruth", session)
    assert standing.missing
    await checks_in(cast, "ruth", session, AWAY)
    (standing,) = await seen(cast, "ruth", session)
    assert not standing.missing
    assert standing.answered is not None
    assert standing.answered.answers.region == "CH"
    assert session_state(await events(cast, "ruth")) == [
        EventName.SESSION_OPENED,
        EventName.CHECK_IN_WAIVED,
        EventName.CHECK_IN_ASKED,
        EventName.CHECKED_IN,
    ]


async def test_a_couples_half_sees_nothing_of_the_other(cast: Cast) -> None:
    session = await opened(cast, "ben")
    await checks_in(cast, "ben", session, conversation="ben")
    tess, circle = await cast.enter("tess", "ben", Deed.SAY)
    with pytest.raises(NotFound):
        await standings(cast.office, tess, circle, session)
    own = await own_standing(cast.office, tess, circle, session)
    assert (own.person.id, own.steps) == (cast["tess"].id, ())
    assert await last_check_in(cast.office, tess) is None
    entries = await entries_after(cast.office, tess, 0)
    assert not any("Graz" in str(as_texts(one.body.facts)) or one.body.text for one in entries)
    missing = {one.person.name: one.missing for one in await seen(cast, "ben", session)}
    assert missing == {"Ben": False, "Tess": True}


async def test_nobody_checks_in_for_somebody_else_or_elsewhere(cast: Cast) -> None:
    session = await opened(cast, "ruth")
    mira, circle = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    with pytest.raises(NotFound):
        await check_in(cast.office, mira, session, uuid4(), HOME)
    linden, _ = await cast.enter("linden", "linden", Deed.SAY)
    with pytest.raises(NotFound):
        await check_in(cast.office, linden, session, uuid4(), HOME)
    ruth, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    for act in (ask_again, let_in):
        with pytest.raises(NotFound):
            await act(cast.office, ruth, circle, session, cast["ruth"].id, uuid4())
        with pytest.raises(NotFound):
            await act(cast.office, mira, circle, session, cast["linden"].id, uuid4())
    with pytest.raises(NotFound):
        await reset_word(cast.office, ruth, circle, cast["ruth"].id)


async def test_the_waiting_room_opens_a_quarter_of_an_hour_before_and_closes_with_the_session(
    cast: Cast,
) -> None:
    held, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    ruth, circle = await cast.enter("ruth", "ruth", Deed.SAY)
    now = cast.office.clock()
    far = await book(cast.office, held, now + timedelta(minutes=90), 50)
    assert await session_at_hand(cast.office, circle.conversation) is None
    with pytest.raises(NoSession):
        await check_in(cast.office, ruth, far, uuid4(), HOME)
    near = await move(cast.office, held, far, now + timedelta(minutes=14))
    assert await session_at_hand(cast.office, circle.conversation) == near
    await check_in(cast.office, ruth, near, uuid4(), HOME)
    live = await open_session(cast.office, held, near)
    over = await end_session(cast.office, held, live)
    with pytest.raises(NoSession):
        await check_in(cast.office, ruth, over, uuid4(), HOME)


async def test_a_mistake_keeps_nothing(cast: Cast) -> None:
    session = await opened(cast, "ruth")
    ruth, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    for given in (
        replace(HOME, place=" "),
        replace(HOME, region="XX"),
        replace(HOME, phone="no"),
        replace(HOME, new_word="x"),
    ):
        with pytest.raises(Malformed):
            await check_in(cast.office, ruth, session, uuid4(), given)
    (standing,) = await seen(cast, "ruth", session)
    assert standing.steps == ()
    assert len(await events(cast, "ruth")) == 1


async def test_the_answers_and_their_event_come_together_or_not_at_all(cast: Cast) -> None:
    session = await opened(cast, "ruth")
    await cast.office.memory.conversations.remove_member(
        errand(cast.practice.id, cast.conversation("ruth"), Work.FOUNDING),
        cast["ruth"].id,
        cast.office.clock(),
    )
    # A Pass from before: the writer looks at membership once more, under its lock.
    conversation = cast.conversations["ruth"]
    held, _ = await cast.enter("mira", "ruth", Deed.SAY)
    stale = replace(held, person=cast["ruth"].id, role=cast["ruth"].role)
    assert conversation.id == stale.conversation
    with pytest.raises(NotFound):
        await check_in(cast.office, stale, session, uuid4(), HOME)
    assert await cast.office.memory.check_ins.of_session(held, session.id) == []


async def test_a_reset_word_is_gone_and_the_trail_says_who_took_it(
    cast: Cast, database: TestDatabase
) -> None:
    await choose(cast, "ruth", "blauer fuchs")
    held, circle = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    await reset_word(cast.office, held, circle, cast["ruth"].id)
    assert await cast.office.memory.check_ins.code_word(cast.practice.id, cast["ruth"].id) is None
    assert ("code_word_reset", cast["mira"].id) in await actions(cast, database)
    assert await cast.office.memory.trail.verify(cast.practice.id) == (2, None)


async def actions(cast: Cast, database: TestDatabase) -> list[tuple[str, UUID]]:
    from threads.database import Database, connector

    base = Database(connector(database.accesses.app.url()))
    try:
        async with base.within(cast.practice.id) as connection:
            rows = await connection.execute(select(trail.c.action, trail.c.actor_id))
            return [(row.action, row.actor_id) for row in rows]
    finally:
        await base.close()


async def test_neither_place_nor_number_nor_word_stands_in_the_databases_files(
    cast: Cast, database: TestDatabase
) -> None:
    session = await opened(cast, "ruth")
    marked = Given("Xylophonplatz", "AT", False, "+43 660 9182736455", new_word="Quittenmarmelade")
    await checks_in(cast, "ruth", session, marked)
    from threads.database import Database, connector

    base = Database(connector(database.accesses.app.url()))
    try:
        async with base.within(cast.practice.id) as connection:
            assert await connection.scalar(select(func.count()).select_from(check_ins)) == 1
    finally:
        await base.close()
    # The session's id stands in clear in table and log files: the search would have found a place as well.
    kept = b"".join(one.read_bytes() for one in database.data_dir.rglob("*") if one.is_file())
    assert session.id.bytes in kept
    for words in ("Xylophonplatz", "9182736455", "quittenmarmelade", "Quittenmarmelade"):
        assert words.encode() not in kept
