"""Mail under the house's roof: listeners and reader (`mail`), courier (`jobs`)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Final

from channels.email.arriving.listeners import Listeners
from channels.email.arriving.reception import Reception
from channels.email.running import run_courier, run_mail_in
from channels.email.terms import DialogLimits, Listening, MailIn, Relay
from web import settings
from web.state import House

BORDER_LIMITS: Final = DialogLimits(connections_each=200)
"""For listeners only this machine reaches: there one peer, our own border server, brings everybody's mail."""


@asynccontextmanager
async def mail_running(house: House, roles: frozenset[str]) -> AsyncIterator[dict[str, str]]:
    """Runs what the roles ask for; yields the addresses it listens on."""
    terms = mail_in(house.settings.mail)
    addresses: dict[str, str] = {}
    listeners: list[Listeners] = []
    if "mail" in roles:
        for protocol, at in (("smtp", house.settings.mail.smtp), ("lmtp", house.settings.mail.lmtp)):
            if at is not None:
                made = await _listen(house, terms, protocol, at)
                listeners.append(made)
                addresses[protocol] = made.addresses[0][1]
    async with asyncio.TaskGroup() as group:
        tasks = []
        if "mail" in roles:
            tasks.append(group.create_task(run_mail_in(house.office, terms, house.mail_arrived)))
        if "jobs" in roles:
            relay = relay_of(house.settings.mail.relay)
            tasks.append(group.create_task(run_courier(house.office, relay, house.mail_owed)))
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
        dns=mail.dns,
    )


def relay_of(relay: settings.Relay | None) -> Relay | None:
    """The relay in the courier's terms."""
    if relay is None:
        return None
    return Relay(relay.host, relay.port, relay.security, relay.username, relay.password)


async def _listen(house: House, terms: MailIn, protocol: str, at: settings.Listen) -> Listeners:
    one = Listening(protocol, at.host, at.port, str(at.path) if at.path else None)
    limits = BORDER_LIMITS if at.path or _is_local(at.host) else DialogLimits()
    made = Listeners(Reception(house.office, terms), [one], limits)
    await made.start()
    return made


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
