"""Letters that are not yet sent: taken back, planned, sent once, and only as long as their writer may write."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from messaging.errors import Conflict, KeyReused, Malformed, NotFound
from messaging.letters.drafts import DraftKind, Writing, drafts_of, keep
from messaging.letters.sending_later import (
    PendingLetter,
    When,
    keep_pending,
    pending_letters,
    send_now,
    send_pending,
    take_back,
)
from messaging.letters.writing import Letter
from messaging.memory.sending_later import PendingState
from messaging.office import Office
from messaging.record.reading import entries_after
from messaging.slips import UNDO
from messaging.trust.access import Deed, Pass, Work, errand
from tests.cast import Cast
from tests.conftest import TestDatabase
from threads.database import Database, connector
from threads.tables.people import people
from web.timekeeping import AT_ONCE, LEASE, send_due_letters


def later(cast: Cast, span: timedelta) -> Office:
    return replace(cast.office, clock=lambda: cast.office.clock() + span)


async def wait_for(
    cast: Cast, text: str, span: timedelta = UNDO, who: str = "mira"
) -> tuple[Pass, PendingLetter]:
    held, _ = await cast.enter(who, "ruth", Deed.WRITE)
    at = When(send_at=cast.office.clock() + span)
    pending = await keep_pending(cast.office, held, Letter(uuid4(), text), at)
    assert pending is not None
    return held, pending


async def said(cast: Cast) -> list[str]:
    held, _ = await cast.enter("mira", "ruth")
    return [entry.body.text for entry in await entries_after(cast.office, held, 0)]


async def test_what_is_taken_back_never_goes_out_and_its_words_are_there_again(cast: Cast) -> None:
    held, pending = await wait_for(cast, "too soon")
    await send_due_letters(cast.office)
    assert await said(cast) == []
    assert (await take_back(cast.office, held, pending.key)).text == "too soon"
    await send_due_letters(later(cast, timedelta(days=1)))
    assert await said(cast) == []
    with pytest.raises(NotFound):
        await take_back(cast.office, held, pending.key)


async def test_what_is_not_taken_back_goes_once_though_two_nodes_look(cast: Cast) -> None:
    held, pending = await wait_for(cast, "on its way")
    after = later(cast, timedelta(minutes=1))
    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(send_due_letters(after))
    assert await said(cast) == ["on its way"]
    assert await pending_letters(cast.office, held) == []
    with pytest.raises(NotFound):
        await take_back(cast.office, held, pending.key)


async def deactivate(cast: Cast, database: TestDatabase, who: str) -> None:
    base = Database(connector(database.accesses.app.url()))
    try:
        async with base.within(cast.practice.id) as connection:
            left = update(people).where(people.c.id == cast[who].id).values(active=False)
            await connection.execute(left)
    finally:
        await base.close()


class Killed(BaseException):
    """What ends a process ends it here; no `except` stands in its way."""


async def test_a_node_that_dies_between_sending_and_noting_it_makes_no_double(cast: Cast) -> None:
    held, pending = await wait_for(cast, "once")
    after = later(cast, timedelta(minutes=1))
    letters = cast.office.memory.pending_letters

    class Dying:
        def __getattr__(self, name: str) -> object:
            return getattr(letters, name)

        async def done(self, letter: object) -> None:
            raise Killed

    dying = replace(after, memory=replace(after.memory, pending_letters=Dying()))  # type: ignore[arg-type]
    with pytest.raises(Killed):
        await send_due_letters(dying)
    assert await said(cast) == ["once"]
    with pytest.raises(NotFound):
        await take_back(cast.office, held, pending.key)
    with pytest.raises(KeyReused):
        await keep_pending(cast.office, held, Letter(pending.key, "changed"), When(send_at=after.clock()))
    await send_due_letters(later(cast, timedelta(minutes=5)))
    assert await said(cast) == ["once"]
    assert await pending_letters(cast.office, held) == []


async def test_while_it_is_being_sent_nothing_changes_it(cast: Cast) -> None:
    held, pending = await wait_for(cast, "as it is")
    after = later(cast, timedelta(minutes=1))
    (row,) = await cast.office.memory.pending_letters.due(after.clock(), LEASE, AT_ONCE)
    with pytest.raises(Conflict):
        await keep_pending(cast.office, held, Letter(pending.key, "changed"), When(send_at=after.clock()))
    with pytest.raises(NotFound):
        await take_back(cast.office, held, pending.key)
    await send_now(cast.office, held, pending.key)
    await send_pending(cast.office, row)
    assert await said(cast) == ["as it is"]
    assert await pending_letters(cast.office, held) == []


async def test_it_can_be_changed_and_moved_until_its_time(cast: Cast) -> None:
    held, pending = await wait_for(cast, "first", timedelta(hours=9))
    await take_back(cast.office, held, pending.key)
    at = When(send_at=cast.office.clock() + timedelta(hours=10))
    for when in (When(send_at=cast.office.clock() + timedelta(hours=9)), at):
        await keep_pending(cast.office, held, Letter(pending.key, "second"), when)
    (waiting,) = await pending_letters(cast.office, held)
    assert (waiting.text, waiting.when) == ("second", at)
    await send_due_letters(later(cast, timedelta(hours=9, minutes=30)))
    assert await said(cast) == []
    await send_due_letters(later(cast, timedelta(hours=10, minutes=1)))
    assert await said(cast) == ["second"]


async def test_what_is_slept_on_is_sent_only_by_hand(cast: Cast) -> None:
    held, _ = await cast.enter("mira", "ruth", Deed.WRITE)
    key = uuid4()
    wake = When(wake_at=cast.office.clock() + timedelta(hours=12))
    await keep_pending(cast.office, held, Letter(key, "tomorrow"), wake)
    await send_due_letters(later(cast, timedelta(days=3)))
    assert await said(cast) == []
    await send_now(cast.office, held, key)
    await send_due_letters(later(cast, timedelta(seconds=1)))
    assert await said(cast) == ["tomorrow"]


async def test_who_has_left_sends_nothing_more_and_keeps_their_words(cast: Cast) -> None:
    held, pending = await wait_for(cast, "after all", who="ruth")
    await cast.office.memory.conversations.remove_member(
        errand(cast.practice.id, cast.conversation("ruth"), Work.FOUNDING),
        cast["ruth"].id,
        cast.office.clock(),
    )
    await send_due_letters(later(cast, timedelta(minutes=1)))
    assert await said(cast) == []
    (waiting,) = await pending_letters(cast.office, held)
    assert (waiting.state, waiting.text) == (PendingState.STOPPED, "after all")
    assert (await take_back(cast.office, held, pending.key)).text == "after all"


async def test_who_may_no_longer_sign_in_sends_nothing_more(cast: Cast, database: TestDatabase) -> None:
    held, pending = await wait_for(cast, "from nobody")
    await deactivate(cast, database, "mira")
    await send_due_letters(later(cast, timedelta(minutes=1)))
    assert await said(cast) == []
    (waiting,) = await pending_letters(cast.office, held)
    assert (waiting.key, waiting.state) == (pending.key, PendingState.STOPPED)


async def test_a_letter_that_waits_is_no_draft_though_its_page_kept_it_once_more(cast: Cast) -> None:
    held, pending = await wait_for(cast, "waits")
    await keep(cast.office, held, Writing(pending.key, DraftKind.LETTER, "waits"))
    assert await drafts_of(cast.office, held, DraftKind.LETTER) == []
    await take_back(cast.office, held, pending.key)
    assert [draft.text for draft in await drafts_of(cast.office, held, DraftKind.LETTER)] == ["waits"]


async def test_nobody_sees_or_takes_anothers(cast: Cast) -> None:
    _, pending = await wait_for(cast, "mine")
    client, _ = await cast.enter("ruth", "ruth", Deed.WRITE)
    assert await pending_letters(cast.office, client) == []
    with pytest.raises(NotFound):
        await take_back(cast.office, client, pending.key)


@pytest.mark.parametrize("span", [timedelta(hours=-1), timedelta(days=61)])
async def test_a_time_that_has_passed_or_is_too_far_off_is_refused(cast: Cast, span: timedelta) -> None:
    with pytest.raises(Malformed):
        await wait_for(cast, "when", span)
