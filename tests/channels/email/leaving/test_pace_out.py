"""A provider that asks us to slow down gets its letters one by one; everybody else's go on."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from aiosmtpd.smtp import SMTP, Envelope

from channels.email.leaving.courier import Bag, Courier
from channels.email.leaving.relaying import Refused
from channels.email.terms import Relay
from messaging.conversations import Kind, Member
from messaging.leaving.delivering import deliveries
from messaging.leaving.pacing import FIRST, domain_of
from messaging.letters.writing import Letter, write_letter
from messaging.memory.leaving import MailState
from messaging.office import Office
from messaging.people import EmailMode, Role
from messaging.practice.founding import NewPerson, add_person, begin_conversation
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast

LETTERS = 5


class SlowRelay:
    """Says of one domain, so many times, that mail comes too fast; notes when whose mail was offered and taken."""

    def __init__(self, domain: str, complaints: int, clock: Callable[[], float]) -> None:
        self._domain, self._complaints, self._clock = domain, complaints, clock
        self.offered: list[tuple[str, float]] = []
        self.taken: list[str] = []
        self.port = 0

    async def start(self) -> None:
        """Listens."""
        loop = asyncio.get_running_loop()
        made = lambda: SMTP(self, hostname="relay", loop=loop)  # noqa: E731 - a protocol factory
        self._server = await loop.create_server(made, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def handle_RCPT(
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        """Whether it may come."""
        self.offered.append((domain_of(address), self._clock()))
        if domain_of(address) == self._domain and self._complaints:
            self._complaints -= 1
            return "451 4.7.1 Please slow down"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:
        """Takes it."""
        self.taken += [domain_of(one) for one in envelope.rcpt_tos]
        return "250 taken"

    async def stop(self) -> None:
        """Ends."""
        self._server.close()


class Time:
    """A clock that a test turns on, for the office and for the pace."""

    def __init__(self, office: Office) -> None:
        self.ahead = 0.0
        self.office = replace(office, clock=lambda: office.clock() + timedelta(seconds=self.ahead))

    def monotonic(self) -> float:
        return self.ahead


@pytest.fixture
def time(cast: Cast) -> Time:
    return Time(cast.office)


@pytest.fixture
async def domains(cast: Cast) -> tuple[str, str]:
    """Two providers, with a client each; Dr Mira writes them letters by turns."""
    named = [f"{name}-{secrets.token_hex(4)}.example" for name in ("slow", "well")]
    for domain in named:
        new = NewPerson(Role.CLIENT, f"c-{domain}", "C", f"c@{domain}", email_mode=EmailMode.FULL)
        cast.people[domain] = await add_person(cast.office, cast.practice.id, new)
        members = tuple(Member(cast[one].id, cast[one].role) for one in (domain, "mira"))
        cast.conversations[domain] = await begin_conversation(
            cast.office, cast.practice.id, Kind.INDIVIDUAL, members
        )
    for _ in range(LETTERS):
        for domain in named:
            admitted, circle = await cast.enter("mira", domain, Deed.WRITE)
            await write_letter(cast.office, admitted, circle, Letter(uuid4(), "A letter."))
    return named[0], named[1]


@pytest.fixture
async def relay(domains: tuple[str, str], time: Time) -> AsyncIterator[SlowRelay]:
    made = SlowRelay(domains[0], 1, time.monotonic)
    await made.start()
    yield made
    await made.stop()


async def states(cast: Cast, domain: str) -> set[MailState]:
    found = await deliveries(
        cast.office,
        errand(cast.practice.id, cast.conversation(domain), Work.LEAVING),
        list(range(1, LETTERS + 1)),
    )
    return {one.state for mails in found.values() for one in mails}


async def test_a_domain_that_asks_is_written_to_slowly_and_the_others_go_on(
    cast: Cast, time: Time, domains: tuple[str, str], relay: SlowRelay
) -> None:
    slow, well = domains
    bag = Bag(time.office, 4, time.monotonic)
    couriers = [Courier(time.office, Relay("127.0.0.1", relay.port, timeout=5), bag) for _ in range(3)]

    async def run() -> None:
        await asyncio.gather(*(_until_nothing(courier) for courier in couriers))

    await run()
    assert relay.taken.count(well) == LETTERS, "the others went on"
    before = [at for domain, at in relay.offered if domain == slow]
    assert len(before) < LETTERS, "those that had not begun stepped back"
    assert bag.pace.pause(slow) >= FIRST / 2**LETTERS
    for _ in range(40):
        time.ahead += FIRST
        await run()
    assert relay.taken.count(slow) == LETTERS
    times = [at for domain, at in relay.offered if domain == slow][len(before) :]
    assert all(later > earlier for earlier, later in pairwise(times[:3])), "one by one"
    assert bag.pace.pause(slow) == 0.0, "and well again"
    assert await states(cast, slow) == await states(cast, well) == {MailState.SENT}
    for courier in couriers:
        await courier.close()


async def _until_nothing(courier: Courier) -> None:
    while await courier.send_due():
        pass


async def test_stepping_back_costs_no_try(
    cast: Cast, time: Time, domains: tuple[str, str], relay: SlowRelay
) -> None:
    slow, _ = domains
    courier = Courier(
        time.office, Relay("127.0.0.1", relay.port, timeout=5), Bag(time.office, 4, time.monotonic)
    )
    await _until_nothing(courier)
    found = await deliveries(
        cast.office,
        errand(cast.practice.id, cast.conversation(slow), Work.LEAVING),
        list(range(1, LETTERS + 1)),
    )
    tries = sorted(mail.tries for mails in found.values() for mail in mails)
    assert tries == [0] * (LETTERS - 1) + [1], "only the one that was refused has been tried"
    assert await states(cast, slow) == {MailState.OWED}
    await courier.close()


@pytest.mark.parametrize(
    ("code", "words", "slow"),
    [
        (451, "4.7.1 Please slow down", True),
        (450, "4.7.28 Our system has detected an unusual rate", True),
        (452, "4.3.2 try later", True),
        (450, "try again later", True),
        (451, "try again later", False),
        (452, "4.2.2 The mailbox is full", False),
        (450, "4.2.0 Greylisted", False),
        (451, "4.3.0 a fault of ours", False),
        (550, "5.7.1 never", False),
        (550, "4.7.1 in spite of its words", False),
    ],
)
def test_what_asks_us_to_slow_down(code: int, words: str, slow: bool) -> None:
    answer = Refused(code, words)
    assert answer.slow is slow
    assert words == "" or words not in f"{answer!r} {answer}"
