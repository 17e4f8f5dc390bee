"""A believable cast, and what they have said: the parts of the sample pages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from web.demo import views as demo_views
from web.pages.admin import views as admin_views
from web.pages.client import views as client_views
from web.pages.client import views as room_views
from web.pages.parts import views as parts
from web.pages.parts.circles_view import AnswerFields
from web.pages.parts.inbox_view import Group, InboxRow
from web.pages.parts.people_view import HelpLine
from web.pages.parts.views import Attachment, Carriage, ChatMessage, Delivery, Event, Folding, Letter, Named
from web.pages.public import views as public_views
from web.pages.staff import file_view as file_views
from web.pages.staff import screening_view as screener_views
from web.pages.staff import views as staff_views

NOW = datetime(2026, 11, 23, 17, 18, 40, tzinfo=UTC)
HERE = parts.Here(NOW, ZoneInfo("Europe/Vienna"))
KEY = "7f0c2b9e-3c55-4d0e-9a2f-0d1c5f6e7a88"

LINDEN = parts.SignedIn("p-linden", "Linden", "client", "Practice at the Canal", KEY)
MIRA = parts.SignedIn("p-mira", "Dr Mira Engel", "therapist", "Practice at the Canal", KEY)
JO = parts.SignedIn("p-jo", "Jo Haber", "administrator", "Practice at the Canal", KEY)
BAR = parts.StaffBar("inbox", waiting=4, held=1)


def at(days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
    """A moment before now."""
    return NOW - timedelta(days=days, hours=hours, minutes=minutes)


THURSDAY = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)

KITCHEN = """Dear Mira,

I keep going back to that evening. Not the shouting, the part after, when the kitchen was so quiet that I could hear \
the clock over the stove.

> What did you do with your hands in that quiet?

I held the edge of the table. I had not known that until you asked.

My sister says I should just tell him. [a long breath] And I did not sleep again, though I did the thing with the \
four counts and it helped a little around three."""

ANSWER = """Dear Ruth,

[pausing with you there] What strikes me is that you remember the clock. Something in you stayed and listened, even \
then.

Might you write to me about the edge of the table? Not what it means. Only how it was.

