"""Access is a thing you hold: `admit` returns a Pass or raises, and a thread opens only with one.

Refused and absent look alike (NotFound). The database checks membership once more where it writes, because a Pass is a
statement about a moment.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from messaging.conversations import Conversation, CoverScope, Due, EnquiryState, Member
from messaging.errors import CareEnded, NotFound
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.people import Person, Role
from messaging.releases import Release


class Deed(StrEnum):
    """What somebody wants to do in a conversation."""

    READ = "read"
    SAY = "say"
    WRITE = "write"
    HOLD_SESSION = "hold_session"
    BOOK = "book"
    """Take an offered time, move or call off a session: both sides may."""
    SETTLE = "settle"
    """Mark as needing no answer, attach held letters."""
    NOTE = "note"
    """Read and write notes about it."""
    ASSIGN = "assign"
    """Give something to answer or to do."""
    DECIDE = "decide"
    """Take an enquiry on, refer it to a colleague, or decline it."""


_CLINICIANS_ONLY = frozenset({Deed.HOLD_SESSION, Deed.SETTLE, Deed.NOTE, Deed.ASSIGN, Deed.DECIDE})
_LOOKING_IN = frozenset({Deed.READ})
"""Who looks in reads. Who takes over does what who is away would; process notes stay their author's (`notes.process`)."""


@dataclass(frozen=True, slots=True)
class Pass:
    """Proof that this person was admitted to this conversation for this deed, at `revision`."""

    practice: PracticeId
    conversation: ConversationId
    person: PersonId
    role: Role
    deed: Deed
    revision: int
    first: int = 1
    """The first entry they may read."""
    ended: bool = False
    """Care has ended: what it lets do is less (`must_be_in_care`), what it lets read is the same."""
    covers: bool = False
    """The holder stands in for somebody: nothing of it is theirs for good (`must_be_own`)."""
    due: tuple[Due, ...] = ()
    """What its holder has still to agree to; of who cares, what those in care have (`trust.due`)."""


class Work(StrEnum):
    """What is done in a conversation without anybody being admitted."""

    RECEIVING = "receiving"
    """A letter by mail is placed, compared with what was written before, and read again."""
    WRITING = "writing"
    """A letter finds the one it is added to."""
    LEAVING = "leaving"
    """What stands in the record is told by mail: to whom, under which reply address, and whether it still holds."""
    KEEPING_TIME = "keeping_time"
    """What follows from the time alone: a promise has passed, a session is over or was missed."""
    FOLLOWING = "following"
    """What the connections of those who follow it tell by themselves: that somebody was lost, and is back."""
    FOUNDING = "founding"
    """The practice says who belongs to it, and when letters are answered in it."""
    CHECKING = "checking"
    """An uploaded file is looked at, before anybody is handed it."""
    EXPORTING = "exporting"
    """Whoever runs the program is handed the whole record, at the machine itself; the trail says so first."""


@dataclass(frozen=True, slots=True)
class Errand:
    """Nobody is admitted: the server does this work in one conversation, and shows nobody what it finds; but EXPORTING."""

    practice: PracticeId
    conversation: ConversationId
    work: Work


@dataclass(frozen=True, slots=True)
class Slice:
    """The way of somebody a client released a part of the record to: to that part, while the release stands."""

    reader: PersonId
    release: Release

    @property
    def practice(self) -> PracticeId:
        """Whose record it is of."""
        return self.release.practice

    @property
    def conversation(self) -> ConversationId:
        """Which record it is of."""
        return self.release.conversation


Way = Pass | Errand
"""The way to a conversation's words. Only this module makes one, so that an unchecked way cannot be written."""


def errand(practice: PracticeId, conversation: ConversationId, work: Work) -> Errand:
    """The server's own way to a conversation, for this work."""
    return Errand(practice, conversation, work)


def let_read(person: Person, release: Release | None, now: datetime) -> Slice:
    """By a release, for its receiver, while it stands; or NotFound, which does not tell what is not so."""
    if release is None or not (
        release.receiver == person.id
        and release.practice == person.practice
        and person.role.is_clinician
        and release.stands(now)
    ):
        raise NotFound
    return Slice(person.id, release)


def admit(person: Person, conversation: Conversation | None, deed: Deed) -> Pass:
    """The Pass, or NotFound: not a member, not the role, not there, another practice - the asker cannot tell which."""
    member = None if conversation is None else _entitled(person, conversation, deed)
    if conversation is None or member is None:
        raise NotFound
    return _made(conversation, member, deed)


def stand_in(conversation: Conversation, member: Member, deed: Deed) -> Pass:
    """For an import, as if this member had come: what they may be given is written in their name. Raises NotFound."""
    if member not in conversation.members or not _lets(member.role, deed):
        raise NotFound
    return _made(conversation, member, deed)


def _made(conversation: Conversation, member: Member, deed: Deed) -> Pass:
    return Pass(
        practice=conversation.practice,
        conversation=conversation.id,
        person=member.person,
        role=member.role,
        deed=deed,
        revision=conversation.revision,
        first=member.first_number,
        ended=conversation.ended_at is not None,
        covers=member.covers is not None,
        due=()
        if conversation.enquiry
        is EnquiryState.OPEN  # who asks is not in care, and has nothing to agree to yet
        else member.due
        if member.role is Role.CLIENT
        else tuple(d for m in conversation.members for d in m.due),
    )


def must_be_own(held: Pass) -> None:
    """Before anything that outlasts a cover: a file of the record, notes of one's own. Raises NotFound."""
    if held.covers:
        raise NotFound


def must_be_in_care(held: Pass) -> None:
    """Before anything that is agreed or said live. Letters and the record are everybody's as before. Raises CareEnded."""
    if held.ended:
        raise CareEnded


def first_of(way: Way) -> int:
    """The number of the first entry that this way leads to."""
    return way.first if isinstance(way, Pass) else 1


def may(person: Person, conversation: Conversation, deed: Deed) -> bool:
    """Whether `admit` would let them: lists of conversations are made of those it would."""
    return _entitled(person, conversation, deed) is not None


def _entitled(person: Person, conversation: Conversation, deed: Deed) -> Member | None:
    member = conversation.member(person.id)
    if member is None or conversation.practice != person.practice:
        return None
    # Whatever they were entered as: who administers never reads.
    if Role.ADMINISTRATOR in (member.role, person.role):
        return None
    looks_in = member.covers is not None and member.covers.scope is CoverScope.LOOK_IN
    if looks_in and deed not in _LOOKING_IN:
        return None
    return member if _lets(member.role, deed) else None


def _lets(role: Role, deed: Deed) -> bool:
    return role.is_clinician or deed not in _CLINICIANS_ONLY
