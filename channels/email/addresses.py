"""Mail addresses: which are one mailbox, which route a reply, which prove a bounce.

A reply address is a routing token, never an identity: whoever holds it may knock, nothing more.
"""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from messaging.addresses import valid_address

TOKEN_BYTES = 16  # 128 random bits: not guessable, and short enough for a local part of 64 octets
TOKEN_LENGTH = 30  # 26 characters for the random bits, 4 for the check
CHECK_LENGTH = 4  # 20 bits: one typo in a million looks like a real token
BOUNCE_MAC_BYTES = 10  # 80 bits: a forged bounce may cost a client their mail, not their words
BOUNCE_ID_LIMIT = 20
REPORT_READ = 1024 * 1024  # octets of a report; what it gives back of our mail stands before any words
LOOK_UPS = 5  # of what one letter or report holds; each asks the database
BOUNCE_DAYS = 30  # senders give up after five days; late reports arrive within weeks

_SEPARATORS = "+-."  # some systems drop or rewrite the plus sign, so all three are read
_ALIKE = str.maketrans(_SEPARATORS, "+" * len(_SEPARATORS))
_TOKEN = re.compile(rf"[a-z2-7]{{{TOKEN_LENGTH}}}")
_KEYED = re.compile(rf"letter-[0-9a-z-]{{1,100}}-([a-z2-7]{{{TOKEN_LENGTH}}})@")
_MARK = re.compile(rb"\bb[+][a-z2-7]{2,32}-[a-z2-7]{4}-[a-z2-7]{16}@[A-Za-z0-9.-]{1,253}")
_BOUNCE = re.compile(r"b[+.-]([a-z2-7]{2,32})-([a-z2-7]{4})-([a-z2-7]{16})")


def same_mailbox(one: str, other: str) -> bool:
    """Say whether two addresses name one mailbox; case counts for nothing, in the local part too."""
    return canonical(one) == canonical(other)


def same_reply_address(one: str, other: str) -> bool:
    """Say whether two spellings are one reply address: `reply+token`, `reply-token` and `reply.token` are."""
    return _spelled_alike(one) == _spelled_alike(other)


def canonical(address: str) -> str:
    """Return the form in which addresses are compared and looked up."""
    local, at, domain = address.strip().rpartition("@")
    return f"{local.lower()}{at}{domain.lower().rstrip('.')}"


def new_token(random: bytes) -> str:
    """Make a reply token from 16 random bytes: base32, because some programs lower-case local parts."""
    if len(random) != TOKEN_BYTES:
        raise ValueError("a reply token is made from exactly 16 random bytes")
    body = _base32(random)
    return body + _check(body)


@dataclass(frozen=True, slots=True)
class ReplyAddress:
    """The practice's reply addresses: a template such as `reply+{token}@{domain}` and the mail domain.

    A template that is a plain address is everybody's: whom an answer is from stands in its references (`keyed`).
    """

    template: str
    domain: str

    def __post_init__(self) -> None:
        local, at, host = self.template.partition("@")
        tagged = self.tagged or "{" in self.template
        if (
            (local.count("{token}") != 1 and tagged)
            or not at
            or host.count("{domain}") > 1
            or "{token}" in host
        ):
            raise ValueError("the reply address needs {token} once, before the @")
        if not valid_address(self.format("a" * TOKEN_LENGTH)):
            raise ValueError(
                "the reply address does not make a valid mail address of at most 64 octets before the @"
            )

    @property
    def tagged(self) -> bool:
        """Whether the address itself tells whose it is."""
        return "{token}" in self.template

    def format(self, token: str) -> str:
        """Write the address for a token."""
        return self.template.replace("{token}", token).replace("{domain}", self.domain)

    def token_of(self, recipient: str) -> str | None:
        """Read the token from an envelope recipient, or None when it is not ours or was mistyped."""
        token = self._shape(recipient)
        return token if token is not None and _sound(token) else None

    def mistyped(self, recipient: str) -> bool:
        """Say whether this looks like one of our reply addresses, but was damaged on the way."""
        token = self._shape(recipient)
        return token is not None and not _sound(token)

    def _shape(self, recipient: str) -> str | None:
        local, _, host = canonical(recipient).rpartition("@")
        wanted_local, _, wanted_host = canonical(self.format("\0")).rpartition("@")
        head, _, tail = wanted_local.partition("\0")
        end = len(local) - len(tail)
        token = local[len(head) : end]
        if host != wanted_host or local[end:] != tail or not _TOKEN.fullmatch(token):
            return None
        return token if _same_head(local[: len(head)], head) else None


