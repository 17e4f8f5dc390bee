"""What a person may say, and an entry of the record.

A body is sealed as a small JSON object; its keys are short because every message pays for them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from messaging import facts as kinds
from messaging import facts_given as given
from messaging.errors import Malformed, TooLong
from messaging.facts import NO_FACTS, Facts, LetterFacts, as_texts, read_facts
from messaging.ids import ConversationId, EntryId, LetterId, OriginalId, PersonId, SessionId
from messaging.releases import ReleaseEndedFacts, ReleaseFacts

CHAT_LIMIT: Final = 16_000
"""Characters of one chat message: four screens; longer thoughts are letters. Fits a frame, however it is escaped."""
LETTER_LIMIT: Final = 200_000
"""Characters of one letter: thirty times the longest weekly allowance seen in practice."""
SUBJECT_LIMIT: Final = 300
LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


class Channel(StrEnum):
    """How a message was carried."""

    CHAT = "chat"
    EMAIL = "email"
    WEB = "web"


class EntryKind(StrEnum):
    """An entry is what somebody said, or what happened."""

    MESSAGE = "message"
    EVENT = "event"


class EventName(StrEnum):
    """What can happen in a conversation, as the record says it."""

    SESSION_BOOKED = "session_booked"
    SESSION_MOVED = "session_moved"
    SESSION_CANCELLED = "session_cancelled"
    SESSION_RESTORED = "session_restored"
    """Moving or calling it off was undone a moment later: it stands as before."""
    SESSION_MISSED = "session_missed"
    SESSION_OPENED = "session_opened"
    SESSION_EXTENDED = "session_extended"
    SESSION_ENDED = "session_ended"
    CHECK_IN_ASKED = "check_in_asked"
    CHECKED_IN = "checked_in"
    CHECK_IN_WAIVED = "check_in_waived"
    """Somebody was let in without a check-in."""
    CONNECTION_LOST = "connection_lost"
    CONNECTION_BACK = "connection_back"
    CLOSING = "closing"
    """What a side takes with it: the text is its summary."""
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    AUTOMATIC_MAIL = "automatic_mail"
    MAIL_FAILED = "mail_failed"
    NEEDS_NO_ANSWER = "needs_no_answer"
    WAITS_AGAIN = "waits_again"
    """That was undone a moment later."""
    PROMISE_PASSED = "promise_passed"
    """The time passed by which an answer was promised."""
    UNREAD_TOLD = "unread_told"
    """What is to be read first was not read in time, and somebody was told that it waits (`assignments.watching`)."""
    HANDED_OVER = "handed_over"
    """Somebody else answers from now on, in the place of who leaves."""
    READS_FROM_START = "reads_from_start"
    """Somebody who joined reads from the first word now (`practice.from_start`)."""
    CARE_ENDED = "care_ended"
    """From here on nobody meets and nothing is promised (`ending.care`)."""
    CARE_BEGUN_AGAIN = "care_begun_again"
    ENDING_PLANNED = "ending_planned"
    """How care is to end (`ending.planning`); the text is what is said about it."""
    ENDING_CALLED_OFF = "ending_called_off"
    IDENTITY_OPENED = "identity_opened"
    """Somebody opened the sealed name and address of the one in care (`practice.breaking_glass`)."""
    ASSIGNED = "assigned"
    """Something was given to answer or to do (`assignments.giving`); of a task the text says what."""
    ASSIGNMENT_ENDED = "assignment_ended"
    ANSWERED = "answered"
    """What was given came back; of a task the text is a line about it."""
    PLAN_CHANGED = "plan_changed"
    """The plan for hard hours, as it stands from here on (`plans`)."""
    RELEASED = "released"
    """Its client lets somebody else read a part of the record (`releasing`)."""
    RELEASE_ENDED = "release_ended"
    """They took it back, or its time was over."""
    CLINICIAN_AWAY = "clinician_away"
    """Who answers here is away for a time (`absence`)."""
    COVER_ASKED = "cover_asked"
    """Those in care are asked whether a colleague may stand in."""
    COVER_BEGAN = "cover_began"
    COVER_ENDED = "cover_ended"
    AGREEMENT_ACCEPTED = "agreement_accepted"
    """Somebody in care agreed to a text of the practice (`agreements.accepting`)."""
    AGREEMENT_WITHDRAWN = "agreement_withdrawn"
    AGREEMENT_AWAITED = "agreement_awaited"
    """A letter came by mail from somebody who has still to agree: it is kept, and both sides are told."""
    CONTRACT_PROPOSED = "contract_proposed"
    """The exchange contract, as somebody who cares would have it (`agreements.proposing`)."""
    CONTRACT_AGREED = "contract_agreed"
    """Somebody in care said yes to it."""
    REPLY_KIND_SAID = "reply_kind_said"
    """Which kind of answer a letter is, said anew."""


FACTS_OF: Final[Mapping[EventName, type[Facts]]] = {
    EventName.SESSION_BOOKED: kinds.AppointmentFacts,
    EventName.SESSION_MOVED: kinds.AppointmentFacts,
    EventName.SESSION_CANCELLED: kinds.AppointmentFacts,
    EventName.SESSION_RESTORED: kinds.AppointmentFacts,
    EventName.SESSION_MISSED: kinds.SessionFacts,
    EventName.SESSION_OPENED: kinds.SessionFacts,
    EventName.SESSION_EXTENDED: kinds.SessionFacts,
    EventName.SESSION_ENDED: kinds.SessionFacts,
    EventName.CHECK_IN_ASKED: kinds.CheckInFacts,
    EventName.CHECKED_IN: kinds.CheckInFacts,
    EventName.CHECK_IN_WAIVED: kinds.CheckInFacts,
    EventName.CONNECTION_LOST: kinds.BreakFacts,
    EventName.CONNECTION_BACK: kinds.BreakFacts,
    EventName.CLOSING: kinds.ClosingFacts,
    EventName.CORRECTED: kinds.NumberFacts,
    EventName.WITHDRAWN: kinds.NumberFacts,
    EventName.AUTOMATIC_MAIL: kinds.AutomaticMailFacts,
    EventName.MAIL_FAILED: kinds.FailedMailFacts,
    EventName.NEEDS_NO_ANSWER: kinds.SettledFacts,
    EventName.WAITS_AGAIN: kinds.NumberFacts,
    EventName.PROMISE_PASSED: kinds.PromiseFacts,
    EventName.UNREAD_TOLD: kinds.PromiseFacts,
    EventName.HANDED_OVER: kinds.HandedOverFacts,
    EventName.READS_FROM_START: kinds.ReadsFromStartFacts,
    EventName.CARE_ENDED: kinds.CareFacts,
    EventName.CARE_BEGUN_AGAIN: kinds.CareFacts,
    EventName.IDENTITY_OPENED: kinds.IdentityFacts,
    EventName.RELEASED: ReleaseFacts,
    EventName.RELEASE_ENDED: ReleaseEndedFacts,
    EventName.CLINICIAN_AWAY: kinds.AwayFacts,
    EventName.COVER_ASKED: kinds.CoverFacts,
    EventName.COVER_BEGAN: kinds.CoverFacts,
    EventName.COVER_ENDED: kinds.CoverFacts,
    EventName.AGREEMENT_ACCEPTED: kinds.AgreementFacts,
    EventName.AGREEMENT_WITHDRAWN: kinds.AgreementFacts,
    EventName.AGREEMENT_AWAITED: kinds.AwaitedFacts,
    EventName.CONTRACT_PROPOSED: given.ContractProposedFacts,
    EventName.CONTRACT_AGREED: given.ContractAgreedFacts,
    EventName.REPLY_KIND_SAID: given.ReplyKindFacts,
    EventName.ASSIGNED: given.AssignedFacts,
    EventName.ASSIGNMENT_ENDED: given.NotAskedFacts,
    EventName.ANSWERED: given.AnsweredFacts,
    EventName.PLAN_CHANGED: given.PlanFacts,
    EventName.ENDING_PLANNED: given.EndingFacts,
    EventName.ENDING_CALLED_OFF: given.NotEndingFacts,
}
"""What is said beside the words of an event."""


def facts_kind(event: EventName | None) -> type[Facts]:
    """The same; of a message where it is none."""
    return LetterFacts if event is None else FACTS_OF[event]


AMENDING: Final = frozenset({EventName.CORRECTED, EventName.WITHDRAWN})
"""What an author may do to their own message for a moment."""


@dataclass(frozen=True, slots=True)
class AttachmentNote:
    """What the page says of an attachment; its bytes are sealed elsewhere under `id`."""

    id: UUID
    name: str = field(repr=False)
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Body:
    """What is sealed. `text` is what is shown, `folded` what a click shows as well (quoted history, signatures)."""

    text: str = field(default="", repr=False)
    folded: str | None = field(default=None, repr=False)
    subject: str | None = field(default=None, repr=False)
    event: EventName | None = None
    facts: Facts = field(default=NO_FACTS, repr=False)
    """What its event says beside the words (`facts_kind`); of a message, what came with a letter by mail."""
    attachments: tuple[AttachmentNote, ...] = ()
    original: OriginalId | None = None
    weak: bool = False
    """The sender was verified only weakly (no DMARC record, yet SPF or DKIM aligned)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered line of a thread, opened."""

    conversation: ConversationId
    number: int
    id: EntryId
    author: PersonId
    kind: EntryKind
    channel: Channel
    at: datetime
    body: Body = field(repr=False)
    key: UUID | None = None
    session: SessionId | None = None
    letter: LetterId | None = None
    amends: int | None = None
    """The number of the entry this one corrects or withdraws."""
    edited: bool = False
    """Its words are those of a later correction."""
    withdrawn: bool = False
    """Taken back by who said it; the record keeps the words, readers get none."""

    @property
    def is_letter(self) -> bool:
        """Letters are read as sheets, chat as bubbles."""
        return self.kind is EntryKind.MESSAGE and self.channel is not Channel.CHAT


def checked_text(raw: object, limit: int) -> str:
    """The text as it may be kept, line ends as LF.

    Refused rather than mended: U+0000 and lone surrogates cannot be stored, and dropping them would change what was said.
    Raises Malformed, or TooLong beyond `limit` characters.
    """
    if not isinstance(raw, str):
        raise Malformed("There is no text.")
    if len(raw) > limit:
        raise TooLong
    if "\x00" in raw or (not raw.isascii() and LONE_SURROGATE.search(raw)):
        raise Malformed("The text holds a character that cannot be kept.")
    text = raw.replace("\r\n", "\n").replace("\r", "\n") if "\r" in raw else raw
    if not text.strip():
        raise Malformed("There is no text.")
    return text


_as_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""`json.dumps` makes an encoder for every call that wants anything unusual."""


