"""The frames of `quietline.v1`, as values. JSON text both ways; decoding is strict and total."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final, get_args
from uuid import UUID

import msgspec

from messaging.conversations import Session, SessionRules
from messaging.errors import Malformed, Refusal
from messaging.facts import LetterFacts, as_texts
from messaging.ids import parse_uuid
from messaging.messages import Entry, EntryKind, EventName
from messaging.people import Person

SUBPROTOCOL: Final = "quietline.v1"
FRAME_LIMIT: Final = 64 * 1024
"""Bytes of one frame, an escape counted as what it stands for: the longest words fit, whichever program packs them."""
PACKED_LIMIT: Final = 3 * FRAME_LIMIT
"""Bytes as they come: JSON may write four bytes of UTF-8 as twelve, a surrogate pair of escapes (RFC 8259 section 7)."""
_SAVED: Final = 4
"""Of the six bytes of an escape: of all characters those of a pair take the most, two for each of it."""
NOTICES: Final = (10, 5)
"""Minutes before the end at which a page says so, quietly."""


WORDED: Final = frozenset({EventName.CORRECTED, EventName.CLOSING, EventName.ASSIGNED, EventName.ANSWERED})
"""Events that carry what somebody wrote."""


class Open(msgspec.Struct, tag="open", frozen=True):
    """Show me this conversation from after this number on."""

    conversation: UUID
    after: int = 0


class Say(msgspec.Struct, tag="say", frozen=True):
    """Live words; `key` makes the retry harmless. `draft`: a draft of that id was kept, and is none any more."""

    conversation: UUID
    key: UUID
    text: str
    draft: bool = False

    def __repr__(self) -> str:
        return f"Say({self.conversation}, {self.key}, ***)"


class Typing(msgspec.Struct, tag="typing", frozen=True):
    """I am writing; never what."""

    conversation: UUID


class Read(msgspec.Struct, tag="read", frozen=True):
    """My own read mark."""

    conversation: UUID
    number: int


class Shut(msgspec.Struct, tag="close", frozen=True):
    """No more of this conversation."""

    conversation: UUID


class Ping(msgspec.Struct, tag="ping", frozen=True):
    """Are you there?"""


class Here(msgspec.Struct, tag="here", frozen=True):
    """A page of mine is open, whichever it is: I am in my live sessions."""


class Word(StrEnum):
    """What one tap says of oneself, so that a silence is understood."""

    READING = "reading"
    THINKING = "thinking"
    TAKE_YOUR_TIME = "take_your_time"


class Gesture(msgspec.Struct, tag="sign", frozen=True):
    """One of the words above, to those in the session with me; never stored."""

    conversation: UUID
    word: Word


class Doing(StrEnum):
    """What a clinician's page does with a conversation it shows."""

    READING = "reading"
    WRITING = "writing"
    AWAY = "away"


class Company(msgspec.Struct, tag="company", frozen=True):
    """I read or write here, or no longer: to the other clinicians of it alone; never stored."""

    conversation: UUID
    doing: Doing


class Correct(msgspec.Struct, tag="correct", frozen=True):
    """My own message of a moment ago, in better words."""

    conversation: UUID
    key: UUID
    number: int
    text: str

    def __repr__(self) -> str:
        return f"Correct({self.conversation}, {self.key}, {self.number}, ***)"


class Withdraw(msgspec.Struct, tag="withdraw", frozen=True):
    """My own message of a moment ago, taken back."""

    conversation: UUID
    key: UUID
    number: int


Keyed = Say | Correct | Withdraw
"""What is kept, and answered by `said`."""
ACTS: Final = (Say, Correct, Withdraw, Typing, Gesture)
"""What somebody does; all else a page does by itself."""
Slow = Open | Keyed | Read | Here | Company
"""What memory is asked for."""
Quick = Typing | Gesture | Shut | Ping
FromBrowser = Slow | Quick

_decoder: Final[msgspec.json.Decoder[FromBrowser]] = msgspec.json.Decoder(FromBrowser)
_TYPES: Final = frozenset(one.__struct_config__.tag for one in get_args(FromBrowser))


class UnknownType(Malformed):
    """A frame of a type this protocol does not have."""

    code = "unknown_type"
    words = "This type of frame is not known."


class Unreadable(Exception):
    """A frame that is not one of ours; `about` names the conversation and key it seems to speak of."""

    def __init__(self, refusal: Refusal, about: Mapping[str, str]) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
        self.about = about


