"""Known devices: a browser in which somebody signed in keeps a proof of it, and passes where strangers are slowed.

OWASP's device cookie ("Slow Down Online Guessing Attacks with Device Cookies"). The proof is for one name and one person,
ends by itself, and ends with the password it was made under. It says that guesses come from a device of theirs and nothing
else: it is no sign-in, and who steals it has a few guesses at that one name.

A proof: until (4) | nonce (16) | practice (16) | person (16) | mark of the password (16) | MAC (32), in base64url.
"""

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from messaging.ids import PersonId, PracticeId
from messaging.memory.people import StoredPerson
from messaging.office import Office
from messaging.trust.encryption import InstallationKey

KNOWN_FOR: Final = timedelta(days=90)
"""Since the last sign-in there."""
NONCE_BYTES: Final = 16
MARK_BYTES: Final = 16
BODY_BYTES: Final = 4 + NONCE_BYTES + 16 + 16 + MARK_BYTES
PROOF_LENGTH: Final = 134
"""Characters; its padding, which a cookie would have quoted, is left out."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device of this person's, under the password they have now."""

    practice: PracticeId
    person: PersonId
    nonce: bytes = field(repr=False)
    """Its name in the count of guesses."""


def proof_for(office: Office, name: bytes, person: StoredPerson, encoded: str) -> str:
    """What the device keeps after a good sign-in. `name`: the keyed hash; `encoded`: the password's hash as it is kept."""
    until = int((office.clock() + KNOWN_FOR).timestamp())
    body = b"".join(
        (
            until.to_bytes(4, "big"),
            office.random(NONCE_BYTES),
            person.practice.bytes,
            person.id.bytes,
            mark_of(office.installation, encoded),
        )
    )
    return base64.urlsafe_b64encode(body + _mac(office.installation, name, body)).decode().rstrip("=")


async def known_device(office: Office, name: bytes, shown: Sequence[str]) -> Device | None:
    """The device that shows one of these proofs, if it is one for this name. Memory is asked only about true ones."""
    for text in shown:
        body = _read(office.installation, name, text)
        if body is None or int.from_bytes(body[:4], "big") <= office.clock().timestamp():
            continue
        device = Device(
            PracticeId(UUID(bytes=body[20:36])), PersonId(UUID(bytes=body[36:52])), body[4 : 4 + NONCE_BYTES]
        )
        for stored in await office.memory.people.find(device.practice, [device.person]):
            if (
                stored.active
                and stored.password_hash
                and _marked(office.installation, body, stored.password_hash)
            ):
                return device
    return None


def of_others(proofs: Sequence[str], person: PersonId) -> list[str]:
    """Those that are not this person's, whether they are true or not: a browser keeps one of each."""
    return [proof for proof in proofs if _decoded(proof)[36:52] != person.bytes]


def _read(key: InstallationKey, name: bytes, text: str) -> bytes | None:
    raw = _decoded(text)
    body, mac = raw[:BODY_BYTES], raw[BODY_BYTES:]
    return body if hmac.compare_digest(mac, _mac(key, name, body)) else None


def _decoded(text: str) -> bytes:
    if len(text) != PROOF_LENGTH or not text.isascii():
        return b""
    try:
        return base64.b64decode(text + "==", b"-_", validate=True)
    except ValueError:
        return b""


def _mac(key: InstallationKey, name: bytes, body: bytes) -> bytes:
    return key.device_mac(b"device\x00" + name + body)


def mark_of(key: InstallationKey, encoded: str) -> bytes:
    """Of the hash as it is kept: whatever changes the password changes it. Keyed, so that it tells nothing of the hash."""
    return key.device_mac(b"password\x00" + encoded.encode())[:MARK_BYTES]


def _marked(key: InstallationKey, body: bytes, encoded: str) -> bool:
    return hmac.compare_digest(body[-MARK_BYTES:], mark_of(key, encoded))
