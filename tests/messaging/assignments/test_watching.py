"""What is to be read first and is not read is told in turn, once each, and dropped by nothing: that, never what."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from messaging.assignments.answering import Handed
from messaging.assignments.watching import AGAIN, LATER, attend_raised, claim_raised, to_be_read_by
from messaging.conversations import Conversation, CoverScope
from messaging.memory.leaving import MailForm, MailState
from messaging.messages import EventName
from messaging.people import Role
from messaging.practice.changing import Changes, change_person
from messaging.practice.founding import NewPerson, add_person
from messaging.record.reading import entries_after, mark_read
from messaging.trust.access import Work, errand
from tests.cast import Cast
from tests.messaging.absence.away import accepts, covering, is_away, runs
from tests.messaging.assignments.test_assignments import PHQ, at, back, given

RAISED = PHQ | {"9": 1}
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def reachable(cast: Cast) -> Cast:
    """Those who care and administer have addresses too."""
    for name in ("mira", "eli", "nour"):
        changes = Changes(email=f"{name}.{cast.practice.slug}@mail.example")
        cast.people[name] = (await change_person(cast.office, cast["nour"], cast[name].id, changes)).person
    return cast


async def conversation(cast: Cast) -> Conversation:
    found = await cast.office.memory.conversations.find(cast.practice.id, cast.conversation("ruth"))
    assert found is not None
    return found


async def raised(cast: Cast) -> tuple[int, datetime]:
    """Ruth's answer is to be read first: its number, and by when somebody should have read it."""
    number = await back(cast, await given(cast), Handed(uuid4(), RAISED))
    return number, to_be_read_by(cast.practice, await conversation(cast), cast.office.clock())


async def attend(cast: Cast, when: datetime) -> datetime | None:
    return await attend_raised(at(cast.office, when), cast.practice.id, cast.conversation("ruth"))


async def told(cast: Cast) -> list[str]:
    """Who is owed an alarm, by name, in order."""
    way = errand(cast.practice.id, cast.conversation("ruth"), Work.LEAVING)
    kept = await cast.office.memory.mailbox.mail_of(way, range(1, 50))
    names = {person.id: name for name, person in cast.people.items()}
    alarms = [one for one in kept if one.form is MailForm.ALARM and one.state is MailState.OWED]
    return [names[one.person] for one in sorted(alarms, key=lambda one: one.number)]


async def test_who_answers_is_told_then_who_administers_once_each(reachable: Cast) -> None:
    cast = reachable
    _, due = await raised(cast)
    assert await attend(cast, due - MINUTE) == due
    assert await told(cast) == []
    for _ in range(2):
        both = await asyncio.gather(*(attend(cast, due + MINUTE) for _ in range(3)))
        assert set(both) == {due + LATER}
        assert await told(cast) == ["mira"]
    assert [await attend(cast, due + LATER) for _ in range(3)] == [None] * 3
    assert await told(cast) == ["mira", "nour"]
    held, _ = await cast.enter("mira", "ruth")
    lines = [one.body for one in await entries_after(cast.office, held, 0)]
    (first, second) = [one for one in lines if one.event is EventName.UNREAD_TOLD]
    assert first.facts == second.facts, "the time, and nothing of what was answered"


async def test_whichever_clinician_reads_it_ends_it(reachable: Cast) -> None:
    cast = reachable
    number, due = await raised(cast)
    client, _ = await cast.enter("ruth", "ruth")
    await mark_read(cast.office, client, number)
    assert await attend(cast, due) == due + LATER, "the client's own reading ends nothing"
    held, _ = await cast.enter("mira", "ruth")
    await mark_read(cast.office, held, number - 1)
    assert await attend(cast, due + MINUTE) == due + LATER
    await mark_read(cast.office, held, number)
    assert await attend(cast, due + LATER) is None
    assert await told(cast) == ["mira"]


async def test_who_stands_in_is_told_with_who_is_away_and_can_read_it(reachable: Cast) -> None:
    cast = reachable
    number, due = await raised(cast)
    await runs(cast, CoverScope.LOOK_IN)
    place = await covering(cast)
    assert place is not None
    assert place.first_number <= number, "who looks in reads what is to be read first"
    await attend(cast, due + MINUTE)
    assert sorted(await told(cast)) == ["eli", "mira"]
    held, _ = await cast.enter("eli", "ruth")
    await mark_read(cast.office, held, number)
    assert await attend(cast, due + LATER) is None


