"""The world outside, faked: name servers, mail programs that sign, and relays that die when told to."""

import asyncio
import functools
import ipaddress
import ssl
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, cast

import dkim
import dns.flags
import dns.message
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from aiosmtpd.smtp import SMTP, Envelope
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

DOMAIN = "mail.example"


@functools.cache
def key_pair() -> tuple[bytes, str]:
    """A private key, and its record in DNS."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private, "v=DKIM1; k=rsa; p=" + "".join(public.decode().splitlines()[1:-1])


def signed(raw: bytes, domain: str = DOMAIN, **options: Any) -> bytes:
    """The letter as the domain's own server would send it."""
    return bytes(dkim.sign(raw, b"s1", domain.encode(), key_pair()[0], **options)) + raw


def now(days: float = 0) -> str:
    """What a Date field says of now, or of some days from now."""
    return format_datetime(datetime.now(UTC) + timedelta(days=days))


def certificate_pem(serial: int = 1) -> bytes:
    """A key and its own certificate, for this machine, in one piece."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = x509.SubjectAlternativeName(
        [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    )
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(serial).not_valid_before(now).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(names, critical=False)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private + made.sign(key, hashes.SHA256()).public_bytes(pem)


def self_signed() -> ssl.SSLContext:
    """What a server offers TLS with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile() as file:
        file.write(certificate_pem())
        file.flush()
        context.load_cert_chain(file.name)
    return context


def records(*, dmarc: bool = True) -> dict[tuple[str, str], str]:
    """What DNS says about the clients' domain, and about a stranger's."""
    return {
        (f"s1._domainkey.{DOMAIN}", "TXT"): key_pair()[1],
        ("s1._domainkey.evil.example", "TXT"): key_pair()[1],
        ("_dmarc.evil.example", "TXT"): "v=DMARC1; p=reject",
        **({(f"_dmarc.{DOMAIN}", "TXT"): "v=DMARC1; p=reject"} if dmarc else {}),
    }


class NameServer(asyncio.DatagramProtocol):
    """Answers from a table, which a test may change."""

    def __init__(self, table: Mapping[tuple[str, str], str]) -> None:
        self.table = dict(table)
        self._transport: asyncio.DatagramTransport | None = None

    async def start(self) -> tuple[str, int]:
        """Where it listens."""
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: self, ("127.0.0.1", 0))
        self._transport = transport
        return cast(tuple[str, int], transport.get_extra_info("sockname"))

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """One question, one answer."""
        question = dns.message.from_wire(data)
        asked = question.question[0]
        answer = dns.message.make_response(question)
        answer.flags |= dns.flags.RA
        found = self.table.get((str(asked.name).rstrip(".").lower(), dns.rdatatype.to_text(asked.rdtype)))
        if found is not None:
            pieces = " ".join(f'"{found[i : i + 200]}"' for i in range(0, len(found), 200))
            answer.answer.append(dns.rrset.from_text(asked.name, 60, "IN", "TXT", pieces))
        assert self._transport is not None
        self._transport.sendto(answer.to_wire(), addr)

    def stop(self) -> None:
        """Falls silent."""
        if self._transport is not None:
            self._transport.close()


