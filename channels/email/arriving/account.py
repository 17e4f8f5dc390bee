"""Letters to the one address that all our mail is from, where a provider gave us an account: each says itself whose it is.

a report          by the bounce address in what it gives back of our mail, which proves itself
an answer         by the reply token in its references, where the reply addresses bear none
anything else     from a client: held for those who care for them, as at every practice's own address

Never by its sender alone: whoever is placed here is judged like everybody who writes to a reply address.
"""

from collections.abc import Iterator
from typing import Final

from channels.email.addresses import keys_in, same_mailbox
from channels.email.mime.from_field import sole_sender
from channels.email.mime.headers import Headers
from channels.email.senders.replays import REFERENCES
from channels.email.terms import MailIn
from messaging.arriving.arrival import Destination
from messaging.arriving.general import client_writing
from messaging.arriving.receiving import route
from messaging.memory.arriving import ReplyRoute
from messaging.office import Office

REPORT: Final = "multipart/report"


def is_accounts(terms: MailIn, address: str) -> bool:
    """Whether it is that address."""
    return terms.sender is not None and same_mailbox(address, terms.sender)


def is_report(headers: Headers, writer: str | None) -> bool:
    """Some providers write no Return-Path into the reports of their own servers."""
    return writer == "" or headers.plain("content-type").lower().startswith(REPORT)


async def answered(office: Office, headers: Headers) -> tuple[str, ReplyRoute] | None:
    """The nearest of our mails that it answers: by which token, and where that leads. Those that have ended come last."""
    keys = dict.fromkeys(key for name in REFERENCES for key in keys_in(headers.plain(name)))
    found = [(key, there) for key in keys if (there := await route(office, key)) is not None]
    return min(found, key=lambda one: one[1].revoked, default=None)


async def written(office: Office, headers: Headers, writer: str | None) -> Destination | None:
    """The client it names as its writer, of whom nothing is believed yet; None: nobody of ours."""
    for name in _writers(headers, writer):
        found = await client_writing(office, name, None, "")
        if found is not None:
            return found
    return None


def _writers(headers: Headers, writer: str | None) -> Iterator[str]:
    if writer:
        yield writer
    named = sole_sender(headers)  # the envelope's is another where somebody forwards their mail
    if named and named != writer:
        yield named