def encode_body(body: Body) -> bytes:
    """The body as sealed. Empty fields are left out. Raises TypeError: its facts are those of another event."""
    held: dict[str, Any] = {"t": body.text}
    if body.folded:
        held["f"] = body.folded
    if body.subject:
        held["s"] = body.subject
    if body.event:
        held["e"] = body.event.value
    if body.facts is not NO_FACTS:
        kind = facts_kind(body.event)
        if not isinstance(body.facts, kind):
            raise TypeError(f"{type(body.facts).__name__} beside what has {kind.__name__}")
        if texts := as_texts(body.facts):
            held["x"] = texts
    if body.attachments:
        held["a"] = [[str(a.id), a.name, a.content_type, a.size] for a in body.attachments]
    if body.original:
        held["o"] = str(body.original)
    if body.weak:
        held["w"] = 1
    return _as_json(held).encode()


NO_BODY: Final = (ValueError, KeyError, TypeError, AttributeError)
"""What `decode_body` raises for what this program did not write: another program's event, a part that is missing."""


def decode_body(raw: bytes) -> Body:
    """The inverse of `encode_body`. Raises one of NO_BODY."""
    held: dict[str, Any] = json.loads(raw)
    event = EventName(held["e"]) if "e" in held else None
    return Body(
        text=held["t"],
        folded=held.get("f"),
        subject=held.get("s"),
        event=event,
        facts=read_facts(facts_kind(event), held["x"]) if "x" in held else NO_FACTS,
        attachments=tuple(AttachmentNote(UUID(i), n, t, z) for i, n, t, z in held.get("a", ())),
        original=OriginalId(UUID(held["o"])) if "o" in held else None,
        weak="w" in held,
    )
