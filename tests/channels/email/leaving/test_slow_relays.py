"""Mail that lay in a courier's hands for a while: what is not true or wished any more does not leave, and nothing twice."""

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from channels.email.leaving.courier import Bag, Courier
from channels.email.terms import Relay
from messaging.details import person_place
from messaging.leaving.delivering import CLAIM, Consignment, begin, begun, claim, give_back, try_again
from messaging.leaving.keys import Choice, choose_mode
from messaging.leaving.wishes import MailWishes, choose_wishes
from messaging.memory.leaving import MailState
from messaging.office import Office
from messaging.people import EmailMode
from messaging.sessions.booking import book, cancel
from messaging.sessions.inviting import RESTS
from messaging.trust.access import Work, errand
from messaging.trust.locks import Standing
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import later, send, state, write
from tests.channels.email.leaving.test_locked_letters import with_key
from tests.channels.email.world import FakeRelay
from tests.conftest import TestDatabase
from tests.messaging.letters.test_pending_letters import deactivate
from tests.messaging.sessions.booked import by, office_at, tomorrow
from tests.peers.gnupg import GnuPG, gnupg
from tests.peers.running import needs
from threads.database import Database, connector

SOON = timedelta(seconds=1)
OVER = timedelta(seconds=CLAIM + 1)
Happening = Callable[[Cast, TestDatabase], Awaitable[None]]


class Turned:
    """An office whose clock a test turns on."""

    def __init__(self, cast: Cast) -> None:
        self.ahead = timedelta()
        self._clock: Callable[[], datetime] = cast.office.clock
        self.office: Office = replace(cast.office, clock=self._now)

    def _now(self) -> datetime:
        return self._clock() + self.ahead


@pytest.fixture(scope="module")
def theirs() -> Iterator[GnuPG]:
    with gnupg() as made:
        yield made


async def withdraws(cast: Cast, _: TestDatabase) -> None:
    await choose_mode(cast.office, cast["ruth"], Choice(EmailMode.NOTICE))


async def moves(cast: Cast, _: TestDatabase) -> None:
    ruth, people = cast["ruth"], cast.office.memory.people
    key, place = await cast.office.keyring.key(ruth.practice, ruth.id), person_place(ruth.practice, ruth.id)
    (stored,) = await people.find(ruth.practice, [ruth.id])
    details = json.loads(key.open(place, stored.sealed)) | {"email": "elsewhere@mail.example"}
    sealed = cast.office.keyring.seal(key, place, json.dumps(details).encode())
    assert await people.reseal(ruth.practice, ruth.id, stored.sealed, sealed)


async def leaves(cast: Cast, _: TestDatabase) -> None:
    await cast.office.memory.conversations.remove_member(
        errand(cast.practice.id, cast.conversation("ruth"), Work.FOUNDING),
        cast["ruth"].id,
        cast.office.clock(),
    )


async def is_barred(cast: Cast, database: TestDatabase) -> None:
    await deactivate(cast, database, "ruth")


async def with_the_next_in_hand(cast: Cast, relay: FakeRelay) -> tuple[Turned, Courier]:
    """A courier that has sent the first of two mails it claimed together."""
    turned = Turned(cast)
    bag = Bag(turned.office, size=16)
    courier = Courier(turned.office, Relay("127.0.0.1", relay.port, timeout=5, final_timeout=5), bag)
    assert await courier.send_due() == 1
    return turned, courier


async def to_the_end(courier: Courier) -> None:
    while await courier.send_due():
        pass
    await courier.close()


async def claimed(cast: Cast, office: Office) -> Consignment:
    """Ruth's mail, in somebody's hands."""
    (one,) = [c for c in await claim(office, 100) if c.stored.conversation == cast.conversation("ruth")]
    return one


async def queued(cast: Cast, database: TestDatabase, add: object = None) -> int:
    """How many mails of the practice stand in the queue; `add`: with one more, due long ago."""
    base = Database(connector(database.accesses.app.url()))
    asked = "select count(*) from queue where kind = 'send' and practice_id = :practice"
    more = "insert into queue (kind, practice_id, id, next_at) values ('send', :practice, :id, '2020-01-01Z')"
    try:
        async with base.anywhere() as connection:
            if add is not None:
                await connection.execute(text(more), {"practice": cast.practice.id, "id": add})
            return int(await connection.scalar(text(asked), {"practice": cast.practice.id}) or 0)
    finally:
        await base.close()


