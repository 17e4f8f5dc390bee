"""Care that ends and begins again: what may still be done, who is told, and that no word is lost over it."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from messaging.assignments.assignment import AssignmentKind
from messaging.assignments.giving import Given, give
from messaging.conversations import Conversation, SessionState
from messaging.ending.care import Ending, begin_care_again, end_care, what_ends
from messaging.enquiries.deciding import claim
from messaging.errors import CareEnded, LettersWait, NotBooked, NotFound, Refusal, SessionLive
from messaging.facts import CareFacts
from messaging.inbox.listing import inbox
from messaging.leaving.lateness import attend_promise
from messaging.leaving.promises import promise_of
from messaging.letters.drafts import DraftKind, Writing, keep
from messaging.letters.sending_later import When, keep_pending, pending_letters
from messaging.letters.settling import needs_no_answer
from messaging.letters.writing import Letter, write_letter
from messaging.memory.bookings import Former
from messaging.memory.leaving import MailForm
from messaging.memory.sending_later import PendingState
from messaging.messages import Entry, EntryKind, EventName
from messaging.notes.note import Written
from messaging.notes.process import write_own
from messaging.notes.progress import write_note
from messaging.practice.changing import Changes, change_person
from messaging.record.amending import withdraw
from messaging.record.posting import say
from messaging.record.reading import entries_after
from messaging.sessions.booking import book, cancel, move, restore, take
from messaging.sessions.holding import end_session, open_session
from messaging.sessions.timekeeping import attend
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast
from tests.messaging.sessions.booked import by, office_at, slots, tomorrow

LATER = timedelta(days=30)


async def letter(cast: Cast, who: str, conversation: str = "ruth", words: str = "A letter.") -> None:
    held, circle = await cast.enter(who, conversation, Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(uuid4(), words))


async def ended(
    cast: Cast, conversation: str = "ruth", who: str = "mira", *, knowingly: bool = False
) -> None:
    await end_care(cast.office, cast[who], cast.conversation(conversation), Ending(knowingly=knowingly))


async def found(cast: Cast, conversation: str = "ruth") -> Conversation:
    one = await cast.office.memory.conversations.find(cast.practice.id, cast.conversation(conversation))
    assert one is not None
    return one


async def record(cast: Cast, who: str = "ruth", conversation: str = "ruth") -> list[Entry]:
    held, _ = await cast.enter(who, conversation)
    return await entries_after(cast.office, held, 0)


async def events(cast: Cast, conversation: str = "ruth") -> list[EventName]:
    return [one.body.event for one in await record(cast, "mira", conversation) if one.body.event]


async def forms(cast: Cast, who: str, conversation: str = "ruth") -> list[MailForm]:
    way = errand(cast.practice.id, cast.conversation(conversation), Work.LEAVING)
    owed = await cast.office.memory.mailbox.mail_of(way, range(1, 100))
    return [one.form for one in owed if one.person == cast[who].id and one.form]


async def _read(cast: Cast) -> None:
    for who in ("ruth", "mira"):
        await record(cast, who)


async def _say(cast: Cast) -> None:
    held, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    if not held.ended:
        await open_session(cast.office, await by(cast, "mira", "ruth"))
    await say(cast.office, held, uuid4(), "Live.")


async def _take_back(cast: Cast) -> None:
    """What was said a moment before care ended is still its author's."""
    entries = [
        one for one in await record(cast) if one.kind is EntryKind.MESSAGE and one.body.text == "Said."
    ]
    held, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    await withdraw(cast.office, held, uuid4(), entries[0].number)


async def _client_writes(cast: Cast) -> None:
    await letter(cast, "ruth")


async def _clinician_writes(cast: Cast) -> None:
    await letter(cast, "mira")


async def _begins_to_write(cast: Cast) -> None:
    held, _ = await cast.enter("ruth", "ruth", Deed.WRITE)
    await keep(cast.office, held, Writing(uuid4(), DraftKind.LETTER, "Begun."))


async def _open(cast: Cast) -> None:
    await open_session(cast.office, await by(cast, "mira", "ruth"))


async def _book(cast: Cast) -> None:
    await book(cast.office, await by(cast, "mira", "ruth"), tomorrow(9), 50)


async def _move(cast: Cast) -> None:
    held = await by(cast, "mira", "ruth")
    known = await cast.office.memory.sessions.of_conversation(held, 1)
    await move(cast.office, held, known[0], tomorrow(7))


async def _restore(cast: Cast) -> None:
    held = await by(cast, "mira", "ruth")
    one = (await cast.office.memory.sessions.of_conversation(held, 1))[0]
    if one.state is SessionState.BOOKED:
        one = await cancel(cast.office, held, one)
    former = Former(one.id, one.sequence, one.starts, one.minutes)
    await restore(cast.office, held, former)


async def _take(cast: Cast) -> None:
    await take(cast.office, await by(cast, "ruth", "ruth"), (await slots(cast))[0].id)


