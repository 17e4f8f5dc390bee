"""A letter by mail as values: how it arrived, and what it says."""

import json
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from messaging.ids import ConversationId, MailId, PersonId, PracticeId


@dataclass(frozen=True, slots=True)
class Destination:
    """What its recipient address stands for: a conversation and the member whose address it is, or only a practice."""

    practice: PracticeId
    conversation: ConversationId | None = None
    person: PersonId | None = None


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a letter came. `bounce_of`: a report about that mail of ours. `at_border`: our own server handed it over."""

    recipient: str = field(repr=False)
    mail_from: str = field(repr=False)
    helo: str = field(repr=False)
    peer: str | None = field(repr=False)
    at_border: bool = False
    bounce_of: MailId | None = None
    taken_at: datetime | None = None
    """When it came to a mailbox it was fetched from; None: when it was kept here."""
    key: str | None = field(default=None, repr=False)
    """The reply token in its references that says whose it is, where it came to an address that is everybody's."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that came with a letter."""

    name: str = field(repr=False)
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a letter says, as its channel read it. `key` is the same for every delivery of the same letter."""

    key: UUID
    sender: str | None = field(default=None, repr=False)
    subject: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    folded: str = field(default="", repr=False)
    message_id: str | None = field(default=None, repr=False)
    answers: tuple[str, ...] = field(default=(), repr=False)
    """Message-IDs it refers to, the nearest first."""
    thread_index: str | None = field(default=None, repr=False)
    """What Outlook threads by."""
    notes: tuple[str, ...] = field(default=(), repr=False)
    """What could not be read, in sentences for the reader."""
    enclosures: tuple[Enclosure, ...] = field(default=(), repr=False)
    also: tuple[str, ...] = field(default=(), repr=False)
    """Who else got it, by its To and Cc: shown, and never written to."""
    signed: str | None = None
    """What is known of its OpenPGP signature (`channels.email.sealing.opening.Signed`); None: OpenPGP has no part in it."""
    opened: bool = False
    """It came encrypted to the practice's key."""
    marks: tuple[str, ...] = ()
    """By what it is known when it is sent again: what was signed of it, and the same with the shape of its words."""
    quotes: str = ""
    """The letter of ours most of what is folded comes from (`receiving.quoted_name`); empty if it comes from none."""
    folded_begins: str = field(default="", repr=False)
    """The first folded words that are not ours."""
    calendar: str = ""
    """What a calendar answered to an invitation: `accepted`, `declined`, `tentative`, `delegated`, `counter`, `answered`."""
    calendar_starts: str = ""
    """When the appointment it answers begins (ISO 8601), where it says so."""


_ARRIVAL: Final = tuple(one.name for one in fields(Arrival))


def encode_arrival(arrival: Arrival) -> bytes:
    """As it is sealed."""
    held = {name: getattr(arrival, name) for name in _ARRIVAL}
    taken = arrival.taken_at and arrival.taken_at.isoformat()
    bounce = arrival.bounce_of and arrival.bounce_of.hex
    return json.dumps({**held, "bounce_of": bounce, "taken_at": taken}).encode()


def decode_arrival(encoded: bytes) -> Arrival:
    """The inverse of `encode_arrival`."""
    held: dict[str, Any] = json.loads(encoded)
    mail, taken = held["bounce_of"], held.get("taken_at")
    bounce = MailId(UUID(hex=mail)) if mail else None
    at = datetime.fromisoformat(taken) if taken else None
    return Arrival(**{**held, "bounce_of": bounce, "taken_at": at})


def encode_reading(reading: Reading) -> bytes:
    """One line of JSON, then the files one after the other."""
    head = asdict(reading)
    head["key"] = reading.key.hex
    head["enclosures"] = [[e.name, e.content_type, len(e.content)] for e in reading.enclosures]
    return json.dumps(head).encode() + b"\n" + b"".join(e.content for e in reading.enclosures)


def decode_reading(encoded: bytes) -> Reading:
    """The inverse of `encode_reading`."""
    line, _, content = encoded.partition(b"\n")
    head: dict[str, Any] = json.loads(line)
    files, place = [], 0
    for name, content_type, size in head["enclosures"]:
        files.append(Enclosure(name, content_type, content[place : place + size]))
        place += size
    lists: dict[str, Any] = {
        name: tuple(head.get(name, ())) for name in ("answers", "notes", "also", "marks")
    }
    return Reading(**{**head, **lists, "key": UUID(hex=head["key"]), "enclosures": tuple(files)})
