"""A client writes by mail, the therapist answers from the inbox, and the answer goes out by the relay."""

import asyncio
from uuid import uuid4

from channels.email.leaving.courier import Courier
from channels.email.running import run_courier, run_mail_in
from channels.email.terms import Relay
from messaging.letters.writing import Letter, write_letter
from messaging.memory.arriving import OriginalState
from messaging.messages import Channel
from messaging.trust.access import Deed
from tests.channels.email.post import Post
from tests.channels.email.world import FakeRelay


async def test_a_letter_comes_by_mail_and_its_answer_goes_by_mail(post: Post, relay: FakeRelay) -> None:
    raw = post.letter("ruth", "I walked by the lake.\r\n\r\n-- \r\nRuth", Message_ID="<one@mail.example>")
    assert (await post.offer(raw, await post.address("ruth"))).startswith("250")
    await post.read_all()
    (entry,) = await post.entries("ruth")
    assert entry.body.text == "I walked by the lake."
    assert entry.body.subject == "a walk"
    assert (entry.author, entry.channel) == (post.cast["ruth"].id, Channel.EMAIL)
    assert not entry.body.weak
    assert await post.counts() == {OriginalState.DELIVERED: 1}

    courier = Courier(post.cast.office, Relay("127.0.0.1", relay.port))
    while await courier.send_due():  # the receipt, before the answer makes it untrue
        pass
    held, circle = await post.cast.enter("mira", "ruth", Deed.WRITE)
    await write_letter(post.cast.office, held, circle, Letter(uuid4(), "And the ducks?", answers=1))
    while await courier.send_due():
        pass
    receipt, sent = relay.to(post.cast["ruth"].email)
    assert b"Auto-Submitted: auto-replied" in receipt
    assert b"lake" not in receipt
    assert b"In-Reply-To: <one@mail.example>" in sent
    assert b"And the ducks?" in sent
    assert b"lake" not in sent


async def test_mail_is_read_and_carried_when_somebody_rings(post: Post, relay: FakeRelay) -> None:
    arrived, owed = asyncio.Event(), asyncio.Event()
    office, terms = post.cast.office, post.terms
    async with asyncio.TaskGroup() as group:
        running = [
            group.create_task(run_mail_in(office, terms, arrived, "1")),
            group.create_task(run_courier(office, Relay("127.0.0.1", relay.port), owed)),
        ]
        assert (await post.offer(post.letter("ben"), await post.address("ben"))).startswith("250")
        arrived.set()
        async with asyncio.timeout(30):
            while not relay.to(post.cast["tess"].email):  # the other half of the couple is told
                owed.set()
                await relay.took.wait()
                relay.took.clear()
        for task in running:
            task.cancel()
    assert [entry.body.text for entry in await post.entries("ben")] == ["I walked by the lake."]
    assert all(b"is kept safely" in one for one in relay.to(post.cast["ben"].email)), "a receipt at most"
    assert b"lake" not in relay.to(post.cast["tess"].email)[0]
