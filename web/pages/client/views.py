"""What a client's pages are given: home, the letters, the sheet to write on, the room of a live session."""

from dataclasses import dataclass
from datetime import datetime

from messaging.practice.openings import IdentityOpening
from web.pages.client.check_in_view import CheckInForm
from web.pages.client.given_view import GivenLine
from web.pages.parts.people_view import HelpLine
from web.pages.parts.planned_ending import EndingShown
from web.pages.parts.views import (
    Failed,
    Field,
    Here,
    Letter,
    Named,
    OtherDraft,
    Session,
    SignedIn,
    Timeline,
    Unshown,
)


@dataclass(frozen=True, slots=True)
class Answered:
    """The letter a client may be answering. `fresh`: they have not written since."""

    author: str
    at: datetime
    text: str
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class LetterGlance:
    number: int
    author: str
    mine: bool
    at: datetime
    opening: str
    answer_by: datetime | None = None
    answered_at: datetime | None = None
    unread: bool = False
    whom: str = ""
    """Who answers it."""
    since: datetime | None = None
    """Of a letter that waits: since when, which is before it was written where it joined another."""
    settled_by: str = ""
    """Who said that it needs no answer."""


@dataclass(frozen=True, slots=True)
class Successor:
    """Who answers since lately, in somebody else's place."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Over:
    """With whom care has ended, and when. Letters are still kept; none is promised an answer."""

    with_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StartAsk:
    """Somebody joined: may they also read what was written since then?"""

    conversation_id: str
    person_id: str
    name: str
    role: str
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class AwayNote:
    """Who answers and is away, from when on; `cover`: who stands in at this moment, and for what."""

    name: str
    begins: datetime
    cover: str = ""
    scope: str = ""


@dataclass(frozen=True, slots=True)
class CoverAsk:
    """May a colleague stand in? `agreed`: they said yes, and can take it back; `running`: somebody looks in already."""

    conversation_id: str
    absence: str
    cover: str
    absent: str
    scope: str
    agreed: bool
    running: bool


@dataclass(frozen=True, slots=True)
class ClientHome:
    """home.html. `latest` is the letter whose state the client asks about first."""

    signed_in: SignedIn
    here: Here
    session: Session | Failed | None = None
    latest: LetterGlance | None = None
    letters: tuple[LetterGlance, ...] = ()
    fault: Failed | None = None
    """Where letters are missing from the list."""
    begun: tuple[OtherDraft, ...] | Failed = ()
    """Letters begun and not sent, newest first."""
    wish: datetime | None = None
    """Since when somebody wishes to come back in as them, who may be somebody else."""
    key: str = ""
    successors: tuple[Successor, ...] | Failed = ()
    over: tuple[Over, ...] = ()
    asks: tuple[StartAsk, ...] | Failed = ()
    away: tuple[AwayNote, ...] | Failed = ()
    cover_asks: tuple[CoverAsk, ...] | Failed = ()
    openings: tuple[IdentityOpening, ...] | Failed = ()
    """Of their sealed name and address, of late."""
    calls: tuple[HelpLine, ...] = ()
    """The practice's own first number."""
    door: datetime | None = None
    """When the waiting room of the next session opens."""
    first: bool = False
    """Nothing is there yet: `whom` they will write with, and who reads it (`readers`), is said."""
    whom: str = ""
    readers: str = ""
    given: tuple[GivenLine, ...] | Failed = ()
    """What is asked of them now."""
    has_plan: bool = False
    endings: tuple[EndingShown, ...] | Failed = ()
    """How care is to end, or was to."""
    agreement_due: bool = False
    """Something is to be agreed to before anything new."""


@dataclass(frozen=True, slots=True)
class Letters:
    """letters.html: the letters themselves, newest first. `sent`: one has just been posted."""

    signed_in: SignedIn
    here: Here
    letters: tuple[Letter | Unshown, ...] = ()
    earlier: int | None = None
    sent: bool = False
    over: tuple[Over, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """A conversation a letter may go to; `readers` is all who read it, in words."""

    conversation_id: str
    name: str
    readers: str
    answer_by: datetime | None = None
    """None: care has ended, and nothing is promised."""


@dataclass(frozen=True, slots=True)
class LetterWriting:
    """letter_write.html. Without scripts deed=keep keeps it for later."""

    signed_in: SignedIn
    here: Here
    field: Field
    recipients: tuple[Recipient, ...]
    chosen: str = ""
    mistake: str = ""
    answers: Answered | Failed | None = None


@dataclass(frozen=True, slots=True)
class SessionRoom:
    """session_room.html. What stands in `field` becomes a letter when no session is live.

    `plan_b` is what was agreed for a break of the connection, if anything was.
    """

    signed_in: SignedIn
    here: Here
    field: Field
    with_name: str
    readers: str
    people: tuple[Named, ...]
    timeline: Timeline
    session: Session | None = None
    answer_by: datetime | None = None
    closing_key: str = ""
    plan_b: str | Failed = ""
    over: Over | None = None
    then: Session | None = None
    """The session after this one."""
    homework: str = ""
    """What was given to do until then, in this session."""
    check_in: CheckInForm | Failed | None = None
