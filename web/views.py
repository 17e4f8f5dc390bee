"""What each page is given: frozen values, one per page, filled by the handlers and read by the templates.

Times are aware and in UTC; `Here` says when and where the reader is, and the filters of `web.rendering` put
them into words. `key` fields are fresh UUIDs for a form's hidden field: the same key again is the same deed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from web.shown import Field, Here, InboxRow, Letter, Named, Pending, Session, SignedIn, StaffBar, Timeline
from web.views_answering import Answered, ToAnswer
from web.views_check_in import CheckInForm, CheckIns

# ---------------------------------------------------------------- public pages


@dataclass(frozen=True, slots=True)
class DemoPerson:
    username: str
    password: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """sign_in.html. `trouble`: "" | "wrong" | "too_many" | "signed_out"; alike for every wrong guess."""

    key: str
    username: str = ""
    trouble: str = ""
    next: str = ""
    demo: tuple[DemoPerson, ...] = ()


@dataclass(frozen=True, slots=True)
class SetUp:
    """set_up.html. `mistakes` are words beside a field: practice, time_zone, name, username, password."""

    key: str
    token: str
    practice: str = ""
    time_zone: str = "Europe/Vienna"
    time_zones: tuple[str, ...] = ()
    name: str = ""
    username: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HelpLine:
    name: str
    number: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class HelpNow:
    """help_now.html, for anyone. Without lines of the practice's own the common numbers stand alone."""

    lines: tuple[HelpLine, ...] = ()
    signed_in: SignedIn | None = None
    back: str = "/"


@dataclass(frozen=True, slots=True)
class Trouble:
    """error.html. The words follow from the status; `detail` adds one plain sentence where there is one."""

    status: int
    detail: str = ""
    back: str = "/"


# ---------------------------------------------------------------- the client's pages


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


@dataclass(frozen=True, slots=True)
class ClientHome:
    """client_home.html. `latest` is the letter whose state the client asks about first."""

    signed_in: SignedIn
    here: Here
    session: Session | None = None
    latest: LetterGlance | None = None
    letters: tuple[LetterGlance, ...] = ()


@dataclass(frozen=True, slots=True)
class Letters:
    """letters.html: the letters themselves, newest first. `sent`: one has just been posted."""

    signed_in: SignedIn
    here: Here
    letters: tuple[Letter, ...] = ()
    earlier: int | None = None
    sent: bool = False


@dataclass(frozen=True, slots=True)
class Recipient:
    """A conversation a letter may go to; `readers` is all who read it, in words."""

    conversation_id: str
    name: str
    readers: str
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class LetterWriting:
    """letter_write.html. Without scripts deed=keep keeps it for later."""

    signed_in: SignedIn
    here: Here
    field: Field
    recipients: tuple[Recipient, ...]
    chosen: str = ""
    mistake: str = ""
    answers: Answered | None = None


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
    plan_b: str = ""
    check_in: CheckInForm | None = None


# ---------------------------------------------------------------- the clinician's pages


@dataclass(frozen=True, slots=True)
class InboxRows:
    """_inbox_rows.html, the list alone (also the fragment /inbox/rows): rows by who waits longest."""

    here: Here
    rows: tuple[InboxRow, ...]
    held: int = 0
    open_id: str = ""


@dataclass(frozen=True, slots=True)
class FileSection:
    """One heading of the client's file with its lines: (label, value)."""

    title: str
    lines: tuple[tuple[str, str], ...]
    unfolded: bool = True


@dataclass(frozen=True, slots=True)
class Conversation:
    """The open conversation; `terms` is its promise in words, `readers` all who read it.

    `answering`: a letter is being written, and stands open beside those it answers.
    """

    id: str
    name: str
    terms: str
    readers: str
    people: tuple[Named, ...]
    timeline: Timeline
    field: Field
    session_key: str
    handled_key: str
    session: Session | None = None
    waiting_since: datetime | None = None
    answer_by: datetime | None = None
    mail_mode: str = "notice"
    mistake: str = ""
    closing_key: str = ""
    plan_b: str = ""
    file: tuple[FileSection, ...] = ()
    check_ins: CheckIns | None = None
    pending: tuple[Pending, ...] = ()
    answering: bool = False
    to_answer: tuple[ToAnswer, ...] = ()


@dataclass(frozen=True, slots=True)
class Inbox:
    """inbox.html (`open` none: choose one) and conversation.html (`open` given, its own page on a phone)."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    list: InboxRows
    open: Conversation | None = None


@dataclass(frozen=True, slots=True)
class Waits:
    """_waits.html, the fragment /c/{id}/waits: what the answer bar says of who waits."""

    here: Here
    id: str
    handled_key: str
    waiting_since: datetime | None = None
    answer_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """_timeline.html, the fragment /c/{id}/entries?before=N."""

    here: Here
    timeline: Timeline


@dataclass(frozen=True, slots=True)
class Today:
    signed_in: SignedIn
    bar: StaffBar
    here: Here
    due: tuple[InboxRow, ...] = ()
    sessions: tuple[Session, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person as an administrator sees them: never a word of theirs."""

    name: str
    username: str
    role: str
    since: datetime
    conversations: int = 0
    overdue: int = 0
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Admin:
    signed_in: SignedIn
    bar: StaffBar
    here: Here
    people: tuple[PersonRow, ...] = ()
    key: str = ""
    time_zones: tuple[str, ...] = ()
    done: str = ""
    mistake: str = ""


# ---------------------------------------------------------------- the demonstration's mail program


@dataclass(frozen=True, slots=True)
class DemoMail:
    id: str
    sender: str
    subject: str
    at: datetime
    text: str
    mine: bool = False


@dataclass(frozen=True, slots=True)
class DemoMailbox:
    """demo_mailbox.html: mail to a demo client as their mail program would show it, newest first."""

    here: Here
    username: str
    name: str
    address: str
    key: str
    mails: tuple[DemoMail, ...] = ()
    opened: DemoMail | None = None
    sent: bool = False
