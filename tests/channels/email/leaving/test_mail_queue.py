"""What waits to be sent is seen by id and domain only, and goes at once on the operator's word."""

from messaging.leaving.delivering import claim
from messaging.leaving.waiting_mail import Waiting, flush, waiting_mail
from messaging.memory.leaving import MailState
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import later, send, state, write
from tests.channels.email.world import FakeRelay


async def waiting(cast: Cast, name: str) -> list[Waiting]:
    """What waits for a client; the database is shared."""
    domain = str(cast[name].email).partition("@")[2]
    return [one async for one in waiting_mail(cast.office) if one.domain == domain]


async def test_what_was_put_off_goes_at_once_on_the_operators_word(cast: Cast, relay: FakeRelay) -> None:
    await send(cast.office, relay)  # what other tests left
    number = await write(cast, "ruth")
    relay.answers = {"RCPT": ["450 4.2.0 later"]}
    await send(cast.office, relay)
    ruth = [one for one in await waiting(cast, "ruth") if one.attempts]
    (one,) = ruth
    assert (one.state, one.attempts) == (MailState.OWED, 1)
    assert one.next is not None
    assert one.next > cast.office.clock()
    assert str(cast["ruth"].email) not in repr(one)
    assert await flush(cast.office) >= 1
    assert await state(cast, "ruth", number) is MailState.OWED
    await send(cast.office, relay)
    assert await state(cast, "ruth", number) is MailState.SENT
    assert one.id not in {other.id for other in await waiting(cast, "ruth")}


async def test_a_mail_in_a_couriers_hands_is_not_sent_twice_for_it(cast: Cast, relay: FakeRelay) -> None:
    await send(cast.office, relay)  # what other tests left
    await write(cast, "ruth")
    (first,) = [
        c for c in await claim(cast.office, 100) if c.stored.conversation == cast.conversation("ruth")
    ]
    await flush(cast.office)
    await send(later(cast.office, cast, 1), relay)
    assert len(relay.to(cast["ruth"].email)) == 1
    assert first.stored.id not in {one.id for one in await waiting(cast, "ruth")}
