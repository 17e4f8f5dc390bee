"""The audit trail as the acts write it."""

from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from messaging.conversations import Kind
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.sign_ins import SignInKind
from messaging.people import Role
from messaging.trust.access import Pass
from messaging.trust.noted import Act, Door, Noted
from messaging.trust.signed_heads import SignedHead


@dataclass(frozen=True, slots=True)
class Opening:
    """Somebody opened a conversation."""

    person: PersonId
    at: datetime
    handed_out: bool = False
    """At the machine, as a file, by whoever runs it; `reason` is what they said it was for."""
    reason: str = ""
    locked: bool = False
    """Within an archive of the practice that whoever had it made cannot open."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines are wanted; what is None or empty is not asked for. `until` is the first moment that is not meant."""

    actor: PersonId | None = None
    about: PersonId | None = None
    """A client: lines about them, their conversations, and the mail of those."""
    conversation: ConversationId | None = None
    """The same of one conversation."""
    acts: frozenset[Noted] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a page of lines ended: the next begins before it."""

    at: datetime
    seq: int


@dataclass(frozen=True, slots=True)
class Stood:
    """A line as it stands, with its number."""

    seq: int
    line: "Line"

    @property
    def mark(self) -> Mark:
        """Where it stands among the others."""
        return Mark(self.line.at, self.seq)


class TrailLines(Protocol):
    """The audit trail, read by who answers for the practice. Never a word of a record: ids and times only."""

    async def newest(
        self, practice: PracticeId, asked: Asked, before: Mark | None, limit: int
    ) -> list[Stood]:
        """The newest that are meant, by time; of those before a mark where there is one."""

    async def whose(
        self, practice: PracticeId, subjects: Collection[UUID]
    ) -> Mapping[UUID, Sequence[PersonId]]:
        """Which people a subject is about: its clients, of a conversation, or of a letter or mail of one; who signs in by a
        sign-in. Subjects that are people themselves, or gone, are not in the answer.
        """


class Trail(Protocol):
    """The audit trail: append-only, chained."""

    def note(
        self, practice: PracticeId, at: datetime, actor: PersonId, act: Act, subject: UUID | None
    ) -> Awaitable[None]:
        """Appends one line, with the door by which whoever acts came; resolves after the commit."""

    async def note_daily(
        self, practice: PracticeId, at: datetime, actor: PersonId, act: Noted, subjects: Collection[UUID]
    ) -> None:
        """One line for each of these, but for those of which there is one of that day (UTC) already."""

    async def openings(self, held: Pass, limit: int) -> list[Opening]:
        """Who opened the conversation, and when, the newest first."""

    async def end(self, practice: PracticeId) -> tuple[int, bytes] | None:
        """How many lines there are, and the link of the last; None where there is none."""

    async def link(self, practice: PracticeId, seq: int) -> bytes | None:
        """That of a line; None where it is gone."""

    async def verify(self, practice: PracticeId) -> tuple[int, int | None]:
        """How many lines stand, and the first that does not fit the chain; one more where its end was cut off."""


class Heads(Protocol):
    """Signed heads, kept outside the database: a file, best where nobody who runs the database can write over it."""

    def known(self) -> Mapping[PracticeId, date]:
        """Of which day the last one of each practice is. Raises OSError."""

    def add(self, heads: Sequence[SignedHead]) -> int:
        """Those of a day of which there are none yet; how many. Raises OSError."""


@dataclass(frozen=True, slots=True)
class Line:
    """Who did what, to what, when."""

    practice: PracticeId
    at: datetime
    actor: PersonId
    action: str
    subject: UUID | None
    door: Door | None = None

    def canonical(self, seq: int) -> bytes:
        """What the hash covers. (Lines from before doors were kept have none; a text never holds a zero.)"""
        subject = self.subject.bytes if self.subject else b"\x00" * 16
        moment = int(self.at.timestamp() * 1_000_000).to_bytes(8, "big")
        return b"".join(
            (
                self.practice.bytes,
                seq.to_bytes(8, "big"),
                moment,
                self.actor.bytes,
                subject,
                self.action.encode(),
                b"\x00" + self.door.encode() if self.door else b"",
            )
        )


@dataclass(frozen=True, slots=True)
class Window:
    """From a moment until before another, in one practice."""

    practice: PracticeId
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """Somebody belonged to a conversation for some of the time. `left`: when they left, if they have.

    `readable`: entries they could have read by the end of it, also those from before; `written`: those of the window itself.
    """

    conversation: ConversationId
    kind: Kind
    person: PersonId
    role: Role
    joined: datetime
    left: datetime | None
    readable: int
    written: int


@dataclass(frozen=True, slots=True)
class Access:
    """A browser or program that could act for somebody, for some of the time. `ends`: ended, or else it runs out then."""

    person: PersonId
    kind: SignInKind
    device: str
    begun: datetime
    seen: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Openings:
    """How often somebody opened a conversation in the window, by one door, and when first and last."""

    conversation: ConversationId
    person: PersonId
    door: Door | None
    times: int
    first: datetime
    last: datetime


class Exposures(Protocol):
    """What a report of a breach is made of."""

    async def spans(
        self, window: Window, person: PersonId | None, conversation: ConversationId | None
    ) -> list[Span]:
        """All who belonged, in the window, to a conversation of this person, to this one, or to any."""

    async def sign_ins(self, window: Window, people: Collection[PersonId]) -> list[Access]:
        """What could have acted for these people in the window."""

    async def openings(self, window: Window, conversations: Collection[ConversationId]) -> list[Openings]:
        """Who opened these in the window."""
