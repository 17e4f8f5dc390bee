"""One notice per reader and ten minutes: joined, never dropped. Whatever is written is told of by a mail that went later."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.leaving.courier import Courier
from channels.email.terms import Relay
from messaging.ids import ConversationId, MailId, PersonId, PracticeId
from messaging.leaving.delivering import begin, begun, bounced, claim, deliveries, settle
from messaging.leaving.joining import APART, put_off
from messaging.leaving.keys import Choice, choose_mode
from messaging.letters.second_tries import send_again
from messaging.memory.leaving import ACCOUNT, NOTICES, DueMail, MailForm, MailState, StoredMail
from messaging.people import EmailMode
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import AsIfThere, later, send, state, write
from tests.channels.email.world import FakeRelay

TEN = APART.total_seconds()
NOBODY = uuid4()


async def states(cast: Cast, conversation: str = "linden") -> Counter[MailState]:
    """Of all letters of a conversation."""
    found = await deliveries(
        cast.office,
        errand(cast.practice.id, cast.conversation(conversation), Work.LEAVING),
        list(range(1, 60)),
    )
    return Counter(one.state for some in found.values() for one in some)


async def test_thirty_letters_are_told_of_by_two_notices(cast: Cast, relay: FakeRelay) -> None:
    await write(cast, "linden")
    await send(cast.office, relay)
    for _ in range(29):
        await write(cast, "linden")
    await send(cast.office, relay)
    assert len(relay.to(cast["linden"].email)) == 1
    assert await states(cast) == {MailState.SENT: 1, MailState.OWED: 29}
    await send(later(cast.office, cast, TEN / 2), relay)
    assert len(relay.to(cast["linden"].email)) == 1, "not before its time"
    await send(later(cast.office, cast, TEN + 30), relay)
    assert len(relay.to(cast["linden"].email)) == 2
    assert await states(cast) == {MailState.SENT: 30}
    await send(later(cast.office, cast, 3 * TEN), relay)
    assert len(relay.to(cast["linden"].email)) == 2, "and none is left in the queue"


async def test_letters_that_wait_together_go_as_one(cast: Cast, relay: FakeRelay) -> None:
    """As after an outage of the relay: all are due at once, and several couriers come for them."""
    for _ in range(6):
        await write(cast, "linden")
    to = Relay("127.0.0.1", relay.port, timeout=5, final_timeout=5)
    couriers = [Courier(cast.office, to, reach=AsIfThere()) for _ in range(4)]

    async def work(courier: Courier) -> None:
        while await courier.send_due():
            pass
        await courier.close()

    await asyncio.gather(*map(work, couriers))
    assert len(relay.to(cast["linden"].email)) == 1
    assert await states(cast) == {MailState.SENT: 6}


async def test_each_reader_and_each_conversation_is_told_for_itself(cast: Cast, relay: FakeRelay) -> None:
    for _ in range(3):
        for conversation in ("linden", "ben"):
            await write(cast, conversation)
    await send(cast.office, relay)
    assert [len(relay.to(cast[who].email)) for who in ("linden", "ben", "tess")] == [1, 1, 1]
    assert await states(cast, "ben") == {MailState.SENT: 6}


async def test_words_are_never_joined(cast: Cast, relay: FakeRelay) -> None:
    for _ in range(3):
        await write(cast, "ruth")
    await send(cast.office, relay)
    assert len(relay.to(cast["ruth"].email)) == 3


async def test_what_is_written_while_a_notice_is_on_its_way_is_told_of_by_the_next(
    cast: Cast, relay: FakeRelay
) -> None:
    """They may have looked for the one before this one was there."""
    first = await write(cast, "linden")
    relay.before_dot_answered = (asyncio.Event(), asyncio.Event())
    relay.before_dot_for = cast["linden"].email
    there, go_on = relay.before_dot_answered
    # A courier that tires of waiting tries again, later than the second was written, and tells of both.
    sending = asyncio.create_task(send(cast.office, relay, patience=60))
    await there.wait()
    second = await write(cast, "linden")
    go_on.set()
    await sending
    assert await state(cast, "linden", first) is MailState.SENT
    assert await state(cast, "linden", second) is MailState.OWED
    await send(later(cast.office, cast, TEN + 30), relay)
    assert await state(cast, "linden", second) is MailState.SENT
    assert len(relay.to(cast["linden"].email)) == 2


async def test_while_the_first_is_tried_again_the_others_wait_and_then_go_with_it(
    cast: Cast, relay: FakeRelay
) -> None:
    relay.told = lambda verb, to: "451 later" if verb == "RCPT" and to == cast["linden"].email else None
    for _ in range(3):
        await write(cast, "linden")
    await send(cast.office, relay)
    assert await states(cast) == {MailState.OWED: 3}
    relay.told = lambda _verb, _to: None
    await send(later(cast.office, cast, TEN), relay)
    assert len(relay.to(cast["linden"].email)) == 1
    assert await states(cast) == {MailState.SENT: 3}


async def test_one_that_is_refused_for_good_tells_of_nothing(cast: Cast, relay: FakeRelay) -> None:
    first = await write(cast, "linden")
    second = await write(cast, "linden")
    no = iter(["550 no"])
    relay.told = lambda verb, to: next(no, None) if verb == "RCPT" and to == cast["linden"].email else None
    await send(cast.office, relay)
    await send(later(cast.office, cast, TEN + 30), relay)
    assert await state(cast, "linden", first) is MailState.FAILED
    assert await state(cast, "linden", second) is MailState.SENT


async def test_a_notice_that_comes_back_told_of_none_of_them(cast: Cast, relay: FakeRelay) -> None:
    for _ in range(3):
        await write(cast, "linden")
    await send(cast.office, relay)
    where = cast.conversation("linden")
    first, *_ = sorted(
        await cast.office.memory.mailbox.mail_of(errand(cast.practice.id, where, Work.LEAVING), [1, 2, 3]),
        key=lambda one: one.number,
    )
    await bounced(cast.office, first, "full", [])
    assert await states(cast) == {MailState.FAILED: 3}
    held, circle = await cast.enter("mira", "linden", Deed.SETTLE)
    for one in await cast.office.memory.mailbox.mail_of(errand(cast.practice.id, where, Work.LEAVING), [2]):
        await send_again(cast.office, held, circle, one.id)
    assert await states(cast) == {MailState.FAILED: 2, MailState.OWED: 1}
    await send(later(cast.office, cast, TEN + 30), relay)
    assert await states(cast) == {MailState.FAILED: 2, MailState.SENT: 1}


async def test_who_changes_to_words_between_gets_the_waiting_notice_after_all(
    cast: Cast, relay: FakeRelay
) -> None:
    await write(cast, "linden")
    await send(cast.office, relay)
    waiting = await write(cast, "linden")
    await choose_mode(cast.office, cast["linden"], Choice(EmailMode.FULL, "a warning", ticked=True))
    whole = await write(cast, "linden")
    await send(cast.office, relay)
    assert await state(cast, "linden", whole) is MailState.SENT
    assert await state(cast, "linden", waiting) is MailState.OWED
    await send(later(cast.office, cast, TEN + 30), relay)
    assert await state(cast, "linden", waiting) is MailState.SENT


async def test_said_twice_that_it_went_changes_nothing_more(cast: Cast, relay: FakeRelay) -> None:
    """A repeat after a lost answer must not tell of what was written since."""
    await send(cast.office, relay)  # what other tests left
    await write(cast, "linden")
    (one,) = await claim(cast.office, 1)
    wanted = begun(cast.office, one)
    assert await begin(cast.office, one, wanted)
    await settle(cast.office, wanted, MailState.SENT, 250)
    second = await write(cast, "linden")
    await settle(cast.office, wanted, MailState.SENT, 250)
    assert await state(cast, "linden", second) is MailState.OWED


@dataclass
class Told:
    """A letter, and the notice of it."""

    written: datetime
    until: datetime
    told: datetime | None = None


@settings(max_examples=300)
@given(gaps=st.lists(st.integers(0, 900), min_size=1, max_size=40), every=st.integers(1, 400))
def test_no_letter_is_told_of_before_it_was_written_or_much_later(gaps: list[int], every: int) -> None:
    """The rule alone, over a clock that goes as it is told: who looks every so many seconds finds at most one to send."""
    start = datetime.fromisoformat("2027-01-01T00:00:00+00:00")
    letters, at = list[Told](), start
    for gap in gaps:
        at += timedelta(seconds=gap)
        letters.append(Told(at, at))
    went, now = list[datetime](), start
    while any(one.told is None for one in letters):
        now += timedelta(seconds=every)
        waiting = [one for one in letters if one.told is None and one.written <= now and one.until <= now]
        due = [mail_of(one, max(went, default=None), now) for one in waiting]
        later_ones = dict[int, datetime]((id(d.mail), until) for d, until in put_off(due, now))
        for one, d in zip(waiting, due, strict=True):
            if id(d.mail) in later_ones:
                one.until = later_ones[id(d.mail)]
        goes = [one for one, d in zip(waiting, due, strict=True) if id(d.mail) not in later_ones]
        assert len(goes) <= 1, "one a reader"
        if goes:
            went.append(now)
            for other in letters:
                if other.told is None and other.written <= now:
                    other.told = now
    assert all(one.told >= one.written for one in letters if one.told)
    assert all(later_one - earlier >= APART for earlier, later_one in pairwise(went))
    late = max(one.told - one.written for one in letters if one.told)
    assert late <= 2 * APART + timedelta(seconds=2 * every)


def mail_of(one: Told, told_at: datetime | None, now: datetime) -> DueMail:
    name = uuid4()
    return DueMail(
        StoredMail(
            PracticeId(NOBODY),
            MailId(name),
            ConversationId(NOBODY),
            1,
            PersonId(NOBODY),
            MailState.OWED,
            0,
            one.written,
            None,
            None,
            MailForm.NOTICE,
            b"",
        ),
        None,
        now,
        told_at,
    )


def test_every_form_is_joined_or_carries_words_or_is_of_another_matter() -> None:
    """A new form of mail must be thought of here."""
    words = {MailForm.WHOLE, MailForm.LOCKED}
    other = {MailForm.APPOINTMENT, MailForm.REMINDER, MailForm.RECEIPT, MailForm.LATE, MailForm.ALARM}
    other |= {MailForm.WAITING, MailForm.INVITATION, *ACCOUNT}
    assert set(NOTICES) | words | other == set(MailForm)
    assert not set(NOTICES) & (words | other)