Mira"""

OLD_CHAT = (
    Event(8, at(8, 0, 18), "session_opened", session="s-old"),
    ChatMessage(9, at(8, 0, 16), "Dr Mira Engel", True, "Where would you like to begin?", "s-old"),
    ChatMessage(10, at(8, 0, 15), "Ruth", False, "With the stove, I think.", "s-old"),
    Event(11, at(8, -1, 26), "session_ended", session="s-old"),
)
RUTHS = parts.Timeline(
    "c-ruth",
    (
        *OLD_CHAT,
        Letter(
            12,
            at(4, 1),
            "Dr Mira Engel",
            True,
            ANSWER,
            carriage=Carriage(Delivery.SENT, at(4, 0, 59)),
            channel="web",
        ),
        Letter(
            13,
            at(0, 20, 8),
            "Ruth",
            False,
            KITCHEN,
            channel="email",
            folded="On Thu, 19 Nov 2026, the practice wrote:\nYou have a letter.\n"
            + "\n".join(["It waits here."] * 10),
            folding=Folding(12, begins="You have a letter."),
            original_url="/c/c-ruth/original/13",
            answer_by=THURSDAY,
            owed=True,
            attachments=(Attachment("the-table.jpg", "214 kB", "/c/c-ruth/attachments/13/1"),),
            also_received_by=("h.brandt@example.org",),
        ),
        Letter(
            14,
            at(0, 14, 14),
            "Ruth",
            False,
            "P.S. I nearly did not send this.",
            answer_by=THURSDAY,
            owed=True,
            added_to=at(0, 20, 8),
        ),
        Event(15, at(0, 9), "needs_no_answer"),
        Letter(
            16,
            at(0, 2),
            "Dr Mira Engel",
            True,
            "Dear Ruth, I have your letter and will answer on Thursday.",
            carriage=Carriage(Delivery.FAILED, at(0, 1), "the mailbox is full"),
        ),
    ),
    last=16,
    earlier=8,
)

CHAT = parts.Timeline(
    "c-linden",
    (
        Event(21, at(minutes=18), "session_opened", session="s-1"),
        ChatMessage(22, at(minutes=17), "Dr Mira", False, "Where would you like to begin today?", "s-1"),
        ChatMessage(23, at(minutes=14), "Linden", True, "Something about Sunday.", "s-1"),
        ChatMessage(
            24,
            at(minutes=13.2),
            "Linden",
            True,
            "I wrote it down and then I could not say it out loud.",
            "s-1",
        ),
        ChatMessage(
            25,
            at(minutes=11),
            "Dr Mira",
            False,
            "[staying with you] Take your time. You can paste it here, or tell me only how it felt to write it.",
            "s-1",
        ),
        ChatMessage(26, at(minutes=9), "Linden", True, "ok. it felt like putting a stone down", "s-1"),
        ChatMessage(27, at(minutes=8), "Dr Mira", False, "خذ وقتك. أنا هنا.", "s-1"),
    ),
    last=27,
    live_session="s-1",
)
LIVE = parts.Session("s-1", "c-linden", "live", at(minutes=18), NOW + timedelta(minutes=31), 50, "Dr Mira")
BOOKED = replace(
    LIVE, state="booked", starts=NOW + timedelta(days=1), ends=NOW + timedelta(days=1, minutes=50)
)
LATER = replace(BOOKED, conversation_id="c-ben", starts=NOW + timedelta(hours=1.7), with_name="Ben and Tess")


def row(id_: str, name: str, group: Group, last: str, hours: float, **more: object) -> InboxRow:
    return replace(InboxRow(id_, name, group, last, at(hours=hours)), **more)  # type: ignore[arg-type]


YOU, THEY, REST = Group.WAITING_FOR_YOU, Group.WAITING_FOR_CLIENT, Group.RESTING
ROWS = staff_views.InboxRows(
    HERE,
    (
        row("c-omar", "Omar", YOU, "Forms before Thursday are filled in", 76, answer_by=at(hours=4)),
        row("c-ruth", "Ruth", YOU, "P.S. I nearly did not send this.", 20, unread=True, answer_by=THURSDAY),
        row("c-tove", "Tove", YOU, "Until Monday, then.", 26, mine=True, held=True, due=THURSDAY),
        row("c-linden", "Linden", YOU, "ok. it felt like putting a stone down", 0.1, unread=True, live=True),
        row("c-ada", "Ada", YOU, "You asked what changed since June", 3, waiting_since=at(hours=3)),
        row("c-ben", "Ben and Tess", THEY, "Thank you both. Until Wednesday.", 30, mine=True),
        row("c-noor", "Noor", THEY, "Take the weekend with it.", 52, mine=True),
        row("c-yusuf", "يوسف", THEY, "سأفكر في ذلك", 75),
        row("c-ida", "Ida Lindqvist-Morgenstern", REST, "See you in spring then", 900),
    ),
    held=1,
    open_id="c-ruth",
)
FILE = file_views.File(
    "c-ruth",
    KEY,
    ahead=tuple(file_views.Ahead(THURSDAY + timedelta(days=1, weeks=week), 30) for week in range(3)),
    weeks=1,
    reach=(file_views.Reach("Ruth", at(3), "matches", "0664 555 01 42", "06645550142"),),
    answer=AnswerFields("3", "2", "18:00"),
    answered_on=3,
    most_days=10,
    may_change=True,
    mail=(file_views.Mailed("Ruth", "full"),),
    met=(file_views.Met("s-1", at(3), 30, "ended", may_note=True),),
    readers=(file_views.Reader("Ruth", "client"), file_views.Reader("Dr Mira Engel", "therapist")),
    sections=(
        file_views.FileSection("Between sessions", (("Four counts at night", "partly"),), unfolded=False),
        file_views.FileSection("Plan", (("3 early signs, 5 steps, 2 people", ""),)),
    ),
)
RUTH = staff_views.Conversation(
    "c-ruth",
    "Ruth",
    "Letters, answered Thursdays by 18:00",
    "You, Ruth",
    (Named("p-ruth", "Ruth"), Named("p-mira", "Dr Mira Engel")),
    RUTHS,
    parts.Field(KEY),
    KEY,
    KEY,
    waiting_since=at(hours=20),
    answer_by=THURSDAY,
    closing_key=KEY,
    file=FILE,
    charges=(Named("p-ruth", "Ruth"),),
)
FLIPPED = tuple(replace(e, mine=not e.mine) if isinstance(e, ChatMessage) else e for e in CHAT.entries)
LINDENS = replace(
    RUTH,
    id="c-linden",
    name="Linden",
    terms="Live on Mondays at 18:00",
    readers="You, Linden",
    people=(Named("p-linden", "Linden"), Named("p-mira", "Dr Mira")),
    timeline=replace(CHAT, entries=(*RUTHS.entries[4:5], *FLIPPED)),
    session=replace(LIVE, with_name="Linden"),
    file=file_views.File("c-linden", KEY, mail=(file_views.Mailed("Linden", "unreachable", offered=True),)),
)

GLANCES = (
    client_views.LetterGlance(
        19,
        "Linden",
        True,
        at(1),
        "I said I would write when the light in the stairwell",
        answer_by=THURSDAY,
        whom="Dr Mira",
        since=at(1, 1),
    ),
    client_views.LetterGlance(
        17, "Dr Mira", False, at(4, 1), "Dear Linden, thank you for the long one.", unread=True
    ),
    client_views.LetterGlance(
        15, "Linden", True, at(8), "Three things from this week, none of them large.", answered_at=at(4, 1)
    ),
)
ROOM = room_views.SessionRoom(
    LINDEN,
    HERE,
    parts.Field(KEY),
    "Dr Mira",
    "Only you and Dr Mira read this",
    (Named("p-mira", "Dr Mira"), Named("p-linden", "Linden")),
    CHAT,
    LIVE,
    THURSDAY,
    KEY,
    then=BOOKED,
    homework="Write down one complaint that did not come.",
)
TO_MIRA = client_views.Recipient("c-linden", "Dr Mira", "Only you and Dr Mira read this.", THURSDAY)
TO_BOTH = client_views.Recipient(
    "c-two", "Dr Mira, together with Kim", "You, Kim and Dr Mira read this.", THURSDAY
)
HELD = screener_views.HeldLetter(
    "h-1",
    "ruthie54@example.net",
    at(0, 5),
    (
        "It came to your client's reply address, but from an address we do not know.",
        "Ask your client whether this mailbox is theirs.",
    ),
    "Dear Mira, I am writing from my sister's tablet because mine is\nbroken. Is Thursday still all right?",
    KEY,
    KEY,
    (Named("c-ruth", "Ruth"),),
)
STRANGER = replace(
    HELD,
    id="h-2",
    sender="info@offers.example",
    reasons=("It names no sender, or more than one.",),
    guesses=(),
)
MAIL = demo_views.DemoMail(
    "m-2",
    "Practice at the Canal",
    "A note from your practice",
    at(0, 1),
    "Hello,\n\nthere is something new for you. You can read it here:\n\n    http://127.0.0.1:8000/\n\n"
    "If you answer this mail, your answer reaches the practice.",
)
CASELOAD = tuple(Named(line.conversation_id, line.name) for line in ROWS.rows)
LETTERS = tuple(
    replace(
        e,
        mine=not e.mine,
        author="Dr Mira" if e.mine else "Linden",
        original_url="",
        also_received_by=(),
        owed=False,
    )
    for e in reversed(RUTHS.entries)
    if isinstance(e, Letter) and e.number != 16
)
INBOX = staff_views.Inbox(MIRA, BAR, HERE, ROWS, RUTH)
HOME = client_views.ClientHome(
    LINDEN,
    HERE,
    BOOKED,
    GLANCES[0],
    GLANCES,
    calls=(HelpLine("Haus Linde", "0664 555 01 20", "weekdays 8 to 18"),),
    door=BOOKED.starts - timedelta(minutes=15),
)
DEMO = (
    public_views.DemoPerson("mira", "a quiet river at dawn", "Dr Mira Engel", "therapist"),
    public_views.DemoPerson("linden", "seven paper boats", "Linden", "client, in a live session"),
    public_views.DemoPerson("ruth", "clock over the stove", "Ruth", "client, by letter"),
)
COMPLAINTS = (
    admin_views.ComplaintRow("k1", "ops@else.example", "Your mail loops", "Please look at it.", at(1), KEY),
    admin_views.ComplaintRow("k2", "", "", "", at(0), KEY),
)
MISTAKES = {"password": "Please choose at least 12 signs."}


def person_row(name: str, role: str = "client", **more: Any) -> admin_views.PersonRow:
    """One of the people an administrator sees."""
    told = {"state": "in", "conversations": 1 if role == "client" else 0} | more
    return admin_views.PersonRow(id=f"p-{name.rsplit(maxsplit=1)[-1].lower()}", name=name, role=role, **told)


PEOPLE = (
    person_row("Ada", others=("Dr Mira Engel",), mail_mode="notice"),
    person_row("Ben", others=("Dr Mira Engel", "Eli Sommer"), mail_mode="none"),
    person_row("Dr Mira Engel", "therapist", clients=31, conversations=22, overdue=1, second_factor=True),
    person_row("Eli Sommer", "therapist", clients=9, conversations=4),
    person_row("Ida", state="withdrawn", others=("Eli Sommer",)),
    person_row("Jo Haber", "administrator", second_factor=True),
    person_row("Jonas", others=("Dr Mira Engel",), mail_mode="unreachable"),
    person_row("Linden", others=("Dr Mira Engel",), mail_mode="openpgp"),
    person_row("Omar", state="waiting", state_at=at(-3), others=("Dr Mira Engel",), mail_mode="none"),
    person_row("Ruth", others=("Dr Mira Engel",), mail_mode="full", overdue=1),
    person_row("Selma", state="expired", state_at=at(2), others=("Eli Sommer",)),
    person_row("Vera", state="left"),
    person_row("[A former member]", state="gone", state_at=at(40)),
)
