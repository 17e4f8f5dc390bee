"""A person's sealed details: what is known of somebody and kept under their own key."""

import json
from dataclasses import dataclass, field
from typing import Final

from messaging.ids import PersonId, PracticeId
from messaging.trust.encryption import Place

SEALED: Final = "people.sealed"


@dataclass(frozen=True, slots=True)
class Details:
    """`zone`: an IANA name where they told theirs. `receipts`: whether mail tells them that a letter arrived."""

    name: str = field(repr=False)
    username: str = field(default="", repr=False)
    email: str | None = field(default=None, repr=False)
    zone: str | None = None
    receipts: bool = True


def encode_details(details: Details) -> bytes:
    """As it is sealed: an absent field is left out."""
    held = {"name": details.name, "username": details.username}
    held |= {"email": details.email} if details.email else {}
    held |= {"zone": details.zone} if details.zone else {}
    held |= {} if details.receipts else {"receipts": "no"}
    return json.dumps(held, ensure_ascii=False).encode()


def decode_details(raw: bytes) -> Details:
    """The other way. Raises KeyError, TypeError or ValueError for what is none."""
    held: dict[str, str] = json.loads(raw)
    return Details(
        name=held["name"],
        username=held.get("username", ""),
        email=held.get("email"),
        zone=held.get("zone"),
        receipts=held.get("receipts") != "no",
    )


def person_place(practice: PracticeId, person: PersonId) -> Place:
    """Where a person's sealed details live."""
    return Place(SEALED, practice, person, person)
