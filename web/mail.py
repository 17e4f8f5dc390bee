"""Mail under the house's roof: listeners and reader (`mail`), courier (`jobs`)."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from ipaddress import ip_address
from typing import Final

from channels.email.arriving.certificate import BadCertificate, Certificate
from channels.email.arriving.listeners import Listeners
from channels.email.arriving.reception import Reception
from channels.email.fetching.condition import Condition
from channels.email.reading.clamd import Clamd
from channels.email.running import run_checking, run_courier, run_fetching, run_mail_in
from channels.email.terms import DialogLimits, ImapAccount, Listening, MailIn, Relay
from messaging.keeping import Loop
from web import settings
from web.causes import cannot_listen, read_file
from web.state import House
from web.version import VERSION

BORDER_LIMITS: Final = DialogLimits(connections_each=200, seats_each=4, replies=10_000)
"""For listeners only this machine reaches: there one peer, our own border server, brings everybody's mail."""


@asynccontextmanager
async def mail_running(house: House, roles: frozenset[str]) -> AsyncIterator[dict[str, str]]:
    """Runs what the roles ask for; yields the addresses it listens on."""
    terms, keep = mail_in(house.settings.mail), house.keeper.keep
    addresses: dict[str, str] = {}
    listeners: list[Listeners] = []
    certificate = _certificate(house.settings.mail) if "mail" in roles else None
    if "mail" in roles:
        for protocol, at in (("smtp", house.settings.mail.smtp), ("lmtp", house.settings.mail.lmtp)):
            if at is not None:
                made = await _listen(house, terms, protocol, at, certificate)
                listeners.append(made)
                addresses[protocol] = made.addresses[0][1]
    async with asyncio.TaskGroup() as group:
        tasks = []
        if "mail" in roles:
            checker = checker_of(house.settings.mail)
            tasks.append(
                group.create_task(run_mail_in(house.office, terms, house.mail_arrived, VERSION, keep))
            )
            tasks.append(group.create_task(run_checking(house.office, checker, house.files_arrived, keep)))
            for name, loop in (*_watching(house, certificate), *_fetching(house, terms)):
                tasks.append(group.create_task(keep(name, loop)))
        if "jobs" in roles:
            relay = relay_of(house)
            tasks.append(group.create_task(run_courier(house.office, relay, house.mail_owed, keep)))
        try:
            yield addresses
        finally:
            for made in listeners:
                await made.stop()
            for task in tasks:
                task.cancel()


def mail_in(mail: settings.MailSettings) -> MailIn:
    """The terms on which letters are taken."""
    return MailIn(
        domain=mail.domain,
        reply_address=mail.reply_address,
        size_limit=mail.size_limit,
        authserv_id=mail.authserv_id,
        borders=mail.borders,
        arc_sealers=mail.arc_sealers,
        dns=mail.dns,
        sender=mail.sender,
    )


def relay_of(house: House) -> Relay | None:
    """The relay, with whoever has tokens for it where it is signed in to without a password."""
    relay = house.settings.mail.relay
    return replace(relay, access=house.access) if relay is not None and relay.username else relay


def mailbox_of(house: House) -> ImapAccount | None:
    """The same of the mailbox elsewhere."""
    imap = house.settings.mail.imap
    return replace(imap, access=house.access) if imap is not None else None


def checker_of(mail: settings.MailSettings) -> Clamd | None:
    """Who looks at files that come by mail."""
    at = mail.clamd
    return Clamd(at.host, at.port, str(at.path) if at.path else None) if at else None


def _certificate(mail: settings.MailSettings) -> Certificate | None:
    given = mail.certificate
    if given is not None:
        read_file("QUIETLINE_SMTP_CERTIFICATE", given.chain)
        read_file("QUIETLINE_SMTP_KEY", given.key)
    try:
        return Certificate(given.chain, given.key) if given else None
    except BadCertificate as fault:
        raise settings.BadSettings(f"QUIETLINE_SMTP_CERTIFICATE: {fault}") from None


def _watching(house: House, certificate: Certificate | None) -> Iterator[tuple[str, Loop]]:
    """SIGHUP reads the certificate again, as programs that renew one expect."""
    if certificate is not None:
        yield "certificate", partial(certificate.watch, house.reload.asked())


def _fetching(house: House, terms: MailIn) -> Iterator[tuple[str, Loop]]:
    imap = mailbox_of(house)
    if imap is not None:
        house.fetching = Condition()
        yield "fetching", partial(run_fetching, house.office, terms, imap, house.fetching)


async def _listen(
    house: House, terms: MailIn, protocol: str, at: settings.Listen, certificate: Certificate | None
) -> Listeners:
    # LMTP is spoken with a neighbour, over the loopback or a socket; TLS is for strangers' servers.
    tls = certificate.context if certificate and protocol == "smtp" else None
    one = Listening(protocol, at.host, at.port, str(at.path) if at.path else None, tls)
    limits = BORDER_LIMITS if at.path or _is_local(at.host) else DialogLimits()
    made = Listeners(Reception(house.office, terms), [one], limits)
    try:
        await made.start()
    except OSError as fault:
        raise cannot_listen(protocol.upper(), at, fault) from None
    return made


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
