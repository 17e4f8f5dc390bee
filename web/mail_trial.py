"""A test mail to somebody's own address by the relay there is, and what DNS must say of a mail domain."""

import asyncio
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

from channels.email.examining.domain import Record, examine_domain, records_for
from channels.email.examining.findings import Finding
from channels.email.leaving.letterhead import neutral_address
from channels.email.senders.resolving import Resolver
from messaging.addresses import valid_domain
from messaging.people import Practice
from web.press import read_signing_key
from web.state import House

WAIT = 30.0
"""Seconds that somebody looks at an empty page at most."""
NO_ANSWER: Final = f"it did not answer within {WAIT:.0f} seconds"
HOST: Final = "the.name.of.your.server"
WORDS: Final = (
    "This mail was asked for on a page of Quietline, to see that mail goes out. Nothing needs to be done.\n"
)


async def send_test(house: House, practice: Practice, to: str) -> str | None:
    """None once the relay took it, or a sentence that says why not."""
    # A process without mail does not load it until somebody asks.
    from channels.email.examining.round_trip import RoundTrip, composed  # noqa: PLC0415

    mail = house.settings.mail
    domain = practice.mail_domain or mail.domain
    sender = mail.sender or neutral_address(domain)
    letter = RoundTrip(practice.id, sender, to, f"test.{uuid4().hex}@{domain}")
    return await handed_over(house, sender, to, composed(house.office.clock(), letter, WORDS))


async def handed_over(house: House, sender: str, to: str, raw: bytes) -> str | None:
    """None once the relay took it, signed, or a sentence that says why not."""
    from channels.email.examining.relay import hand_over  # noqa: PLC0415 - as above
    from web.mail import relay_of  # noqa: PLC0415

    relay = relay_of(house)
    if relay is None:
        return "there is no relay"
    signer = read_signing_key(house.settings.mail.dkim)
    if signer is not None:
        raw = await asyncio.to_thread(signer.sign, raw, sender.rpartition("@")[2])
    try:
        async with asyncio.timeout(WAIT):
            return await hand_over(relay, sender, to, raw)
    except TimeoutError:
        return NO_ANSWER


def records_of(house: House, practice: Practice) -> list[Record]:
    """Those of its mail domain; none where a provider's account sends, whose domain has its own."""
    mail = house.settings.mail
    if mail.sender is not None:
        return []
    host = urlsplit(house.settings.web.base_url).hostname or ""
    host = host if valid_domain(host) else HOST
    domain = practice.mail_domain or mail.domain
    return records_for(domain, host, read_signing_key(mail.dkim), takes_mail=mail.imap is None)


async def look_up(house: House, practice: Practice) -> list[Finding]:
    """What DNS says of them now. Each question has a bound of its own, and there are few."""
    mail = house.settings.mail
    domain, dns = practice.mail_domain or mail.domain, Resolver(*mail.dns) if mail.dns else Resolver()
    signer = read_signing_key(mail.dkim)
    return await asyncio.to_thread(lambda: list(examine_domain(dns, domain, signer)))
