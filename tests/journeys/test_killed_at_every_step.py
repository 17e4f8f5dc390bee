"""kill -9 at every point where the server ever waits: nothing answered 250 is lost, nothing is doubled, nothing is halved.

Each test kills a fresh process further on than the one before, until one comes through.
"""

import asyncio
import re
from functools import partial
from itertools import count
from typing import Any, Final
from uuid import uuid4

from channels.email.arriving.dialog import Dialog
from channels.email.arriving.listeners import Listeners
from channels.email.arriving.reception import Reception
from channels.email.leaving.courier import Courier
from channels.email.terms import Listening, MailIn, Relay
from messaging.arriving.originals import open_original
from messaging.ids import ConversationId
from messaging.leaving.delivering import opened_mail
from messaging.letters.writing import Letter, write_letter
from messaging.memory.arriving import OriginalState
from messaging.memory.leaving import MailState, StoredMail
from messaging.messages import Entry
from messaging.people import Person
from messaging.record.reading import enter, entries_after
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import later, send
from tests.channels.email.post import SERVER, Post, Program
from tests.channels.email.world import FakeRelay
from tests.conftest import TestDatabase
from tests.journeys.stepping import Steps, heard, process
from tests.sizes import size
from web.state import House

_NUMBER: Final = re.compile(rb"Letter number (\d+)\.")
NEVER: Final = 300
"""Steps after which something that should end does not."""


async def receive(built: House, steps: Steps, tell: Any) -> None:
    """Takes letters by SMTP; its steps count from DATA to the reply."""
    whole = Dialog.smtp_DATA

    async def counted(self: Dialog, arg: str | None) -> None:
        steps.counting = True
        await whole(self, arg)
        steps.counting = False

    Dialog.smtp_DATA = counted  # type: ignore[method-assign]
    listeners = Listeners(Reception(built.office, MailIn(SERVER)), [Listening("smtp", "127.0.0.1")])
    await listeners.start()
    ((_, where),) = listeners.addresses
    tell(int(where.rpartition(":")[2]))
    await asyncio.Event().wait()


async def write(
    writer: Person, conversation: ConversationId, number: int, built: House, steps: Steps, tell: Any
) -> None:
    """Writes one letter."""
    held, circle = await enter(built.office, writer, conversation, Deed.WRITE)
    steps.counting = True
    await write_letter(built.office, held, circle, Letter(uuid4(), words(number)))
    steps.counting = False
    tell("written")
    await asyncio.Event().wait()


async def carry(port: int, built: House, steps: Steps, tell: Any) -> None:
    """Carries what is due to the relay."""
    courier = Courier(built.office, Relay("127.0.0.1", port, timeout=5, final_timeout=5))
    steps.counting = True
    while await courier.send_due():
        pass
    steps.counting = False
    tell("carried")
    await asyncio.Event().wait()


def words(number: int) -> str:
    return f"Letter number {number}."


def numbers(raws: list[bytes]) -> list[int]:
    """Which letters these are."""
    return sorted(int(found[1]) for raw in raws if (found := _NUMBER.search(raw)))


async def offered(port: int, raw: bytes, to: str) -> str | None:
    """The reply to a letter; None where the server died before it."""
    try:
        async with Program(port) as program:
            await program.begin("someone@mail.example", to)
            (reply,) = await program.data(raw)
    except (ConnectionError, AssertionError):  # no 354, or no answer any more
        return None
    return reply or None


async def kept(post: Post) -> list[bytes]:
    """What is committed and was read by nobody yet, as it came."""
    office, practice = post.cast.office, post.cast.practice.id
    waiting = await office.memory.mailbox.originals_standing(practice, OriginalState.RECEIVED, None)
    found = [await office.memory.mailbox.original(practice, one) for one in waiting]
    return [(await open_original(office, one))[1] for one in found if one is not None]