async def _cancel(cast: Cast) -> None:
    held = await by(cast, "ruth", "ruth")
    known = await cast.office.memory.sessions.of_conversation(held, 1)
    await cancel(cast.office, held, known[0])


async def _settle(cast: Cast) -> None:
    held, _ = await cast.enter("mira", "ruth", Deed.SETTLE)
    await needs_no_answer(cast.office, held, uuid4())


async def _note(cast: Cast) -> None:
    """What was thought of care that has ended is written down, too."""
    held, _ = await cast.enter("mira", "ruth", Deed.NOTE)
    await write_note(cast.office, held, Written(uuid4(), "Seen."))
    await write_own(cast.office, held, Written(uuid4(), "Thought."))


async def _decide(cast: Cast) -> None:
    with pytest.raises(NotFound):  # it began as no enquiry, so there is nothing to decide
        await claim(cast.office, cast["mira"], cast.conversation("ruth"))


async def _assign(cast: Cast) -> None:
    held, circle = await cast.enter("mira", "ruth", Deed.ASSIGN)
    await give(cast.office, held, circle, Given(uuid4(), AssignmentKind.TASK, "To walk to the river."))


Act = Callable[[Cast], Awaitable[None]]
TABLE: Mapping[Deed, Mapping[Act, type[Refusal] | None]] = {
    Deed.READ: {_read: None},
    Deed.SAY: {_say: CareEnded, _take_back: None},
    Deed.WRITE: {_client_writes: None, _clinician_writes: None, _begins_to_write: None},
    Deed.HOLD_SESSION: {_open: CareEnded, _book: CareEnded, _move: CareEnded, _restore: CareEnded},
    Deed.BOOK: {_take: CareEnded, _cancel: NotBooked},
    Deed.SETTLE: {_settle: None},
    Deed.NOTE: {_note: None},
    Deed.ASSIGN: {_assign: CareEnded},
    Deed.DECIDE: {_decide: None},
}
"""Each deed, what is done by it, and what it is answered where care has ended. Where it goes on, all of it is done."""


def test_every_deed_is_in_the_table() -> None:
    assert TABLE.keys() == set(Deed)


@pytest.mark.parametrize("over", [False, True])
@pytest.mark.parametrize(
    ("act", "refusal"), [(act, refusal) for acts in TABLE.values() for act, refusal in acts.items()]
)
async def test_what_may_be_done_while_care_goes_on_and_when_it_has_ended(
    cast: Cast, act: Act, refusal: type[Refusal] | None, over: bool
) -> None:
    live = await open_session(cast.office, await by(cast, "mira", "ruth"))
    held, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    await say(cast.office, held, uuid4(), "Said.")
    await end_session(cast.office, await by(cast, "mira", "ruth"), live)
    await book(cast.office, await by(cast, "mira", "ruth"), tomorrow(4), 50)
    if over:
        await ended(cast)
    if over and refusal is not None:
        with pytest.raises(refusal):
            await act(cast)
    else:
        await act(cast)


async def test_what_ends_is_named_first_and_ends_with_it(cast: Cast) -> None:
    mira = await by(cast, "mira", "ruth")
    await letter(cast, "ruth")
    held, _ = await cast.enter("mira", "ruth", Deed.WRITE)
    for at in (None, cast.office.clock() + timedelta(days=1)):
        when = When(at) if at else When(None, cast.office.clock() + timedelta(days=1))
        await keep_pending(cast.office, held, Letter(uuid4(), "Planned."), when)
    own, _ = await cast.enter("ruth", "ruth", Deed.WRITE)
    await keep_pending(cast.office, own, Letter(uuid4(), "Hers."), When(cast.office.clock() + LATER))
    one = await take(cast.office, await by(cast, "ruth", "ruth"), (await slots(cast))[0].id)
    other = await book(cast.office, mira, tomorrow(9), 50)
    ends = await what_ends(cast.office, cast["nour"], cast.conversation("ruth"))
    assert [ahead.id for ahead in ends.ahead.sessions] == [one.id, other.id]
    assert ends.ahead.waiting == 1
    assert [planned.author for planned in ends.ahead.planned] == [cast["mira"].id]
    with pytest.raises(LettersWait):
        await ended(cast)
    assert (await found(cast)).ended_at is None
    await ended(cast, knowingly=True)
    assert await events(cast) == [
        *[EventName.SESSION_BOOKED] * 2,
        EventName.CARE_ENDED,
        *[EventName.SESSION_CANCELLED] * 2,
    ]
    assert (await found(cast)).waiting_since is None
    states = [two.state for two in await pending_letters(cast.office, held)]
    assert sorted(states) == [PendingState.CARE_ENDED, PendingState.WAITING], "what is slept on sleeps on"
    assert [two.state for two in await pending_letters(cast.office, own)] == [PendingState.WAITING]
    assert (await forms(cast, "ruth")).count(MailForm.APPOINTMENT) == 4
    slot = await cast.office.memory.slots.of_clinician(
        cast.practice.id, cast["mira"].id, tomorrow() - LATER, tomorrow() + LATER
    )
    assert [offered.session for offered in slot] == [None, None, None], "the hour is free for others"