async def nobody_stands_in(cast: Cast) -> None:
    await is_away(cast, None, days=30)


async def asked_in_vain(cast: Cast) -> None:
    await accepts(cast, await is_away(cast, days=30))


async def cover_has_ended(cast: Cast) -> None:
    absence = await runs(cast)
    await change_person(cast.office, cast["nour"], cast["eli"].id, Changes(active=False))
    assert absence.cover == cast["eli"].id


async def deactivated(cast: Cast) -> None:
    await change_person(cast.office, cast["nour"], cast["mira"].id, Changes(active=False))


async def no_clinician(cast: Cast) -> None:
    way = errand(cast.practice.id, cast.conversation("ruth"), Work.FOUNDING)
    await cast.office.memory.conversations.remove_member(way, cast["mira"].id, cast.office.clock())


async def nothing(cast: Cast) -> None:
    """Mira is there, and reads nothing."""


@pytest.mark.parametrize(
    "befalls",
    [nothing, nobody_stands_in, asked_in_vain, cover_has_ended, deactivated, no_clinician],
)
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
async def test_whatever_befalls_who_cares_who_administers_is_told(
    reachable: Cast, befalls: Callable[[Cast], Awaitable[None]], before: bool
) -> None:
    """And it is due no later than were nobody away."""
    cast = reachable
    if before and befalls in (nothing, nobody_stands_in, asked_in_vain, cover_has_ended):
        await befalls(cast)
    _, due = await raised(cast)
    assert due - cast.office.clock() < timedelta(days=5)
    if not before or befalls in (deactivated, no_clinician):
        await befalls(cast)
    again: datetime | None = due
    for _ in range(3):
        again = again and await attend(cast, again + MINUTE)
    assert again is None
    assert (await told(cast)).count("nour") == 1


async def test_an_administrator_who_is_the_clinician_is_told_where_their_address_is(cast: Cast) -> None:
    changes = Changes(email=f"mira.{cast.practice.slug}@mail.example")
    cast.people["mira"] = (await change_person(cast.office, cast["nour"], cast["mira"].id, changes)).person
    hat = NewPerson(Role.ADMINISTRATOR, f"hat-{cast.practice.slug}", "Mira", hat_of=cast["mira"].id)
    cast.people["hat"] = await add_person(cast.office, cast.practice.id, hat)
    _, due = await raised(cast)
    await attend(cast, due)
    await no_clinician(cast)
    assert await attend(cast, due + LATER) is None
    assert await told(cast) == ["mira", "mira"]
    mails = await cast.office.memory.mailbox.due_mail(cast.office.clock() + timedelta(days=9), 60.0, 100)
    alarms = [
        one for one in mails if one.mail.form is MailForm.ALARM and one.mail.practice == cast.practice.id
    ]
    assert [one.reader is not None for one in alarms] == [True, True], (
        "it goes, though she is no member any more"
    )


async def test_where_nobody_can_be_told_it_is_looked_at_each_day(cast: Cast) -> None:
    _, due = await raised(cast)
    for days in range(3):
        now = due + timedelta(days=days)
        assert await attend(cast, now) == now + AGAIN
    assert await told(cast) == []
    changes = Changes(email=f"nour.{cast.practice.slug}@mail.example")
    await change_person(cast.office, cast["nour"], cast["nour"].id, changes)
    assert await attend(cast, due + timedelta(days=3)) is None
    assert await told(cast) == ["nour"]


async def test_it_waits_in_the_queue_from_its_own_transaction_on_and_a_dead_nodes_comes_again(
    reachable: Cast,
) -> None:
    cast = reachable
    await raised(cast)
    here = (cast.practice.id, cast.conversation("ruth"))
    now, lease = cast.office.clock() + MINUTE, timedelta(seconds=30)
    assert here in await claim_raised(cast.office, now, lease, 1_000)
    assert here not in await claim_raised(cast.office, now, lease, 1_000), "another node's"
    assert here in await claim_raised(cast.office, now + 2 * lease, lease, 1_000), "it died"
