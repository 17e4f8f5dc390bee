"""The relay, as the courier will find it: reachable, verified, and willing to know us. Only the test letter is sent."""

import contextlib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from channels.email.access import NoToken
from channels.email.examining.findings import Finding
from channels.email.leaving.answers import About, Stage, about, status_of
from channels.email.leaving.relaying import FAULTS, calling
from channels.email.terms import Relay

_STAGES: Final = {SMTPSenderRefused: Stage.MAIL, SMTPRecipientRefused: Stage.RCPT, SMTPDataError: Stage.DOT}
HERE = frozenset({"127.0.0.1", "localhost", "::1"})
SECONDS = 20.0
NOT_TAKEN: Final = (
    "it refuses the token for the name in QUIETLINE_RELAY_URL: that must be the mailbox that agreed to "
    "`quietline mail consent`, and the provider must allow it to send by programs (Microsoft: Authenticated SMTP)"
)
NOT_THE_SENDER: Final = (
    "it does not let us send from this address: set QUIETLINE_SENDER to the address of the account in "
    "QUIETLINE_RELAY_URL, or have the provider allow that account to send as it"
)


async def examine_relay(relay: Relay, own_name: str, sender: str | None = None) -> Finding:
    """Connects, encrypts, signs in, asks whether mail may come from `sender`, and says goodbye: no mail."""
    try:
        async with _called(relay, own_name) as client:
            if sender is not None:
                await client.mail(sender)
            await _goodbye(client)
    except NoToken as fault:
        return Finding("relay", fine=False, says=fault.lack.says)
    except FAULTS as fault:
        return Finding("relay", fine=False, says=_trouble(relay, fault))
    if relay.security == "none" and relay.host not in HERE:
        return Finding(
            "relay",
            fine=True,
            says="answers; mail to it travels in the open, as QUIETLINE_RELAY_PLAIN allows",
        )
    said = {"tls": "TLS is verified", "starttls": "STARTTLS is verified"}.get(
        relay.security, "on this machine"
    )
    known = ", the name and password are taken" if relay.username else ""
    if relay.access:
        known = ", the provider's token is taken"
    return Finding("relay", fine=True, says=f"answers; {said}{known}")


async def hand_over(relay: Relay, sender: str, recipient: str, raw: bytes) -> str | None:
    """Sends one mail. None, or a sentence that says why it was not taken."""
    try:
        async with _called(relay, sender.rpartition("@")[2]) as client:
            await client.sendmail(sender, [recipient], raw)
            await _goodbye(client)
    except NoToken as fault:
        return fault.lack.says
    except FAULTS as fault:
        return _trouble(relay, fault)
    return None


async def _goodbye(client: SMTP) -> None:
    with contextlib.suppress(*FAULTS):  # what it says to that changes nothing
        await client.quit()


@asynccontextmanager
async def _called(relay: Relay, own_name: str) -> AsyncIterator[SMTP]:
    token = await relay.access.soon() if relay.access else None
    client = calling(relay, own_name, min(relay.timeout, SECONDS), token)
    try:
        await client.connect()
        yield client
    finally:
        client.close()


def _trouble(relay: Relay, fault: BaseException) -> str:  # noqa: PLR0911 - a row each
    """In plain words; the relay's own text stays behind, for it may name addresses."""
    causes = list(_causes(fault))
    untrusted = next((one for one in causes if isinstance(one, ssl.SSLCertVerificationError)), None)
    if untrusted is not None:
        return f"its certificate is not to be trusted for {relay.host}: {untrusted.verify_message}"
    if any(isinstance(one, SMTPAuthenticationError) for one in causes):
        if relay.access:
            return NOT_TAKEN
        return "it refuses the name or the password in QUIETLINE_RELAY_URL"
    if any(isinstance(one, ssl.SSLError) for one in causes):
        return "it does not speak TLS as QUIETLINE_RELAY_URL says: smtps:// is for port 465, smtp+starttls:// for 587"
    if _is_about_sender(fault):
        return NOT_THE_SENDER
    code = next((one.code for one in _refusals(fault) if getattr(one, "code", 0) > 0), None)
    if code is not None:
        return f"it answers, and refuses with {code}"
    if isinstance(fault, SMTPException) and "XOAUTH2" in str(fault):
        return (
            "it does not take tokens (XOAUTH2), as QUIETLINE_OAUTH wants: is this the provider's own relay?"
        )
    if isinstance(fault, SMTPException) and "STARTTLS" in str(fault):
        return "it offers no STARTTLS, so nothing will be sent to it: ask for its TLS port"
    return f"cannot be reached at {relay.host}:{relay.port}"


def _is_about_sender(fault: BaseException) -> bool:
    return any(
        isinstance(one, SMTPResponseException)
        and about(_STAGES.get(type(one), Stage.EHLO), one.code, status_of(str(one.message))) is About.SENDER
        for one in _refusals(fault)
    )


def _refusals(fault: BaseException) -> list[Any]:
    """Of each recipient where it is about those, which as a whole have no code."""
    return list(getattr(fault, "recipients", [fault]))


def _causes(fault: BaseException | None) -> "list[BaseException]":
    found: list[BaseException] = []
    while fault is not None and fault not in found:
        found.append(fault)
        fault = fault.__cause__ or fault.__context__
    return found