def decode(text: str) -> FromBrowser:
    """The frame. Raises Unreadable."""
    try:
        return _decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        pass
    # The lenient reader also takes lone surrogates, so that the refusal can name the key it is about.
    try:
        loose = json.loads(text)
    except (ValueError, RecursionError):
        loose = None
    if not isinstance(loose, dict):
        raise Unreadable(Malformed("This is not a frame."), {})
    about = {k: str(loose[k]) for k in ("conversation", "key") if parse_uuid(loose.get(k))}
    if loose.get("type") in _TYPES:
        raise Unreadable(Malformed("This frame is not complete, or its text cannot be kept."), about)
    raise Unreadable(UnknownType(), about)


_encode: Final = msgspec.json.Encoder().encode


def is_too_large(text: str) -> bool:
    """Whether a frame is larger than any that could be taken; found out without reading it."""
    if len(text) <= FRAME_LIMIT and text.isascii():
        return False
    size = len(text.encode())
    return size > PACKED_LIMIT or size - _SAVED * text.count("\\u") > FRAME_LIMIT


def encode(frame: Mapping[str, Any]) -> str:
    """A frame as sent."""
    return _encode(frame).decode()


def moment(at: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def message(entry: Entry, number: int, author: Person | None) -> dict[str, Any]:
    """An entry as its readers get it: in the API, over the socket and in exports alike."""
    if entry.kind is EntryKind.EVENT:
        return _event(entry, number)
    held: dict[str, Any] = {
        "type": "message",
        "conversation": entry.conversation,
        "number": number,
        "id": entry.id,
        "key": entry.key,
        "author": {
            "id": entry.author,
            "name": author.name if author else "Someone who has left",
            "role": author.role if author else "client",
        },
        "channel": entry.channel,
        **_words(entry),
        "attachments": [
            {"id": a.id, "name": a.name, "content_type": a.content_type, "size": a.size}
            for a in entry.body.attachments
        ],
        "at": moment(entry.at),
    }
    if entry.session is not None:
        held["session"] = entry.session
    if entry.letter is not None:
        held["letter"] = entry.letter
    beside = [("folded", entry.body.folded), ("subject", entry.body.subject)]
    if isinstance(entry.body.facts, LetterFacts):
        beside.append(("purpose", entry.body.facts.purpose))
    return held | {name: said for name, said in beside if said}


def _words(entry: Entry) -> dict[str, Any]:
    """As they stand now; of what was withdrawn only that it was."""
    if entry.withdrawn:
        return {"withdrawn": True}
    return {"text": entry.body.text, "edited": True} if entry.edited else {"text": entry.body.text}


def _event(entry: Entry, number: int) -> dict[str, Any]:
    held = {
        "type": "event",
        "conversation": entry.conversation,
        "number": number,
        "id": entry.id,
        "event": entry.body.event,
        "facts": as_texts(entry.body.facts),
        "author": {"id": entry.author},
        "at": moment(entry.at),
    }
    if entry.amends is not None:
        held["amends"] = entry.amends
    if entry.body.event in WORDED and entry.body.text:
        held["text"] = entry.body.text
    return held


def release_ended(conversation: str, release: str) -> str:
    """To who read by it, and is no member: that it is over, without a number or a word."""
    return encode(
        {"type": "event", "event": EventName.RELEASE_ENDED, "conversation": conversation, "release": release}
    )


def session(live: Session | None, now: datetime, rules: SessionRules) -> dict[str, Any] | None:
    """A session as both sides see it, with the server's time so that their clocks agree."""
    if live is None:
        return None
    return {
        "id": live.id,
        "conversation": live.conversation,
        "state": live.state,
        "starts": moment(live.starts),
        "ends": moment(live.ends),
        "minutes": live.minutes,
        "opened_at": moment(live.opened_at) if live.opened_at else None,
        "ended_at": moment(live.ended_at) if live.ended_at else None,
        "sequence": live.sequence,
        "late": live.late,
        "notices": NOTICES,
        "grace_minutes": rules.grace_minutes,
        "plan_b_minutes": rules.plan_b_minutes,
        "server_time": moment(now),
    }


def pong(now: datetime) -> str:
    """I am here; and what time it is, for a page's clock may have been put forward or back meanwhile."""
    return encode({"type": "pong", "server_time": moment(now)})


def refused(refusal: Refusal, about: Mapping[str, Any]) -> str:
    """A refusal, in the protocol's own words."""
    return encode({"type": "refused", **about, "code": refusal.code, "detail": refusal.detail})