async def test_nothing_runs_and_nobody_is_reminded_after_the_end(cast: Cast) -> None:
    session = await book(cast.office, await by(cast, "mira", "ruth"), tomorrow(), 50)
    await letter(cast, "ruth")
    await ended(cast, knowingly=True)
    before = len(await forms(cast, "ruth"))
    for hours in (-24, -1, 0, 1, 24 * 30):
        then = office_at(cast.office, session.starts + timedelta(hours=hours))
        await attend(then, cast.practice.id, session.id)
        assert await attend_promise(then, cast.practice.id, cast.conversation("ruth")) is None
    assert len(await forms(cast, "ruth")) == before
    assert EventName.PROMISE_PASSED not in await events(cast)
    assert EventName.SESSION_MISSED not in await events(cast)


async def test_a_letter_after_the_end_is_kept_shown_and_answered_by_the_truth(cast: Cast) -> None:
    mira = Changes(email=f"mira.{cast.practice.slug}@mail.example")
    await change_person(cast.office, cast["nour"], cast["mira"].id, mira)
    await ended(cast)
    await letter(cast, "ruth", words="I write nonetheless.")
    await letter(cast, "ruth", words="And once more.")
    assert [one.body.text for one in await record(cast) if one.body.text] == [
        "I write nonetheless.",
        "And once more.",
    ]
    now = await found(cast)
    assert now.waiting_since is None
    assert promise_of(cast.practice, replace(now, waiting_since=cast.office.clock())) is None
    (line,) = [one for one in await inbox(cast.office, cast["mira"]) if one.conversation.id == now.id]
    assert line.after_end
    assert line.since is not None
    assert line.due is None
    assert (await forms(cast, "ruth")).count(MailForm.RECEIPT) == 1, "once a day, for machines answer too"
    assert (await forms(cast, "mira")).count(MailForm.WAITING) == 1


async def test_beginning_again_lets_what_came_meanwhile_wait_from_now_on(cast: Cast) -> None:
    await letter(cast, "mira")
    await ended(cast)
    await letter(cast, "ruth")
    later = office_at(cast.office, cast.office.clock() + LATER)
    await begin_care_again(later, cast["nour"], cast.conversation("ruth"))
    now = await found(cast)
    assert now.ended_at is None
    assert now.waiting_since == later.clock()
    assert promise_of(cast.practice, now) is not None
    await _book(cast)
    await ended(cast, knowingly=True)
    await letter(cast, "ruth")
    await letter(cast, "mira")
    await begin_care_again(cast.office, cast["mira"], cast.conversation("ruth"))
    assert (await found(cast)).waiting_since is None, "it was answered"


async def test_twice_is_once_also_at_the_same_moment(cast: Cast) -> None:
    await asyncio.gather(*(ended(cast, who=who) for who in ("mira", "nour", "mira")))
    await ended(cast)
    place = cast.conversation("ruth")
    await asyncio.gather(
        *(begin_care_again(cast.office, cast[who], place) for who in ("mira", "nour", "nour"))
    )
    assert await events(cast) == [EventName.CARE_ENDED, EventName.CARE_BEGUN_AGAIN]
    await ended(cast)
    assert (await events(cast))[2:] == [EventName.CARE_ENDED]
    assert len([one for one in await forms(cast, "ruth") if one is MailForm.WHOLE]) == 3


async def test_nobody_is_cut_off_in_a_session(cast: Cast) -> None:
    live = await open_session(cast.office, await by(cast, "mira", "ruth"))
    with pytest.raises(SessionLive):
        await ended(cast)
    assert (await found(cast)).ended_at is None
    await end_session(cast.office, await by(cast, "mira", "ruth"), live)
    await ended(cast)


@pytest.mark.parametrize("who", ["ruth", "eli", "linden"])
async def test_only_who_answers_for_it_ends_care(cast: Cast, who: str) -> None:
    for act in (ended(cast, who=who), begin_care_again(cast.office, cast[who], cast.conversation("ruth"))):
        with pytest.raises(NotFound):
            await act


async def test_the_record_says_who_and_why_and_an_end_at_the_door_is_no_race(cast: Cast) -> None:
    """An hour taken while care ends is either refused or called off: none stands."""
    free = await slots(cast)
    held = await by(cast, "ruth", "ruth")
    ending = Ending("Moved to another town.")
    await asyncio.gather(
        end_care(cast.office, cast["nour"], cast.conversation("ruth"), ending),
        *(take(cast.office, held, one.id) for one in free),
        return_exceptions=True,
    )
    known = await cast.office.memory.sessions.of_conversation(held, 9)
    assert all(one.state is SessionState.CANCELLED for one in known)
    (told,) = [one.body.facts for one in await record(cast) if one.body.event is EventName.CARE_ENDED]
    assert told == CareFacts(cast["nour"].id, "Nour", "Moved to another town.")