@pytest.mark.parametrize("happens", [withdraws, moves, leaves, is_barred])
@pytest.mark.parametrize("lay", [SOON, OVER])
async def test_what_is_withdrawn_after_it_was_claimed_does_not_leave(
    cast: Cast, relay: FakeRelay, database: TestDatabase, happens: Happening, lay: timedelta
) -> None:
    await send(cast.office, relay)  # what other tests left
    await write(cast, "linden")
    number = await write(cast, "ruth")
    turned, courier = await with_the_next_in_hand(cast, relay)
    await happens(cast, database)
    turned.ahead = lay
    await to_the_end(courier)
    assert await state(cast, "ruth", number) is MailState.STOPPED
    assert relay.to(cast["ruth"].email) == []
    assert await queued(cast, database) == 0


async def test_who_chose_another_zone_meanwhile_has_the_letter_all_the_same(
    cast: Cast, relay: FakeRelay
) -> None:
    await send(cast.office, relay)  # what other tests left
    await write(cast, "linden")
    number = await write(cast, "ruth")
    _, courier = await with_the_next_in_hand(cast, relay)
    await choose_wishes(cast.office, cast["ruth"], MailWishes("Asia/Tokyo", receipts=True))
    await to_the_end(courier)
    assert await state(cast, "ruth", number) is MailState.SENT
    assert len(relay.to(cast["ruth"].email)) == 1


@needs("gpg")
async def test_a_letter_locked_with_an_earlier_key_does_not_leave(
    cast: Cast, relay: FakeRelay, theirs: GnuPG
) -> None:
    await with_key(cast, theirs, "ruth")
    number = await write(cast, "ruth")
    one = await claimed(cast, cast.office)
    keys, ruth = cast.office.memory.person_keys, cast["ruth"]
    stored = await keys.of_person(ruth.practice, ruth.id, Standing.CURRENT)
    assert stored is not None
    await keys.keep(ruth.practice, ruth.id, Standing.CURRENT, replace(stored, fingerprint="0" * 40))
    assert not await begin(cast.office, one, begun(cast.office, one))
    await keys.keep(ruth.practice, ruth.id, Standing.CURRENT, stored)
    assert await begin(cast.office, one, begun(cast.office, one))
    assert await state(cast, "ruth", number) is MailState.SENDING


async def test_an_appointment_that_is_called_off_after_it_was_claimed_is_not_announced(
    cast: Cast, relay: FakeRelay
) -> None:
    await send(cast.office, relay)  # what other tests left
    await write(cast, "linden")
    held = await by(cast, "mira", "ruth")
    session = await book(cast.office, held, tomorrow(), 50)
    turned, courier = await with_the_next_in_hand(cast, relay)
    await cancel(cast.office, held, session)
    turned.ahead = SOON
    await to_the_end(courier)
    await send(office_at(cast.office, cast.office.clock() + RESTS), relay)
    (sent,) = relay.to(cast["ruth"].email)
    assert "An appointment is cancelled" in sent.decode()


async def test_what_others_may_have_by_now_is_left_to_them(cast: Cast, relay: FakeRelay) -> None:
    await send(cast.office, relay)  # what other tests left
    await write(cast, "linden")
    await write(cast, "ruth")
    turned, courier = await with_the_next_in_hand(cast, relay)
    turned.ahead = OVER
    other = await claimed(cast, turned.office)
    assert await courier.send_due() == 0
    assert await begin(turned.office, other, begun(turned.office, other))


async def test_who_comes_too_late_neither_sends_again_nor_leaves_anything_in_the_queue(
    cast: Cast, relay: FakeRelay, database: TestDatabase
) -> None:
    number = await write(cast, "ruth")
    late = await claimed(cast, cast.office)
    await send(later(cast.office, cast, OVER.total_seconds()), relay)
    assert await state(cast, "ruth", number) is MailState.SENT
    assert not await begin(cast.office, late, begun(cast.office, late))
    await give_back(cast.office, [late])
    await try_again(cast.office, late, 450)
    assert (await state(cast, "ruth", number), await queued(cast, database)) == (MailState.SENT, 0)
    await send(later(cast.office, cast, 86_400), relay)
    assert len(relay.to(cast["ruth"].email)) == 1


async def test_who_gives_back_too_late_takes_nothing_out_of_anothers_hands(cast: Cast) -> None:
    await write(cast, "ruth")
    late = await claimed(cast, cast.office)
    other = later(cast.office, cast, OVER.total_seconds())
    await claimed(cast, other)
    await give_back(other, [late])
    assert [c for c in await claim(other, 100) if c.stored.id == late.stored.id] == []


async def test_what_stands_in_the_queue_though_it_was_sent_leaves_it(
    cast: Cast, relay: FakeRelay, database: TestDatabase
) -> None:
    await write(cast, "ruth")
    mail = (await claimed(cast, cast.office)).stored.id
    await send(later(cast.office, cast, OVER.total_seconds()), relay)
    assert await queued(cast, database, add=mail) == 1
    await send(cast.office, relay)
    assert await queued(cast, database) == 0
