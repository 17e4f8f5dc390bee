"""The file beside a conversation, as values: in the order one needs it on a bad day."""

from dataclasses import dataclass, field
from datetime import datetime

from web.pages.parts.circles_view import AnswerFields
from web.pages.parts.views import Attachment, Here, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class FileSection:
    """One more heading of the file with its lines: (label, value)."""

    title: str
    lines: tuple[tuple[str, str], ...]
    unfolded: bool = True
    links: tuple[tuple[str, str], ...] = ()
    """Below its lines: (label, place)."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A session that is booked."""

    starts: datetime
    minutes: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What a client said at their latest check-in: `word` is what became of the agreed word, `phone` may be empty."""

    name: str
    at: datetime
    word: str
    phone: str = field(default="", repr=False)
    dial: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Mailed:
    """How mail reaches a client: a mode of mail, "none" or "unreachable". `offered`: a key came with a letter."""

    name: str
    mode: str
    offered: bool = False


@dataclass(frozen=True, slots=True)
class Met:
    """A session that has begun, or whose time has come."""

    id: str
    at: datetime
    minutes: int
    state: str
    may_note: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """Who belongs to the conversation, as what."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class File:
    """The pane. `weeks`: from one session ahead to the next, where it is always as many; 0: it is not."""

    conversation_id: str
    key: str
    ahead: tuple[Ahead, ...] = ()
    weeks: int = 0
    reach: tuple[Reach, ...] = ()
    answer: AnswerFields = field(default_factory=AnswerFields)
    answered_on: int | None = None
    """The weekday of answers, 0 Monday; None: within working days."""
    most_days: int = 0
    may_change: bool = False
    """Whether the reader says when letters are answered here."""
    mistake: str = ""
    """Why what was typed is no answer rule; `answer` is then as it was typed."""
    mail: tuple[Mailed, ...] = ()
    met: tuple[Met, ...] = ()
    readers: tuple[Reader, ...] = ()
    agreement_due: bool = False
    """Somebody in care has still to agree to what binds now."""
    sections: tuple[FileSection, ...] = ()
    """What others keep in it, between what was agreed and who else reads."""


@dataclass(frozen=True, slots=True)
class KeptFiles:
    """The files beside one entry: its number, when, and by whom."""

    number: int
    at: datetime
    author: str
    files: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class FilesKept:
    """files_kept.html, the newest first. `before`: the number before which older ones lie; 0: there are none."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    conversation_id: str
    name: str
    entries: tuple[KeptFiles, ...]
    before: int = 0
