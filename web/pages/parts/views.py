"""The parts pages are made of: who reads and from where, and the entries of a thread as they are shown."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from web.pages.parts.brought_view import BroughtFile
from web.pages.parts.undoing_view import Undo

EMPTY_PAGE: Final = "/exit"
"""Where Exit leads for who has chosen no page elsewhere."""
KEPT_AT: Final = "/help-now.js"
"""The worker that keeps Help now on a device, where nobody knows whose it is."""


@dataclass(frozen=True, slots=True)
class Here:
    """The reader's moment: all words about time ("today", "waiting 3 h") are said from here."""

    now: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class SignedIn:
    person_id: str
    name: str
    role: str
    practice: str
    sign_out_key: str
    exit_url: str = "/exit"
    undo: tuple[Undo, ...] = ()
    """What they did a moment ago, newest first."""
    app: str = "notes"
    """What this is called on their device (messaging.people.AppName)."""
    help_kept_at: str = KEPT_AT
    """Where the worker is that keeps Help now on their device, with their practice's numbers."""


@dataclass(frozen=True, slots=True)
class StaffBar:
    """The counts of the top bar; `current` is the place the reader is in (today, inbox, screener, admin)."""

    current: str
    waiting: int = 0
    held: int = 0
    due: bool = False
    """They must set up a second factor first: until then all other places lead to it, and none is named."""


@dataclass(frozen=True, slots=True)
class Failed:
    """In the place of a part that could not be made (web.pages.parts.boundary)."""


FAILED: Final = Failed()


# ---------------------------------------------------------------- the entries of a thread, as shown


class Delivery(StrEnum):
    """What is known about the mail that carries a letter (or the notice of it)."""

    OWED = "owed"
    SENT = "sent"
    IN_DOUBT = "in_doubt"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Carriage:
    """The truth about one mail. `whole` is false when only a content-free notice is mailed."""

    state: Delivery
    at: datetime | None = None
    reason: str = ""
    whole: bool = False
    form: str = ""
    """What kind of mail it is, where that is known (messaging.mail_stored.MailForm)."""
    deeds_at: str = ""
    """Where what a clinician may do about it is posted; empty where there is nothing to do."""
    may_say_arrived: bool = False
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Attachment:
    """`url` is empty while the file is held back: `waiting` for its check, or with what was `found` in it."""

    name: str
    size: str
    url: str
    waiting: bool = False
    found: str = ""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    kind: ClassVar[str] = "chat"

    number: int
    at: datetime
    author: str
    mine: bool
    text: str
    session: str = ""
    edited: bool = False
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose words a letter's quotation repeats exactly, and when they were written. `passage` is its place in the letter."""

    passage: int
    who: str
    mine: bool
    at: datetime
    url: str = ""


@dataclass(frozen=True, slots=True)
class Folding:
    """What stands behind the fold of a mail: a letter of ours with its time (`at` None: it is none), and how many lines.

    `begins`: first words of it that are not ours.
    """

    lines: int
    who: str = ""
    mine: bool = False
    at: datetime | None = None
    begins: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """`folded` is the quoted tail of a mail, shown on demand, and `folding` what that is; `original_url` leads to it as it
    came; `owed`: the reader is among those who answer it; `added_to`: when the waiting letter was written that it joined."""

    kind: ClassVar[str] = "letter"

    number: int
    at: datetime
    author: str
    mine: bool
    text: str
    channel: str = "web"
    subject: str = ""
    """As its writer called it; empty where that is one of ours, which says nothing."""
    folded: str = ""
    folding: Folding | None = None
    original_url: str = ""
    answer_by: datetime | None = None
    owed: bool = False
    carriage: Carriage | None = None
    attachments: tuple[Attachment, ...] = ()
    also_received_by: tuple[str, ...] = ()
    added_to: datetime | None = None
    origins: tuple[Origin, ...] = ()
    notes: tuple[str, ...] = ()
    """What could not be read, or was not checked, in sentences."""
    calendar: str = ""
    """It came with what somebody pressed in a calendar: the code of it; `starts` is when the appointment is."""
    starts: datetime | None = None
    after_end: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """`what` is the event's code (session_opened ...); a code no template knows is shown as `words`.

    `who` did it or was befallen by it, `by` is a number of minutes, `starts` when a booked session is; `homework` and
    `next` belong to a closing, `text` too, or it is what an automatic mail says. `since` and `by`: see parts.breaks.
    """

    kind: ClassVar[str] = "event"

    number: int
    at: datetime
    what: str
    words: str = ""
    session: str = ""
    who: str = ""
    by: str = ""
    starts: datetime | None = None
    text: str = ""
    homework: str = ""
    next: datetime | None = None
    original_url: str = ""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unshown:
    """An entry that is kept and could not be made ready to be shown: the page says so in its place."""

    kind: ClassVar[str] = "unshown"

    number: int
    at: datetime


Entry = ChatMessage | Letter | Event | Unshown


@dataclass(frozen=True, slots=True)
class Session:
    """A booked, live or ended session; `with_name` is the other side, as the reader calls them."""

    id: str
    conversation_id: str
    state: str
    starts: datetime
    ends: datetime
    minutes: int
    with_name: str = ""
    changed: bool = False
    """Since it was first booked: moved, or called off and agreed again."""


@dataclass(frozen=True, slots=True)
class Named:
    """An id and what to call it: people of a conversation, conversations to choose from."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class OtherDraft:
    """Another version of a text that is being written."""

    id: str
    at: datetime
    opening: str


@dataclass(frozen=True, slots=True)
class Field:
    """What one writes in: `key` names the draft and the message it becomes; kept when, and other versions of it."""

    key: str
    text: str = ""
    revision: int = 0
    kept_at: datetime | None = None
    others: tuple[OtherDraft, ...] = ()
    files: tuple[BroughtFile, ...] = ()
    file_most: int = 0  # octets of one
    failed: bool = False
    """What was begun is kept, and could not be fetched; what is written now is kept beside it."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Entries in order of number. `earlier` is the N of `?before=N` when there are older ones."""

    conversation_id: str
    entries: tuple[Entry, ...]
    last: int = 0
    earlier: int | None = None
    live_session: str = ""


@dataclass(frozen=True, slots=True)
class Single:
    """_single.html, the fragments .../entries/N: one entry, for a page on which it arrived."""

    here: Here
    entry: Entry
