"""A way to one conversation finds nothing of another, whatever its holder names."""

from uuid import uuid4

from messaging.ids import MailId, SlotId
from messaging.letters.writing import Letter, write_letter
from messaging.memory.bookings import Agreed, Former, Move, Slot
from messaging.sessions.booking import book
from messaging.sessions.checking_in import ask_again
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.messaging.sessions.booked import HOUR, by, tomorrow


async def test_a_session_is_found_moved_and_called_off_by_its_own_way_only(cast: Cast) -> None:
    memory, now = cast.office.memory, cast.office.clock()
    own, other = await by(cast, "mira", "ruth"), await by(cast, "mira", "linden")
    booked = await book(cast.office, own, tomorrow(), 50)
    moved = Move(booked.id, booked.starts + HOUR, 50)
    former = Former(booked.id, booked.sequence, booked.starts + HOUR, 50)

    assert await memory.sessions.find(other, booked.id) is None
    assert await memory.sessions.of_conversation(other, 10) == []
    assert await memory.sessions.to_come(other, now) == []
    for agreement in (
        await memory.bookings.move(other, moved, now),
        await memory.bookings.cancel(other, booked.id, now, keeps_offer=False, late_from=HOUR),
        await memory.bookings.restore(other, former, now, now),
    ):
        assert (agreement.agreed, agreement.session) == (Agreed.NOT_BOOKED, None)

    assert await memory.sessions.find(own, booked.id) == booked
    assert await memory.sessions.of_conversation(own, 10) == [booked]
    assert await memory.sessions.to_come(own, now) == [booked]
    assert (await memory.bookings.move(own, moved, now)).agreed is Agreed.DONE


async def test_the_slot_a_session_stands_in_is_told_by_its_own_way_only(cast: Cast) -> None:
    memory, now = cast.office.memory, cast.office.clock()
    own, other = await by(cast, "mira", "ruth"), await by(cast, "mira", "linden")
    slot = Slot(SlotId(uuid4()), cast["mira"].id, tomorrow(), 50)
    await memory.slots.offer(cast.practice.id, [slot], now)
    booked = await book(cast.office, own, slot.starts + 2 * HOUR, 50)
    await memory.bookings.move(own, Move(booked.id, slot.starts, 50, slot.id), now)
    found = await memory.slots.taken_by(own, booked.id)
    assert found is not None
    assert found.id == slot.id
    assert await memory.slots.taken_by(other, booked.id) is None


async def test_check_ins_and_mails_are_found_by_their_own_way_only(cast: Cast) -> None:
    memory = cast.office.memory
    own, circle = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    other = await by(cast, "mira", "linden")
    session = await open_session(cast.office, own)
    await ask_again(cast.office, own, circle, session, cast["ruth"].id, uuid4())
    assert len(await memory.check_ins.of_session(own, session.id)) == 1
    assert await memory.check_ins.of_session(other, session.id) == []

    held, circle = await cast.enter("mira", "ruth", Deed.WRITE)
    outcome = await write_letter(cast.office, held, circle, Letter(uuid4(), "A letter"))
    (mail,) = await memory.mailbox.mail_of(own, [outcome.number])
    assert await memory.mailbox.mail_of(other, [outcome.number]) == []
    assert await memory.mailbox.mail(own, MailId(mail.id)) is not None
    assert await memory.mailbox.mail(other, mail.id) is None
