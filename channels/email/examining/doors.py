"""The ways in: our own listeners, the certificate they show, the mailbox elsewhere, and the virus checker."""

import asyncio
import contextlib
import ssl
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from imapclient.exceptions import IMAPClientError, LoginError

from channels.email.access import NoToken
from channels.email.arriving.certificate import BadCertificate, Certificate
from channels.email.examining.findings import Finding
from channels.email.fetching.connection import Connection, NoMechanism
from channels.email.fetching.selecting import ReadOnly, Remark
from channels.email.reading.clamd import Clamd
from channels.email.terms import ImapAccount, Listening
from messaging.arriving.files import CheckerAway

SECONDS: Final = 10.0
SOON: Final = 14
"""Days: programs that renew certificates do so earlier, so something is wrong with them by then."""


async def examine_listener(at: Listening) -> Finding:
    """Whether a mail server answers at one of our addresses; it does while `quietline serve` runs."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(at.host, at.host)  # noqa: S104 - looked for
    where = at.path or f"{host}:{at.port}"
    try:
        async with asyncio.timeout(SECONDS):
            made = (
                asyncio.open_unix_connection(at.path) if at.path else asyncio.open_connection(host, at.port)
            )
            reader, writer = await made
            greeting = await reader.readline()
            writer.write(b"QUIT\r\n")
            writer.close()
    except (OSError, TimeoutError, ValueError):
        greeting = b""
    if greeting.startswith(b"220 "):
        return Finding(at.protocol, fine=True, says=f"answers at {where}")
    return Finding(at.protocol, fine=False, says=f"nobody answers at {where}: is `quietline serve` running?")


def examine_certificate(chain: Path, key: Path, hosts: Sequence[str], now: datetime) -> Finding:
    """What strangers' servers are shown: for whom it is, and for how long. `hosts`: under which names they look for us."""
    try:
        Certificate(chain, key)
        found = x509.load_pem_x509_certificates(chain.read_bytes())[0]
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        named = [one.lower() for one in names.get_values_for_type(x509.DNSName)]
    except (BadCertificate, OSError, ValueError, IndexError):
        return Finding("smtp certificate", fine=False, says="the files are no certificate with its key")
    except x509.ExtensionNotFound:
        named = []
    days = (found.not_valid_after_utc - now).days
    missing = [host for host in hosts if not any(_fits(host, one) for one in named)]
    says = f"for {', '.join(named) or 'nobody'}, {days} days left"
    if days < 0:
        return Finding("smtp certificate", fine=False, says=f"{says}: renew it")
    if missing:
        return Finding(
            "smtp certificate", fine=False, says=f"{says}; it should also name {', '.join(missing)}"
        )
    if days < SOON:
        return Finding("smtp certificate", fine=False, says=f"{says}: it was not renewed in time, look why")
    return Finding("smtp certificate", fine=True, says=says)


def _fits(host: str, pattern: str) -> bool:
    return host == pattern or (pattern.startswith("*.") and host.partition(".")[2] == pattern[2:])


LACKS: Final = {
    Remark.NOT_SAID_WRITABLE: "it does not say that it may be written to, which is taken for yes",
    Remark.NO_VALIDITY: "it gives no lasting numbers (UIDVALIDITY), so all of it is looked at after each new connection: "
    "keep it small",
}
"""What is said of a server that leaves something out."""


NOT_TAKEN: Final = (
    "it refuses the token for the name in QUIETLINE_IMAP_URL: that must be the mailbox that agreed to "
    "`quietline mail consent`, or that was given to the application, and IMAP must be switched on for it"
)


def examine_mailbox(account: ImapAccount) -> Finding:
    """Blocking: signs in to the mailbox elsewhere, looks at nothing, marks nothing."""
    connection = Connection(account)
    try:
        opened = connection.open()
        how = (
            "and tells of new letters by itself"
            if connection.idles
            else "and is looked into every half minute"
        )
        lacks = "".join(f"; {LACKS[one]}" for one in sorted(opened.remarks))
        return Finding("imap", fine=True, says=f"the mailbox opens, {how}{lacks}")
    except (NoToken, IMAPClientError, OSError) as fault:
        return Finding("imap", fine=False, says=_trouble(account, fault))
    finally:
        with contextlib.suppress(IMAPClientError):
            connection.close()


def _trouble(account: ImapAccount, fault: Exception) -> str:  # noqa: PLR0911 - a row each
    match fault:
        case NoToken():
            return fault.lack.says
        case ssl.SSLCertVerificationError():
            return f"its certificate is not to be trusted: {fault.verify_message}"
        case NoMechanism():
            return "it does not take tokens (XOAUTH2), as QUIETLINE_OAUTH wants: is this the provider's own server?"
        case LoginError():
            return (
                NOT_TAKEN if account.access else "it refuses the name or the password in QUIETLINE_IMAP_URL"
            )
        case ReadOnly():
            return "the mailbox may only be read: this account needs more rights"
        case IMAPClientError():
            return "it answers, and the mailbox cannot be opened"
        case _:
            return f"cannot be reached at {account.host}:{account.port}"


async def examine_checker(clamd: Clamd) -> Finding:
    """Whether the virus checker answers."""
    try:
        await clamd.ping()
    except CheckerAway:
        return Finding(
            "virus checker", fine=False, says="does not answer: files that come by mail wait for it"
        )
    return Finding("virus checker", fine=True, says="answers")