def keyed(stem: str, token: str) -> str:
    """What stands before the @ in a reference that says whose answer it is: it ends in their token."""
    return f"{stem}-{token}"


def keys_in(references: str) -> list[str]:
    """The tokens in a letter's references, the last first."""
    found = [one for one in _KEYED.findall(references.lower()) if _sound(one)]
    return list(dict.fromkeys(reversed(found)))[:LOOK_UPS]


def marks_in(report: bytes) -> list[str]:
    """What looks like a bounce address in what a report gives back of our mail; whether it proves itself is seen later."""
    unfolded = (
        report[:REPORT_READ].replace(b"=\r\n", b"").replace(b"=\n", b"")
    )  # some pack it as quoted-printable
    return list(dict.fromkeys(one.decode("ascii") for one in _MARK.findall(unfolded)))[:LOOK_UPS]


def bounce_address(
    outbox_id: bytes, key: bytes, *, domain: str, now: datetime, days: int = BOUNCE_DAYS
) -> str:
    """Make the envelope sender of one owed mail, so that a report about it proves itself (VERP with a MAC).

    The address is `b+<id>-<last day>-<80-bit HMAC>@domain`, at most 64 octets before the @.
    """
    if not 1 <= len(outbox_id) <= BOUNCE_ID_LIMIT:
        raise ValueError("an outbox id has 1 to 20 bytes")
    last_day = _base32(_day(now + timedelta(days=days)).to_bytes(3, "big"))[1:]
    name = _base32(outbox_id)
    address = f"b+{name}-{last_day}-{_mac(key, name, last_day, domain)}@{domain}"
    if not valid_address(address):
        raise ValueError("the bounce domain is not a valid mail domain")
    return address


def read_bounce_address(recipient: str, key: bytes, *, domain: str, now: datetime) -> bytes | None:
    """Return the outbox id a bounce address stands for, or None when it is foreign, forged or too old."""
    local, _, host = canonical(recipient).rpartition("@")
    match = _BOUNCE.fullmatch(local)
    if match is None or host != domain.lower():
        return None
    name, last_day, mac = match.groups()
    if not hmac.compare_digest(mac, _mac(key, name, last_day, domain)):
        return None
    last = _unbase32("a" + last_day)
    if last is None or _day(now) > int.from_bytes(last, "big"):
        return None
    return _unbase32(name)


def _spelled_alike(address: str) -> str:
    local, at, host = canonical(address).rpartition("@")
    return f"{local.translate(_ALIKE)}{at}{host}"


def _same_head(given: str, wanted: str) -> bool:
    if given == wanted:
        return True
    return (
        bool(wanted) and wanted[-1] in _SEPARATORS and given[:-1] == wanted[:-1] and given[-1:] in _SEPARATORS
    )


def _sound(token: str) -> bool:
    return hmac.compare_digest(_check(token[:-CHECK_LENGTH]), token[-CHECK_LENGTH:])


def _check(body: str) -> str:
    return _base32(hashlib.sha256(b"reply token check " + body.encode()).digest())[:CHECK_LENGTH]


def _mac(key: bytes, name: str, last_day: str, domain: str) -> str:
    # The domain is part of what is proved: an address made for one installation means nothing at another.
    said = f"bounce {name} {last_day} {domain.lower()}".encode()
    return _base32(hmac.digest(key, said, "sha256")[:BOUNCE_MAC_BYTES])


def _day(moment: datetime) -> int:
    return int(moment.timestamp()) // 86400


def _base32(value: bytes) -> str:
    return base64.b32encode(value).decode().rstrip("=").lower()


def _unbase32(text: str) -> bytes | None:
    try:
        return base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except binascii.Error:
        return None
