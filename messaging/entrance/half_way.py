"""Half way in: the password was right, and the code of the second factor is still to come.

The browser keeps a proof of it for five minutes, so that no page has to keep the password. It is for one person, ends with
the password it was made under, and lets nobody in: the code is asked for beside it.

A proof: until (4) | keyed hash of the name (32) | practice (16) | person (16) | mark of the password (16) | MAC (32), in
base64url.
"""

import base64
import hmac
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from messaging.entrance.known_devices import MARK_BYTES, mark_of
from messaging.errors import NotSignedIn
from messaging.ids import PersonId, PracticeId
from messaging.memory.people import StoredPerson
from messaging.office import Office

HALF_WAY: Final = timedelta(minutes=5)
"""Long enough to look for a phone, or for the sheet with the recovery codes."""
NAME_BYTES: Final = 32
BODY_BYTES: Final = 4 + NAME_BYTES + 16 + 16 + MARK_BYTES
PROOF_LENGTH: Final = 155
"""Characters; its padding, which a cookie would have quoted, is left out."""
OVER: Final = "It took too long, or your password has changed meanwhile. Please sign in once more."


@dataclass(frozen=True, slots=True)
class HalfWay:
    """Whose password was said, under which name."""

    name: bytes = field(repr=False)
    practice: PracticeId
    person: PersonId
    mark: bytes = field(repr=False)


def half_way_proof(office: Office, name: bytes, person: StoredPerson, encoded: str) -> str:
    """What a browser keeps until the code. `name`: the keyed hash; `encoded`: the password's hash as it is kept."""
    until = int((office.clock() + HALF_WAY).timestamp())
    mark = mark_of(office.installation, encoded)
    body = b"".join((until.to_bytes(4, "big"), name, person.practice.bytes, person.id.bytes, mark))
    return base64.urlsafe_b64encode(body + _mac(office, body)).decode().rstrip("=")


def half_way_in(office: Office, shown: str) -> HalfWay:
    """Who is half way in. Raises NotSignedIn for what is no proof, or none any more; memory is not asked."""
    raw = _decoded(shown)
    body, mac = raw[:BODY_BYTES], raw[BODY_BYTES:]
    if not hmac.compare_digest(mac, _mac(office, body)):
        raise NotSignedIn(OVER)
    if int.from_bytes(body[:4], "big") <= office.clock().timestamp():
        raise NotSignedIn(OVER)
    return HalfWay(
        body[4:36],
        PracticeId(UUID(bytes=body[36:52])),
        PersonId(UUID(bytes=body[52:68])),
        body[-MARK_BYTES:],
    )


async def whoever_came(office: Office, half: HalfWay) -> StoredPerson:
    """The person behind it, as they are now. Raises NotSignedIn where the password is another one, or they have left."""
    for stored in await office.memory.people.find(half.practice, [half.person]):
        encoded = stored.password_hash
        if (
            stored.active
            and encoded
            and hmac.compare_digest(half.mark, mark_of(office.installation, encoded))
        ):
            return stored
    raise NotSignedIn(OVER)


def _decoded(text: str) -> bytes:
    if len(text) != PROOF_LENGTH or not text.isascii():
        return b""
    try:
        return base64.b64decode(text + "=", b"-_", validate=True)
    except ValueError:
        return b""


def _mac(office: Office, body: bytes) -> bytes:
    return office.installation.device_mac(b"half way\x00" + body)
