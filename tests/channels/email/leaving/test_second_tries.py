"""A mail in doubt, refused or stopped: what the clinician says goes, and nothing goes twice by itself."""

import asyncio
from datetime import timedelta

import pytest

from messaging.errors import Malformed, NotFound
from messaging.ids import MailId
from messaging.leaving.delivering import deliveries
from messaging.letters.second_tries import note_arrival, send_again
from messaging.memory.leaving import MailState
from messaging.messages import EventName
from messaging.people import EmailMode
from messaging.record.reading import entries_after
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import later, send, state, write
from tests.channels.email.world import FakeRelay


async def mail_of(cast: Cast, number: int) -> MailId:
    found = await deliveries(
        cast.office, errand(cast.practice.id, cast.conversation("ruth"), Work.LEAVING), [number]
    )
    ((one,)) = found[number]
    return one.mail


async def again(cast: Cast, mail: MailId) -> None:
    held, circle = await cast.enter("mira", "ruth", Deed.SETTLE)
    await send_again(cast.office, held, circle, mail)


async def in_doubt(cast: Cast, relay: FakeRelay) -> tuple[int, MailId]:
    number = await write(cast, "ruth")
    relay.dies = "dot"
    await send(cast.office, relay)
    relay.dies = None
    assert await state(cast, "ruth", number) is MailState.IN_DOUBT
    return number, await mail_of(cast, number)


async def test_the_clinician_ends_a_doubt_and_nothing_more_is_sent(cast: Cast, relay: FakeRelay) -> None:
    number, mail = await in_doubt(cast, relay)
    held, _ = await cast.enter("mira", "ruth", Deed.SETTLE)
    await note_arrival(cast.office, held, mail)
    await note_arrival(cast.office, held, mail)
    await send(later(cast.office, cast, 86_400), relay)
    assert await state(cast, "ruth", number) is MailState.SENT
    assert len(relay.to(cast["ruth"].email)) == 1


async def test_sent_again_on_the_clinicians_word_it_is_the_same_mail_byte_for_byte(
    cast: Cast, relay: FakeRelay
) -> None:
    number, mail = await in_doubt(cast, relay)
    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(again(cast, mail))
    await send(later(cast.office, cast, 1), relay)
    assert await state(cast, "ruth", number) is MailState.SENT
    one, other = relay.to(cast["ruth"].email)
    assert one == other


async def test_a_refused_letter_goes_again_for_another_two_days(cast: Cast, relay: FakeRelay) -> None:
    await send(later(cast.office, cast, 60), relay)  # what other tests left
    number = await write(cast, "ruth")
    relay.answers = {"RCPT": ["550 full for ever"]}
    await send(cast.office, relay)
    assert await state(cast, "ruth", number) is MailState.FAILED
    await again(cast, await mail_of(cast, number))
    relay.answers = {"RCPT": ["450 not now"]}
    await send(later(cast.office, cast, 1), relay)
    assert await state(cast, "ruth", number) is MailState.OWED
    relay.answers = {}
    await send(later(cast.office, cast, timedelta(hours=1).total_seconds()), relay)
    assert await state(cast, "ruth", number) is MailState.SENT
    assert len(relay.to(cast["ruth"].email)) == 1


async def test_each_time_it_is_refused_it_is_told(cast: Cast, relay: FakeRelay) -> None:
    await send(later(cast.office, cast, 60), relay)  # what other tests left
    number = await write(cast, "ruth")
    for tried in (1, 2):
        relay.answers = {"RCPT": ["550 no such person"]}
        await send(later(cast.office, cast, tried), relay)
        assert await state(cast, "ruth", number) is MailState.FAILED
        held, _ = await cast.enter("mira", "ruth")
        entries = await entries_after(cast.office, held, number)
        assert [one.body.event for one in entries] == [EventName.MAIL_FAILED] * tried
        await again(cast, await mail_of(cast, number))


async def test_what_was_stopped_is_made_anew_for_what_is_wished_now(cast: Cast, relay: FakeRelay) -> None:
    number = await write(cast, "ruth")
    people = cast.office.memory.people
    await people.set_email_mode(cast.practice.id, cast["ruth"].id, EmailMode.NOTICE)
    await send(cast.office, relay)
    assert await state(cast, "ruth", number) is MailState.STOPPED
    mail = await mail_of(cast, number)
    await again(cast, mail)
    await again(cast, mail)
    await send(later(cast.office, cast, 1), relay)
    assert await state(cast, "ruth", number) is MailState.SENT
    (notice,) = relay.to(cast["ruth"].email)
    assert b"frozen" not in notice, "the words did not go against the wish of now"


async def test_what_was_sent_is_not_sent_again(cast: Cast, relay: FakeRelay) -> None:
    number = await write(cast, "ruth")
    await send(cast.office, relay)
    mail = await mail_of(cast, number)
    with pytest.raises(Malformed):
        await again(cast, mail)
    assert await state(cast, "ruth", number) is MailState.SENT


async def test_only_who_cares_in_this_conversation_decides(cast: Cast, relay: FakeRelay) -> None:
    _, mail = await in_doubt(cast, relay)
    elsewhere, circle = await cast.enter("mira", "linden", Deed.SETTLE)
    reading, own = await cast.enter("mira", "ruth", Deed.READ)
    for held, around in ((elsewhere, circle), (reading, own)):
        with pytest.raises(NotFound):
            await note_arrival(cast.office, held, mail)
        with pytest.raises(NotFound):
            await send_again(cast.office, held, around, mail)
