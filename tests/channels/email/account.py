"""A post office whose mail all leaves from, and comes to, one account at a provider."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from email import message_from_bytes
from email.message import Message

import pytest

from channels.email.leaving.post_office import PostOffice
from channels.email.workers import reading_room
from tests.cast import Cast
from tests.channels.email import kept_readers
from tests.channels.email.leaving.test_courier import later, send, write
from tests.channels.email.post import Post, open_post
from tests.channels.email.world import FakeRelay
from tests.peers.token_server import ACCOUNT

TAGGED = ACCOUNT.replace("@", "+{token}@")
BOTH = pytest.mark.parametrize("replies", [TAGGED, ACCOUNT], ids=["with_tags", "without"])


def sends_as_account(cast: Cast, replies: str, patch: pytest.MonkeyPatch) -> None:
    """From now on, with reply addresses of this form."""
    press = cast.office.press
    assert isinstance(press, PostOffice)
    terms = replace(press.terms, sender=ACCOUNT, reply_address=replies)
    patch.setattr(cast.house, "office", replace(cast.office, press=replace(press, terms=terms)))


@asynccontextmanager
async def opened(cast: Cast, replies: str, patch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    """Reply addresses of this form."""
    sends_as_account(cast, replies, patch)
    patch.setattr(reading_room, "start", kept_readers.start)
    lending = kept_readers.LendingRoom
    async with open_post(cast, room_of=lending, sender=ACCOUNT, reply_address=replies) as post:
        yield post


async def sent(post: Post, relay: FakeRelay, client: str, conversation: str | None = None) -> Message:
    """Dr Mira writes to a client; their mail as it left."""
    before = len(relay.to(post.cast[client].email))
    await write(post.cast, conversation or client)
    await send(later(post.cast.office, post.cast, 3600), relay)
    new = [message_from_bytes(one) for one in relay.to(post.cast[client].email)[before:]]
    # A receipt may go before it.
    return next(one for one in new if one["X-Auto-Response-Suppress"] != "All")


def answer(post: Post, client: str, to: Message, text: str, **other: str) -> bytes:
    """As mail programs answer: to Reply-To, with what it answers in References."""
    references = f"{to['References'] or ''} {to['Message-ID']}"
    named = {
        "To": to["Reply-To"],
        "In_Reply_To": to["Message-ID"],
        "References": " ".join(references.split()),
    }
    return post.letter(client, text, **(named | other))


def report(mail: Message, **other: str) -> bytes:
    """The provider could not deliver it, and gives its header back."""
    head = "".join(f"{name}: {value}\r\n" for name, value in mail.items())
    lines = {
        "From": "Mail Delivery Subsystem <mailer-daemon@provider.example>",
        "To": f"<{ACCOUNT}>",
        "Content-Type": 'multipart/report; report-type="delivery-status"; boundary="b"',
        **other,
    }
    parts = (
        "\r\n\r\nSorry.",
        "\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.provider.example\r\n\r\n"
        f"Final-Recipient: rfc822; {mail['To']}\r\nAction: failed\r\nStatus: 5.1.1",
        f"\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}",
    )
    body = "".join(f"\r\n--b{part}\r\n" for part in parts)
    return f"{''.join(f'{name}: {value}{chr(13)}{chr(10)}' for name, value in lines.items())}{body}--b--\r\n".encode()