@dataclass
class FakeRelay:
    """Takes mail, or dies: after `mail`, `rcpt`, `data` (the 354), `half`, `dot` (kept, unanswered) or `kept` (answered).

    `answers` replaces its reply to a command (or to CONNECT, DOT), for as long as there are any. As strict as Postfix about
    their order, and `out_of_step` says how often it had to be.
    """

    dies: str | None = None
    answers: dict[str, list[str]] = field(default_factory=dict)
    taken: list[tuple[list[str], bytes]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    wire: bytearray = field(default_factory=bytearray)
    """Every byte it was sent."""
    offered: list[bytes] = field(default_factory=list)
    """Every mail that came to its final dot, taken or not."""
    offered_to: list[str] = field(default_factory=list)
    took: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a mail is taken."""
    told: Callable[[str, str], str | None] = lambda _verb, _to: None
    """What it answers to RCPT or DOT of a mail to somebody, where it matters whose mail comes when."""
    out_of_step: int = 0
    breaks_at: str | None = None
    """Hangs up whenever a letter to this address is named."""
    port: int = 0
    """Once it listened, it is there again."""
    tls: ssl.SSLContext | None = None
    """Speaks nothing else."""
    before_dot_answered: tuple[asyncio.Event, asyncio.Event] | None = None
    """Set when a letter is there, and waited for before it is answered."""
    before_dot_for: str | None = None
    """Of letters to this address alone: mail that other tests left goes by."""
    _server: asyncio.Server | None = None

    async def start(self) -> "FakeRelay":
        """Listens."""
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self.port, limit=2**20, ssl=self.tls
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Ends."""
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    def to(self, address: str | None) -> list[bytes]:
        """The mails taken for one person. The database is shared: other tests' people may be owed mail too."""
        return [raw for recipients, raw in self.taken if recipients == [address]]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._speak(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _speak(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        recipients: list[str] | None = None
        """None: there is no mail."""
        writer.write(self._reply("CONNECT", "220 relay").encode() + b"\r\n")
        while line := (await self._line(reader)).decode().strip():
            verb = line.upper().split(":")[0].split()[0]
            self.heard.append(verb)
            to = line.partition("<")[2].partition(">")[0] if verb == "RCPT" else ""
            reply = self.told(verb, to) or self._reply(verb, self._usual(verb, recipients))
            good = reply[0] in "23"
            if verb == "RCPT" and good and recipients is not None:
                recipients.append(to)
            if verb == "MAIL" and good:
                recipients = []
            if verb in ("RSET", "EHLO") and good:
                recipients = None
            if self.breaks_at is not None and self.breaks_at in line:
                return
            writer.write(reply.encode() + b"\r\n")
            if self.dies == verb.lower() or verb == "QUIT" or reply.startswith("421"):
                return
            if verb == "DATA" and reply.startswith("354"):
                if not await self._take(reader, writer, recipients or []):
                    return
                recipients = None

    def _usual(self, verb: str, recipients: list[str] | None) -> str:
        wrong = {"MAIL": recipients is not None, "RCPT": recipients is None, "DATA": not recipients}
        if wrong.get(verb):
            self.out_of_step += 1
            return f"503 5.5.1 Error: {verb} out of order"
        return "354 go on" if verb == "DATA" else "250 ok"

    async def _line(self, reader: asyncio.StreamReader) -> bytes:
        line = await reader.readline()
        self.wire += line
        return line

    async def _take(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, recipients: list[str]
    ) -> bool:
        held = b""
        while (line := await self._line(reader)) != b".\r\n":
            held += line
            if not line or (self.dies == "half" and len(held) > 2000):
                return False
        if self.before_dot_answered is not None and self.before_dot_for in (None, *recipients):
            self.before_dot_answered[0].set()
            await self.before_dot_answered[1].wait()
        self.offered.append(held)
        self.offered_to += recipients
        reply = self.told("DOT", recipients[0]) or self._reply("DOT", "250 taken")
        if reply.startswith("2"):
            self.taken.append((recipients, held))
            self.took.set()
        if self.dies == "dot":
            return False
        writer.write(reply.encode() + b"\r\n")
        return self.dies != "kept" and not reply.startswith("421")

    def _reply(self, verb: str, usual: str) -> str:
        waiting = self.answers.get(verb)
        return waiting.pop(0) if waiting else usual


class StartTlsRelay:
    """Takes mail only after STARTTLS."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self._tls = tls
        self.port = 0

    async def start(self) -> None:
        """Listens."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, tls_context=self._tls, require_starttls=True, hostname="relay", loop=loop),
            "127.0.0.1",
            0,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def handle_DATA(self, _server: object, _session: object, _envelope: Envelope) -> str:
        """Takes it."""
        return "250 taken"

    async def stop(self) -> None:
        """Ends."""
        self._server.close()
