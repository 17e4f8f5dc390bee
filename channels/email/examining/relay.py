"""The relay, as the courier will find it: reachable, verified, and willing to know us. Only the test letter is sent."""

import contextlib
import ssl

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException

from channels.email.examining.findings import Finding
from channels.email.leaving.relaying import FAULTS
from channels.email.terms import Relay

HERE = frozenset({"127.0.0.1", "localhost", "::1"})
SECONDS = 20.0


async def examine_relay(relay: Relay, own_name: str) -> Finding:
    """Connects, encrypts, signs in, and says goodbye: no mail."""
    client = _client(relay, own_name)
    try:
        await client.connect()
        await _goodbye(client)
    except FAULTS as fault:
        return Finding("relay", fine=False, says=_trouble(relay, fault))
    finally:
        client.close()
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
    return Finding("relay", fine=True, says=f"answers; {said}{known}")


async def hand_over(relay: Relay, sender: str, recipient: str, raw: bytes) -> str | None:
    """Sends one mail. None, or a sentence that says why it was not taken."""
    client = _client(relay, sender.rpartition("@")[2])
    try:
        await client.connect()
        await client.sendmail(sender, [recipient], raw)
        await _goodbye(client)
    except FAULTS as fault:
        return _trouble(relay, fault)
    finally:
        client.close()
    return None


async def _goodbye(client: SMTP) -> None:
    with contextlib.suppress(*FAULTS):  # what it says to that changes nothing
        await client.quit()


def _client(relay: Relay, own_name: str) -> SMTP:
    return SMTP(
        hostname=relay.host,
        port=relay.port,
        username=relay.username,
        password=relay.password,
        local_hostname=own_name,
        timeout=min(relay.timeout, SECONDS),
        use_tls=relay.security == "tls",
        start_tls=relay.security == "starttls",
        tls_context=relay.tls,
    )


def _trouble(relay: Relay, fault: BaseException) -> str:
    """In plain words; the relay's own text stays behind, for it may name addresses."""
    causes = list(_causes(fault))
    untrusted = next((one for one in causes if isinstance(one, ssl.SSLCertVerificationError)), None)
    if untrusted is not None:
        return f"its certificate is not to be trusted for {relay.host}: {untrusted.verify_message}"
    if any(isinstance(one, SMTPAuthenticationError) for one in causes):
        return "it refuses the name or the password in QUIETLINE_RELAY_URL"
    if any(isinstance(one, ssl.SSLError) for one in causes):
        return "it does not speak TLS as QUIETLINE_RELAY_URL says: smtps:// is for port 465, smtp+starttls:// for 587"
    code = getattr(fault, "code", None)
    if code is not None and code > 0:
        return f"it answers, and refuses with {code}"
    if isinstance(fault, SMTPException) and "STARTTLS" in str(fault):
        return "it offers no STARTTLS, so nothing will be sent to it: ask for its TLS port"
    return f"cannot be reached at {relay.host}:{relay.port}"


def _causes(fault: BaseException | None) -> "list[BaseException]":
    found: list[BaseException] = []
    while fault is not None and fault not in found:
        found.append(fault)
        fault = fault.__cause__ or fault.__context__
    return found