async def test_what_was_answered_250_is_kept_and_the_rest_offered_again_is_there_once(
    post: Post, database: TestDatabase
) -> None:
    to, letters, answered = await post.address("ruth"), dict[int, bytes](), set[int]()
    for number in count():
        letters[number] = post.letter("ruth", words(number), Message_ID=f"<{number}@mail.example>")
        async with process(receive, database.environment(), number) as told:
            reply = await offered(await heard(told), letters[number], to)
        if reply is not None:
            assert reply.startswith("250"), reply
            answered.add(number)
            break
        assert number < NEVER
    there = await kept(post)
    assert {letters[number] for number in answered} <= set(there) <= set(letters.values())
    assert 0 < len(there) - len(answered) < len(letters) - 1, "it died before commits and after some"
    for number in letters.keys() - answered:
        assert (await post.offer(letters[number], to)).startswith("250")
    await post.read_all()
    said = [entry.body.text for entry in await post.entries("ruth")]
    assert sorted(said) == sorted(words(number) for number in letters)
    doubles = len(there) - len(answered)
    assert await post.counts() == {
        OriginalState.DELIVERED: len(letters),
        OriginalState.DUPLICATE: doubles,
    }


async def test_a_letter_and_its_mail_are_written_together_or_not_at_all(
    cast: Cast, relay: FakeRelay, database: TestDatabase
) -> None:
    conversation = cast.conversation("ruth")
    for number in count():
        part = partial(write, cast["mira"], conversation, number)
        async with process(part, database.environment(), number) as told:
            if await heard(told):
                break
        assert number < NEVER
    entries, mails = await written(cast)
    assert len({entry.body.text for entry in entries}) == len(entries)
    assert sorted(mail.number for mail in mails) == sorted(entry.number for entry in entries)
    assert 1 < len(entries) < number + 1, "it died before commits and after some"
    frozen = sorted([mail.raw for one in mails if (mail := await opened_mail(cast.office, one))])
    for hours in (0, 1):
        # More than are ours: mail that other tests left is offered as well.
        relay.answers = {} if hours else {"DOT": ["451 later"] * NEVER}
        await send(later(cast.office, cast, hours * 3600), relay)
    assert numbers(relay.offered) == sorted(2 * numbers(frozen)), "each was offered twice"
    assert {raw for raw in relay.offered if _NUMBER.search(raw)} == set(frozen), (
        "and byte for byte as it was frozen"
    )


async def test_a_courier_killed_anywhere_sends_no_letter_twice_and_forgets_none(
    cast: Cast, relay: FakeRelay, database: TestDatabase
) -> None:
    await send(cast.office, relay)  # what other tests left
    held, circle = await cast.enter("mira", "ruth", Deed.WRITE)
    for number in count():
        await write_letter(cast.office, held, circle, Letter(uuid4(), words(number)))
        step = number * size(5, 1)
        async with process(partial(carry, relay.port), database.environment(), step) as told:
            if await heard(told):
                break
        assert number < NEVER
    early = numbers(relay.to(cast["ruth"].email))
    await send(later(cast.office, cast, 3600), relay)
    copies = numbers(relay.to(cast["ruth"].email))
    assert sorted(set(copies)) == copies, "none went twice"
    entries, mails = await written(cast)
    truth = {mail.number: mail.state for mail in mails}
    states = {number: truth[entry.number] for number, entry in enumerate(entries)}
    assert set(states.values()) == {MailState.SENT, MailState.IN_DOUBT}
    assert {number for number, state in states.items() if state is MailState.SENT} <= set(copies)
    doubtful = {number for number, state in states.items() if state is MailState.IN_DOUBT}
    assert doubtful
    if size(5, 1) == 1:  # each step was one to die at; of each fifth, no two runs meet the same
        assert doubtful & set(early), "some doubts were about a letter that had arrived"
        assert doubtful - set(early), "and some about one that had not"
    assert set(copies) - set(early), "what no one had begun went later"


async def written(cast: Cast) -> tuple[list[Entry], list[StoredMail]]:
    """Ruth's conversation, and the mails owed for it, with their bytes."""
    office, practice = cast.office, cast.practice.id
    held, _ = await cast.enter("mira", "ruth")
    entries = await entries_after(office, held, 0)
    named = await office.memory.mailbox.mail_of(
        errand(practice, held.conversation, Work.LEAVING), [one.number for one in entries]
    )
    mails = [await office.memory.mailbox.mail_named(practice, one.id) for one in named]
    return entries, [mail for mail in mails if mail is not None]
