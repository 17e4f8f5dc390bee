"""Whatever is offered is delivered, held, noted, known as a double, or refused: nothing else, and the sum is right."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import pytest

from messaging.leaving.delivering import opened_mail
from messaging.memory.arriving import OriginalState
from messaging.messages import Entry
from messaging.record.reading import entries_after
from messaging.trust.access import Work, errand
from messaging.trust.pace import Rate
from tests.cast import Cast
from tests.channels.email.case_files import replies, reports
from tests.channels.email.leaving.test_courier import send, write
from tests.channels.email.letters import CORPORA, NO_CORPORA, all_letters, corpus_files
from tests.channels.email.post import SERVER, Post, open_post
from tests.channels.email.world import DOMAIN, FakeRelay, signed
from tests.sizes import size

AT_ONCE: Final = 8
EDGE: Final = "mx.quietline.localhost"
NO_PACE: Final = Rate(1e6, 1e6)
FINAL: Final = {
    OriginalState.DELIVERED,
    OriginalState.HELD,
    OriginalState.EVENT,
    OriginalState.DUPLICATE,
    OriginalState.REFUSED,
}


@dataclass(frozen=True)
class Offer:
    """A letter for the dialog."""

    raw: bytes
    to: str
    sender: str = f"someone@{DOMAIN}"


@pytest.fixture
async def post(cast: Cast) -> AsyncIterator[Post]:
    border = ("127.0.0.0/8",)
    async with open_post(
        cast, per_address=NO_PACE, readers=2, size_limit=8_000_000, authserv_id=EDGE, borders=border
    ) as opened:
        yield opened


async def offer_all(post: Post, offers: Iterable[Offer]) -> Counter[str]:
    """How often each reply code came."""
    waiting, codes = iter(offers), Counter[str]()

    async def offer() -> None:
        for one in waiting:
            codes[(await post.offer(one.raw, one.to, one.sender))[:3]] += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(offer())
    return codes


def own_letters() -> Iterator[bytes]:
    """Every letter of ours: of people, of machines, and reports."""
    yield from all_letters()
    for folder, kind in (("replies", b"plain"), ("pages", b"html")):
        for one in replies(folder):
            yield b"Content-Type: text/" + kind + b"; charset=utf-8\r\n\r\n" + one.text.encode()
    yield from (one.raw for one in reports())


def as_from(address: str | None, raw: bytes) -> bytes:
    """The letter with another sender, for whom our border server vouches."""
    rest = raw.partition(b"From:")[2].partition(b"\n")[2] if raw.startswith(b"From:") else raw
    vouched = f"Authentication-Results: {EDGE}; dmarc=pass header.from={DOMAIN}\r\nFrom: <{address}>\r\n"
    return vouched.encode() + rest


async def bounce_address_of(post: Post) -> str:
    """Where reports about one of our mails come."""
    number = await write(post.cast, "ruth")
    mailbox, practice = post.cast.office.memory.mailbox, post.cast.practice.id
    (named,) = await mailbox.mail_of(errand(practice, post.cast.conversation("ruth"), Work.LEAVING), [number])
    stored = await mailbox.mail_named(practice, named.id)
    assert stored is not None
    mail = await opened_mail(post.cast.office, stored)
    assert mail is not None
    return mail.sender


async def accounted(post: Post, codes: Counter[str], offered: int) -> None:
    """delivered + held + event + duplicate + refused = offered; what is held is shown, and is in no conversation."""
    counts = await post.counts()
    assert set(counts) <= FINAL
    assert set(codes) <= {"250", "550"}
    assert sum(counts.values()) == codes["250"]
    assert sum(counts.values()) + codes["550"] == offered
    held = await post.screener()
    assert len(held) == counts.get(OriginalState.HELD, 0)
    said = [e for client in ("ruth", "linden") for e in await every_entry(post, client) if e.body.original]
    letters = {entry.body.original for entry in said if entry.body.event is None}
    assert len(letters) == counts.get(OriginalState.DELIVERED, 0)
    assert not letters & {one.id for one in held}


async def every_entry(post: Post, client: str) -> list[Entry]:
    """The whole conversation, however long."""
    held, _ = await post.cast.enter("mira", client)
    entries = list[Entry]()
    while page := await entries_after(post.cast.office, held, len(entries)):
        entries += page
    return entries


async def test_of_our_own_letters_every_one_is_accounted_for(post: Post) -> None:
    ruth, linden = await post.address("ruth"), await post.address("linden")
    reports_to, email = await bounce_address_of(post), post.cast["ruth"].email
    offers = list[Offer]()
    for number, raw in enumerate(list(own_letters())[:: size(3, 1)]):
        to = (ruth, linden, reports_to, f"nobody{number}@{SERVER}")[number % 4]
        theirs = Offer(as_from(email, raw), ruth)
        offers += [Offer(raw, to), theirs]
        offers += [theirs] if number % 5 == 0 else []
        offers += [Offer(raw, reports_to, "")] if number % 7 == 0 else []
        offers += [Offer(as_from(f"post@{SERVER}", raw), ruth)] if number % 9 == 0 else []
    codes = await offer_all(post, offers)
    await post.read_all()
    await accounted(post, codes, len(offers))
    assert set(await post.counts()) == FINAL
    assert codes["550"] > len(offers) // 20


@pytest.mark.skipif(not CORPORA.is_dir(), reason=NO_CORPORA)
async def test_of_the_corpora_every_mail_is_accounted_for(post: Post) -> None:
    ruth, email = await post.address("ruth"), post.cast["ruth"].email
    files = corpus_files()[:: size(6, 1)]
    raws = [file.read_bytes() for file in files]
    # As the border hands them over: line ends made whole; half of them as if Ruth had written them.
    whole = [raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") for raw in raws]
    offers = [Offer(raw if n % 2 else as_from(email, raw), ruth) for n, raw in enumerate(whole)]
    codes = await offer_all(post, offers)
    await post.read_all()
    await accounted(post, codes, len(offers))
    assert codes["250"] > 0.95 * len(offers)


def spoofed(post: Post, number: int, ruth: str, reports_to: str) -> Offer:
    """A letter that is not what it says, and asks for answers in every way there is."""
    email = post.cast["ruth"].email
    victim = f"victim{number}@innocent.example"
    asks = (
        f"Reply-To: <{victim}>\r\nDisposition-Notification-To: <{victim}>\r\nReturn-Receipt-To: <{victim}>\r\n"
        f"Errors-To: <{victim}>\r\nX-Confirm-Reading-To: <{victim}>\r\nMessage-ID: <{number}@evil.example>\r\n"
        f"Subject: {number}\r\n\r\nCall me.\r\n"
    ).encode()
    stranger = f"From: <{victim}>\r\n".encode() + asks
    registered = f"From: <{email}>\r\n".encode() + asks
    machine = b"Auto-Submitted: auto-replied\r\n" + registered
    ways = (
        Offer(registered, ruth, victim),
        Offer(signed(stranger, "evil.example"), ruth, victim),
        Offer(signed(registered, "evil.example"), ruth, victim),
        Offer(machine, ruth, victim),
        Offer(stranger, f"nobody{number}@{SERVER}", victim),
        Offer(registered, ruth, ""),
        Offer(registered, reports_to, victim),
        Offer(registered, reports_to.replace("b+", "b+a"), ""),
    )
    return ways[number % len(ways)]


async def test_spoofed_letters_cause_no_mail_at_all(post: Post, relay: FakeRelay) -> None:
    ruth, reports_to = await post.address("ruth"), await bounce_address_of(post)
    mailbox, practice = post.cast.office.memory.mailbox, post.cast.practice.id
    before = await mailbox.count_mail(practice)
    offered = size(200, 10_000)
    codes = await offer_all(post, (spoofed(post, number, ruth, reports_to) for number in range(offered)))
    await post.read_all()
    await accounted(post, codes, offered)
    assert OriginalState.DELIVERED not in await post.counts()
    assert await mailbox.count_mail(practice) == before
    await send(post.cast.office, relay)
    assert relay.to(post.cast["ruth"].email) != []
    assert not [to for to, raw in relay.taken if "victim" in "".join(to) or b"victim" in raw]
