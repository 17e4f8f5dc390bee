"""Many conversations, two couriers in processes of their own: each line reaches its own client, once, or nobody."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from email import message_from_bytes
from functools import partial
from typing import Any, Final
from uuid import uuid4

from channels.email.running import run_courier
from channels.email.terms import Relay
from messaging.conversations import Conversation, Kind, Member
from messaging.details import person_place
from messaging.ids import ConversationId
from messaging.letters.writing import Letter, write_letter
from messaging.memory.leaving import MailState
from messaging.people import EmailMode, Person, Role
from messaging.practice.founding import NewPerson, add_person, begin_conversation
from messaging.record.reading import enter
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import send
from tests.channels.email.world import FakeRelay
from tests.conftest import TestDatabase
from tests.journeys.stepping import Steps, process
from tests.peers.running import until_it_is
from tests.sizes import size
from web.state import House

_CANARY: Final = re.compile(rb"canary(\d+)x", re.IGNORECASE)
COURIERS: Final = 2
AT_ONCE: Final = 8


@dataclass(frozen=True)
class Client:
    """Somebody in care, known by a number that stands in their name, their address and every word to them."""

    number: int
    person: Person
    conversation: ConversationId

    @property
    def canary(self) -> str:
        return f"canary{self.number}x"

    @property
    def words_may_go(self) -> bool:
        return self.person.email_mode is EmailMode.FULL


async def all_at_once(work: Iterable[Callable[[], Any]]) -> None:
    """Some at a time."""
    waiting = iter(work)

    async def some() -> None:
        for one in waiting:
            await one()

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(some())


async def caseload(cast: Cast, count: int) -> list[Client]:
    """Every second client wants the words by mail."""
    made: list[Client] = []

    async def one(number: int) -> None:
        office, practice = cast.office, cast.practice
        mode = EmailMode.FULL if number % 2 else EmailMode.NOTICE
        name, email = f"Canary{number}x Berg", f"canary{number}x.{practice.slug}@mail.example"
        new = NewPerson(Role.CLIENT, f"c{number}-{practice.slug}", name, email, None, mode)
        person = await add_person(office, practice.id, new)
        members = (Member(person.id, Role.CLIENT), Member(cast["mira"].id, Role.THERAPIST))
        begun: Conversation = await begin_conversation(office, practice.id, Kind.INDIVIDUAL, members)
        made.append(Client(number, person, begun.id))

    await all_at_once(partial(one, number) for number in range(count))
    return made


async def write(cast: Cast, one: Client, number: int) -> None:
    """A letter from Dr Mira."""
    held, circle = await enter(cast.office, cast["mira"], one.conversation, Deed.WRITE)
    words = f"Dear {one.canary}, this is letter {number} for {one.canary}."
    await write_letter(cast.office, held, circle, Letter(uuid4(), words, subject=f"About {one.canary}"))


async def moves(cast: Cast, one: Client) -> None:
    """Their address changes."""
    office, practice = cast.office, cast.practice.id
    (stored,) = await office.memory.people.find(practice, [one.person.id])
    key, place = await office.keyring.key(practice, one.person.id), person_place(practice, one.person.id)
    details = json.loads(key.open(place, stored.sealed)) | {"email": f"moved{one.number}@mail.example"}
    sealed = office.keyring.seal(key, place, json.dumps(details).encode())
    assert await office.memory.people.reseal(practice, one.person.id, stored.sealed, sealed)


async def withdraws(cast: Cast, one: Client) -> None:
    """They no longer want words by mail."""
    await cast.office.memory.people.set_email_mode(cast.practice.id, one.person.id, EmailMode.NOTICE)


async def leaves(cast: Cast, one: Client) -> None:
    """They are no longer in care."""
    memory, practice = cast.office.memory, cast.practice.id
    await memory.conversations.remove_member(
        errand(practice, one.conversation, Work.FOUNDING), one.person.id, cast.office.clock()
    )


CHANGES: Final = {3: moves, 5: withdraws, 6: withdraws, 7: leaves}
"""What happens to a client after letters were written and before they are sent, by the last digit of their number."""


def is_stopped(one: Client) -> bool:
    change = CHANGES.get(one.number % 10)
    return change is not None and (change is not withdraws or one.words_may_go)


async def carry(port: int, built: House, _steps: Steps, _tell: Any) -> None:
    """A courier's process."""
    await run_courier(built.office, Relay("127.0.0.1", port, connections=4), asyncio.Event())


@asynccontextmanager
async def couriers(database: TestDatabase, port: int) -> AsyncIterator[None]:
    """Two processes that send what is due."""
    async with AsyncExitStack() as stack:
        for _ in range(COURIERS):
            await stack.enter_async_context(process(partial(carry, port), database.environment()))
        yield


def found_in(raw: bytes) -> set[int]:
    """Whose canaries stand anywhere in a mail but in its own address: in its header, its words or its page."""
    mail = message_from_bytes(raw)
    parts = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
    said = [f"{name}: {value}".encode() for name, value in mail.items() if name != "To"]
    return {int(number) for number in _CANARY.findall(b"\n".join([*said, *map(bytes, parts)]))}


async def until_all_went(cast: Cast, relay: FakeRelay, final: set[MailState]) -> None:
    """Waits as long as there is something new in each while."""
    mailbox, practice = cast.office.memory.mailbox, cast.practice.id
    left = True

    async def further(went: int) -> bool:
        nonlocal left
        left = not set(await mailbox.count_mail(practice)) <= final
        return not left or went < len(relay.taken)

    while left:
        await until_it_is(partial(further, len(relay.taken)), "another mail to leave")


async def test_every_letter_reaches_its_own_client_once_and_nobody_else(
    cast: Cast, relay: FakeRelay, database: TestDatabase
) -> None:
    await send(cast.office, relay)  # what other tests left
    relay.taken.clear()
    clients = await caseload(cast, size(60, 1000))
    each = size(5, 10)
    await all_at_once(partial(write, cast, one, number) for number in range(each) for one in clients)
    await all_at_once(
        partial(change, cast, one) for one in clients if (change := CHANGES.get(one.number % 10))
    )
    mailbox, practice = cast.office.memory.mailbox, cast.practice.id
    stopped = each * sum(map(is_stopped, clients))
    expected = {MailState.SENT: each * len(clients) - stopped, MailState.STOPPED: stopped}
    async with couriers(database, relay.port):
        await until_all_went(cast, relay, set(expected))
    assert await mailbox.count_mail(practice) == expected
    assert all(len(to) == 1 for to, _ in relay.taken)
    assert set(Counter(raw for _, raw in relay.taken).values()) == {1}, "none went twice"
    owners = {one.person.email: one for one in clients}
    for (to,), raw in relay.taken:
        reader = owners[to]
        assert not is_stopped(reader)
        assert found_in(raw) == ({reader.number} if reader.words_may_go else set())
    told = [each if one.words_may_go else 1 for one in clients if not is_stopped(one)]
    assert len(relay.taken) == sum(told), "of those who get notices each was told once of all their letters"
