"""Mail about a session that was held up by an outage does not go once it is untrue."""

from datetime import timedelta

import pytest

from messaging.memory.leaving import MailForm, MailState
from messaging.sessions.booking import book, cancel, move
from messaging.sessions.inviting import RESTS
from messaging.sessions.timekeeping import attend
from messaging.trust.access import Work, errand
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import send
from tests.channels.email.leaving.test_receipts import text_of
from tests.channels.email.world import FakeRelay
from tests.messaging.sessions.booked import by, office_at, tomorrow

MINUTE = timedelta(minutes=1)


async def states(cast: Cast) -> dict[MailForm | None, list[MailState]]:
    """How the mails to Ruth stand, by form, in the order they were owed."""
    found: dict[MailForm | None, list[MailState]] = {}
    kept = await cast.office.memory.mailbox.mail_of(
        errand(cast.practice.id, cast.conversation("ruth"), Work.LEAVING), range(1, 50)
    )
    for one in sorted(kept, key=lambda mail: mail.created_at):
        found.setdefault(one.form, []).append(one.state)
    return found


async def test_a_reminder_stuck_in_an_outage_does_not_go_after_the_session_was_cancelled(
    cast: Cast, relay: FakeRelay
) -> None:
    held = await by(cast, "mira", "ruth")
    session = await book(cast.office, held, tomorrow(), 50)
    before = office_at(cast.office, session.starts - timedelta(days=1) + MINUTE)
    await attend(before, cast.practice.id, session.id)
    relay.answers = {"MAIL": ["421 closing"] * 100}
    await send(before, relay)
    await cancel(cast.office, held, session)
    relay.answers = {}
    await send(office_at(cast.office, session.starts - timedelta(hours=20)), relay)
    (sent,) = relay.to(cast["ruth"].email)
    assert "An appointment is cancelled" in sent.decode()
    assert await states(cast) == {
        MailForm.APPOINTMENT: [MailState.STOPPED, MailState.SENT],
        MailForm.REMINDER: [MailState.STOPPED],
    }


async def test_of_two_times_only_the_new_one_is_told(cast: Cast, relay: FakeRelay) -> None:
    held = await by(cast, "mira", "ruth")
    session = await book(cast.office, held, tomorrow(), 50)
    await move(cast.office, held, session, tomorrow(24))
    await send(office_at(cast.office, cast.office.clock() + RESTS), relay)
    (sent,) = relay.to(cast["ruth"].email)
    assert "The time of an appointment has changed" in sent.decode()
    assert await states(cast) == {MailForm.APPOINTMENT: [MailState.STOPPED, MailState.SENT]}


@pytest.mark.parametrize(("late", "goes"), [(-MINUTE, True), (MINUTE, False)])
async def test_a_reminder_goes_until_the_session_begins(
    cast: Cast, relay: FakeRelay, late: timedelta, goes: bool
) -> None:
    session = await book(cast.office, await by(cast, "mira", "ruth"), tomorrow(), 50)
    await send(cast.office, relay)
    await attend(office_at(cast.office, session.starts - timedelta(minutes=59)), cast.practice.id, session.id)
    await send(office_at(cast.office, session.starts + late), relay)
    said = [text_of(raw)[1] for raw in relay.to(cast["ruth"].email)[1:]]
    assert [one.startswith("A reminder") for one in said] == ([True] if goes else [])
    assert (await states(cast))[MailForm.REMINDER] == [MailState.SENT if goes else MailState.STOPPED]
