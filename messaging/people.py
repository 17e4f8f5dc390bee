"""Who signs in, and what they are in a practice."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, assert_never

from messaging.ids import PersonId, PracticeId


class Role(StrEnum):
    """What a person is in a practice; one person, one role."""

    CLIENT = "client"
    THERAPIST = "therapist"
    PSYCHIATRIST = "psychiatrist"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"

    @property
    def is_clinician(self) -> bool:
        """Clinicians answer from the inbox; administrators see metadata only."""
        match self:
            case Role.THERAPIST | Role.PSYCHIATRIST | Role.SUPERVISOR:
                return True
            case Role.CLIENT | Role.ADMINISTRATOR:
                return False
            case _:
                assert_never(self)


class EmailMode(StrEnum):
    """What our mail to a client may say, by recorded consent. `openpgp` is a notice while their key cannot be used."""

    NOTICE = "notice"
    FULL = "full"
    OPENPGP = "openpgp"


@dataclass(frozen=True, slots=True)
class Person:
    """One who signs in. The name and address of a client are sealed at rest; here they are open and never printed."""

    practice: PracticeId
    id: PersonId
    role: Role
    name: str = field(repr=False)
    email: str | None = field(default=None, repr=False)
    email_mode: EmailMode = EmailMode.NOTICE
    time_zone: str | None = None
    """An IANA name, where they told us theirs: mail names times in it. None: the practice's."""
    receipts: bool = True
    """Whether a mail tells them that a letter of theirs has arrived."""
    unreachable: str | None = field(default=None, repr=False)
    """An address no mail can be sent to, kept before such were refused. Who has one has no `email`."""
    active: bool = True
    """False once they have left the practice."""


@dataclass(frozen=True, slots=True)
class Details:
    """What is sealed of a person under their own key, so that erasing the key erases it. See `Person` for what it means."""

    name: str = field(repr=False)
    username: str = field(default="", repr=False)
    email: str | None = field(default=None, repr=False)
    time_zone: str | None = None
    receipts: bool = True
    rest: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What a newer program wrote beside: kept when these are sealed anew."""


_KNOWN: Final = frozenset({"name", "username", "email", "zone", "receipts"})


def encode_details(details: Details) -> bytes:
    """The details as sealed. What is as usual is left out."""
    held = {"name": details.name}
    if details.username:
        held["username"] = details.username
    if details.email:
        held["email"] = details.email
    held |= details.rest
    if details.time_zone:
        held["zone"] = details.time_zone
    if not details.receipts:
        held["receipts"] = "no"
    return json.dumps(held, ensure_ascii=False).encode()


NO_DETAILS: Final = (ValueError, KeyError, TypeError, AttributeError)
"""What `decode_details` raises for what no program of ours wrote."""


def decode_details(raw: bytes) -> Details:
    """The inverse of `encode_details`. Raises one of NO_DETAILS."""
    held: dict[str, str] = json.loads(raw)
    return Details(
        name=held["name"],
        username=held.get("username", ""),
        email=held.get("email"),
        time_zone=held.get("zone"),
        receipts=held.get("receipts") != "no",
        rest={name: held[name] for name in held if name not in _KNOWN},
    )


@dataclass(frozen=True, slots=True)
class Practice:
    """The tenant: a clinic or a solo therapist. `time_zone` is an IANA name, `mail_domain` None for the server's own."""

    id: PracticeId
    slug: str
    name: str
    time_zone: str
    mail_domain: str | None = None
