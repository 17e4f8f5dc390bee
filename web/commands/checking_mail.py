"""The doctor's checks of mail (`quietline doctor --mail`): what DNS, relay, mailbox and listeners say, and a test letter."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

from channels.email.access import NoToken
from channels.email.addresses import ReplyAddress, keyed
from channels.email.composing.mail import letter_id
from channels.email.examining import doors, relay
from channels.email.examining.domain import examine_domain, mail_hosts
from channels.email.examining.findings import Finding
from channels.email.examining.round_trip import NAME, RoundTrip, examine_round_trip
from channels.email.leaving.letterhead import neutral_address
from channels.email.senders.resolving import DnsTrouble, Resolver
from channels.email.terms import Listening, Relay
from messaging.addresses import valid_address
from messaging.ids import PracticeId
from messaging.leaving.owing import reply_token
from messaging.people import Practice
from messaging.practice.operating import practices, some_client
from messaging.record.reading import circle_of
from web.mail import checker_of, mailbox_of, relay_of
from web.oauth.tokens import AccessTokens
from web.press import read_signing_key
from web.settings import MailSettings
from web.state import House

UNKEPT = (
    "the provider gave another consent, and it could not be written to QUIETLINE_OAUTH_CONSENT_FILE: make that file and its "
    "folder writable, then run: quietline mail consent"
)
NOT_SET = "QUIETLINE_RELAY_URL is not set: mail is owed but not sent"


async def mail_checks(house: House, *, to: str | None, wait: float) -> AsyncIterator[Finding]:
    """Each as it is made. `wait` in seconds; 0 sends no letter. `to`: the test letter goes there instead of to ourselves."""
    mail, founded = house.settings.mail, await practices(house.office)
    domains = list(dict.fromkeys([mail.domain, *(p.mail_domain for p in founded if p.mail_domain)]))
    dns = Resolver(*mail.dns) if mail.dns else Resolver()
    signer = read_signing_key(mail.dkim)
    for domain in domains:
        for finding in await asyncio.to_thread(lambda at: list(examine_domain(dns, at, signer)), domain):
            yield finding
    if house.access is not None:
        yield await _access(house.access)
    async for finding in _doors(house, dns, domains):
        yield finding
    out = relay_of(house)
    if out is None:
        yield Finding("relay", fine=False, says=NOT_SET)
        return
    found = await relay.examine_relay(out, mail.domain, mail.sender or neutral_address(mail.domain))
    yield found
    if wait > 0:
        yield (
            await _letter(house, out, founded, to, wait)
            if found.fine
            else Finding(NAME, fine=False, says="not sent: the relay does not take it")
        )


async def _doors(house: House, dns: Resolver, domains: list[str]) -> AsyncIterator[Finding]:
    mail = house.settings.mail
    for protocol, at in (("smtp", mail.smtp), ("lmtp", mail.lmtp)):
        if at is not None and (at.path or at.port):
            listening = Listening(protocol, at.host, at.port, str(at.path) if at.path else None)
            yield await doors.examine_listener(listening)
    if mail.smtp and mail.certificate:
        hosts = await asyncio.to_thread(_hosts, dns, domains)
        chain, key = mail.certificate.chain, mail.certificate.key
        yield doors.examine_certificate(chain, key, hosts, house.office.clock())
    mailbox = mailbox_of(house)
    if mailbox is not None:
        yield await asyncio.to_thread(doors.examine_mailbox, mailbox)
    if not (mail.smtp or mail.lmtp or mail.imap):
        yield Finding(
            "mail in", fine=False, says="no letters come in: set QUIETLINE_SMTP, _LMTP or _IMAP_URL"
        )
    clamd = checker_of(mail)
    if clamd is not None:
        yield await doors.examine_checker(clamd)


async def _access(access: AccessTokens) -> Finding:
    try:
        await access.soon()
    except NoToken as fault:
        return Finding("oauth", fine=False, says=fault.lack.says)
    if not access.writable:
        return Finding("oauth", fine=False, says=UNKEPT)
    return Finding("oauth", fine=True, says="the provider gives tokens")


def _hosts(dns: Resolver, domains: list[str]) -> list[str]:
    try:
        return list(dict.fromkeys(host for one in domains for host in mail_hosts(dns, one) if host))
    except DnsTrouble:
        return []  # said already, of the domain


async def _letter(house: House, out: Relay, founded: list[Practice], to: str | None, wait: float) -> Finding:
    mail = house.settings.mail
    if to is not None:
        if not valid_address(to):
            return Finding(NAME, fine=False, says="--to is not an address")
        name = f"doctor.{uuid4().hex}@{mail.domain}"
        sender = mail.sender or neutral_address(mail.domain)
        letter = RoundTrip(PracticeId(uuid4()), sender, to, name)
        return await examine_round_trip(house.office, out, letter, wait)
    for practice in founded:
        found = await _to_ourselves(house, mail, practice)
        if found is not None:
            return await examine_round_trip(house.office, out, found, wait)
    return Finding(
        NAME,
        fine=True,
        says="not sent: there is no client yet whose reply address it could take; or use --to",
    )


async def _to_ourselves(house: House, mail: MailSettings, practice: Practice) -> RoundTrip | None:
    """To some client's reply address: letters have no other way in, and there ours is refused unseen, as a loop."""
    domain = practice.mail_domain or mail.domain
    found = await some_client(house.office, practice.id)
    if found is None:
        return None
    client, conversation = found
    token = await reply_token(house.office, await circle_of(house.office, conversation), client)
    replies, name = ReplyAddress(mail.reply_address, domain), f"doctor.{uuid4().hex}@{domain}"
    key = None if replies.tagged else letter_id(keyed("doctor", token), domain)
    sender = mail.sender or neutral_address(domain)
    return RoundTrip(practice.id, sender, replies.format(token), name, conversation.id, key)
