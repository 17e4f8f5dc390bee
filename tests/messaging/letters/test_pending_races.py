"""Letters not yet sent, from two devices and two nodes at once: whoever is first, no words are lost and none come back."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from messaging.errors import Busy, Conflict, KeyReused, NotFound
from messaging.letters.drafts import AT_MOST, DraftKind, Writing, drafts_of, keep
from messaging.letters.sending_later import When, keep_pending, pending_letters, send_now, take_back
from messaging.letters.writing import Letter, write_letter
from messaging.memory.sending_later import PendingState
from messaging.messages import Body
from messaging.record.reading import entries_after
from messaging.slips import UNDO
from messaging.trust.access import Deed, Pass
from tests.cast import Cast
from tests.messaging.letters.test_pending_letters import Killed, later, said, wait_for
from threads.queue import claim
from web.timekeeping import AT_ONCE, LEASE, send_due_letters


async def drafts(cast: Cast) -> list[str]:
    held, _ = await cast.enter("mira", "ruth", Deed.WRITE)
    return [draft.text for draft in await drafts_of(cast.office, held, DraftKind.LETTER)]


async def entries_of(cast: Cast, held: Pass) -> list[Body]:
    return [entry.body for entry in await entries_after(cast.office, held, 0)]


class Between:
    """The kept letters, with something that happens between a look at them and the next step."""

    def __init__(self, cast: Cast, **instead: Any) -> None:
        self._letters = cast.office.memory.pending_letters
        self._instead = instead

    def __getattr__(self, name: str) -> Any:
        return self._instead.get(name) or getattr(self._letters, name)


async def test_other_words_under_a_key_that_was_sent_are_refused_at_once_and_stay_a_draft(cast: Cast) -> None:
    held, first = await wait_for(cast, "short")
    await send_due_letters(later(cast, timedelta(minutes=1)))
    longer = Letter(first.key, "short, and what mattered most")
    with pytest.raises(KeyReused):
        await keep_pending(cast.office, held, longer, When(send_at=cast.office.clock() + UNDO))
    assert await pending_letters(cast.office, held) == []
    again = await keep_pending(
        cast.office, held, Letter(first.key, "short"), When(send_at=cast.office.clock())
    )
    assert again is None
    assert (await pending_letters(cast.office, held), await said(cast)) == ([], ["short"])


async def test_other_words_that_waited_while_the_first_were_sent_are_kept_and_shown(cast: Cast) -> None:
    held, second = await wait_for(cast, "the longer text")
    _, circle = await cast.enter("mira", "ruth", Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(second.key, "the shorter text"))
    await send_due_letters(later(cast, timedelta(minutes=1)))
    assert await said(cast) == ["the shorter text"]
    (waiting,) = await pending_letters(cast.office, held)
    assert (waiting.state, waiting.text) == (PendingState.SUPERSEDED, "the longer text")
    draft = await take_back(cast.office, held, second.key)
    assert draft.id != second.key
    assert await drafts(cast) == ["the longer text"]


async def test_what_waits_is_not_replaced_by_what_another_device_still_shows(cast: Cast) -> None:
    held, pending = await wait_for(cast, "the whole letter", timedelta(hours=9))
    stale = Letter(pending.key, "the whole")
    with pytest.raises(KeyReused):
        await keep_pending(cast.office, held, stale, When(send_at=cast.office.clock() + UNDO))
    (waiting,) = await pending_letters(cast.office, held)
    assert (waiting.text, waiting.when) == ("the whole letter", pending.when)


async def test_of_two_devices_that_send_at_once_one_has_its_words_back(cast: Cast) -> None:
    held, _ = await cast.enter("mira", "ruth", Deed.WRITE)
    at, texts = When(send_at=cast.office.clock() + UNDO), [f"text {number}" for number in range(4)]
    key = uuid4()
    said_back = await asyncio.gather(
        *(keep_pending(cast.office, held, Letter(key, one), at) for one in texts), return_exceptions=True
    )
    assert sum(isinstance(one, Conflict) for one in said_back) == 3
    (waiting,) = await pending_letters(cast.office, held)
    (kept,) = [text for text, one in zip(texts, said_back, strict=True) if not isinstance(one, Conflict)]
    assert waiting.text == kept


async def test_a_letter_that_waits_is_no_draft_any_more_from_the_same_moment(cast: Cast) -> None:
    held, _ = await cast.enter("mira", "ruth", Deed.WRITE)
    key = uuid4()
    await keep(cast.office, held, Writing(key, DraftKind.LETTER, "written"))
    await keep_pending(cast.office, held, Letter(key, "written"), When(send_at=cast.office.clock() + UNDO))
    rows = await cast.office.memory.drafts.of(held)
    assert rows == []


async def test_what_is_taken_back_is_a_draft_however_many_there_are(cast: Cast) -> None:
    held, pending = await wait_for(cast, "precious words")
    for number in range(AT_MOST):
        await keep(cast.office, held, Writing(uuid4(), DraftKind.LETTER, f"draft {number}"))
    draft = await take_back(cast.office, held, pending.key)
    assert (draft.id, draft.text) == (pending.key, "precious words")
    assert "precious words" in await drafts(cast)


async def test_what_is_taken_back_stands_beside_what_its_page_kept_there_meanwhile(cast: Cast) -> None:
    held, pending = await wait_for(cast, "as sent")
    await keep(cast.office, held, Writing(pending.key, DraftKind.LETTER, "as written on"))
    draft = await take_back(cast.office, held, pending.key)
    assert draft.id != pending.key
    assert sorted(await drafts(cast)) == ["as sent", "as written on"]


async def test_a_draft_that_comes_first_leaves_the_letter_where_it_is(cast: Cast) -> None:
    held, pending = await wait_for(cast, "as sent")
    real = cast.office.memory.pending_letters.take_back

    async def slowly(*asked: Any) -> bool:
        await keep(cast.office, held, Writing(pending.key, DraftKind.LETTER, "kept just now"))
        return await real(*asked)

    memory = replace(cast.office.memory, pending_letters=Between(cast, take_back=slowly))
    with pytest.raises(Busy):
        await take_back(replace(cast.office, memory=memory), held, pending.key)
    assert [one.text for one in await pending_letters(cast.office, held)] == ["as sent"]


async def test_a_letter_put_to_sleep_as_it_was_claimed_does_not_go(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, pending = await wait_for(cast, "not yet")

    async def claim_slowly(*asked: Any) -> list[tuple[UUID, UUID]]:
        claimed = await claim(*asked)
        wake = When(wake_at=cast.office.clock() + timedelta(hours=12))
        await keep_pending(cast.office, held, Letter(pending.key, "not yet"), wake)
        return claimed

    monkeypatch.setattr("threads.letters.sending_later.claim", claim_slowly)
    await send_due_letters(later(cast, timedelta(minutes=1)))
    assert await said(cast) == []
    (waiting,) = await pending_letters(cast.office, held)
    assert (waiting.state, waiting.text) == (PendingState.WAITING, "not yet")


async def test_who_sends_now_what_was_taken_back_this_moment_sends_nothing(cast: Cast) -> None:
    held, pending = await wait_for(cast, "never send this", timedelta(hours=3))
    real = cast.office.memory.pending_letters

    async def slowly(*asked: Any) -> bool:
        await take_back(cast.office, held, pending.key)
        return await real.hurry(*asked)

    memory = replace(cast.office.memory, pending_letters=Between(cast, hurry=slowly))
    with pytest.raises(NotFound):
        await send_now(replace(cast.office, memory=memory), held, pending.key)
    await send_due_letters(later(cast, timedelta(days=1)))
    assert (await said(cast), await drafts(cast)) == ([], ["never send this"])


async def test_of_sending_now_and_taking_back_at_once_exactly_one_happens(cast: Cast) -> None:
    for number in range(8):
        held, pending = await wait_for(cast, f"letter {number}", timedelta(hours=3))
        await asyncio.gather(
            send_now(cast.office, held, pending.key),
            take_back(cast.office, held, pending.key),
            return_exceptions=True,
        )
        await send_due_letters(later(cast, timedelta(seconds=2)))
        where = [*await said(cast), *await drafts(cast)]
        assert where.count(f"letter {number}") == 1


async def test_one_key_in_two_conversations_is_two_letters(cast: Cast) -> None:
    key, now = uuid4(), cast.office.clock()
    ruths, _ = await cast.enter("mira", "ruth", Deed.WRITE)
    lindens, _ = await cast.enter("mira", "linden", Deed.WRITE)
    await keep_pending(
        cast.office, ruths, Letter(key, "for Ruth, on Friday"), When(send_at=now + timedelta(days=4))
    )
    await keep_pending(cast.office, lindens, Letter(key, "for Linden, now"), When(send_at=now + UNDO))
    await send_due_letters(later(cast, timedelta(minutes=1)))
    assert await said(cast) == []
    assert [one.text for one in await pending_letters(cast.office, ruths)] == ["for Ruth, on Friday"]
    assert [one.text for one in await entries_of(cast, lindens)] == ["for Linden, now"]
    await send_due_letters(later(cast, timedelta(days=5)))
    assert await said(cast) == ["for Ruth, on Friday"]


async def test_who_comes_too_late_ends_nothing_that_waits_anew(cast: Cast) -> None:
    held, pending = await wait_for(cast, "first words")
    letters, after = cast.office.memory.pending_letters, later(cast, timedelta(minutes=1))
    # Letters that other tests left in this database may be due as well.
    (row,) = [one for one in await letters.due(after.clock(), LEASE, 10 * AT_ONCE) if one.id == pending.key]
    await letters.stop(row, PendingState.FAULTED)
    await take_back(cast.office, held, pending.key)
    at = When(send_at=cast.office.clock() + timedelta(hours=1))
    await keep_pending(cast.office, held, Letter(pending.key, "better words"), at)
    await letters.done(row)
    await letters.stop(row, PendingState.STOPPED)
    (waiting,) = await pending_letters(cast.office, held)
    assert (waiting.state, waiting.text) == (PendingState.WAITING, "better words")
    await send_due_letters(later(cast, timedelta(hours=2)))
    assert await said(cast) == ["better words"]


async def test_a_letter_whose_sending_fails_unforeseen_is_kept_shown_and_can_be_taken_back(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, pending = await wait_for(cast, "kept through a fault")

    async def broken(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr("messaging.letters.sending_later.write_letter", broken)
        await send_due_letters(later(cast, timedelta(minutes=1)))
    (waiting,) = await pending_letters(cast.office, held)
    assert (waiting.state, waiting.text) == (PendingState.FAULTED, "kept through a fault")
    await send_now(cast.office, held, pending.key)
    await send_due_letters(later(cast, timedelta(minutes=1)))
    assert await said(cast) == ["kept through a fault"]


async def test_who_dies_while_taking_a_letter_back_leaves_it_or_its_draft(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, pending = await wait_for(cast, "never neither")

    async def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        # The letter is deleted by then, its draft not yet there.
        patched.setattr("threads.letters.sending_later.done", killed)
        with pytest.raises(Killed):
            await take_back(cast.office, held, pending.key)
    assert [one.text for one in await pending_letters(cast.office, held)] == ["never neither"]
