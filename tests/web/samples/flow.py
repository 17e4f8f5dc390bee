"""Sample views of a clinician's day, and of answering its letters one at a time."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from messaging.notes.in_letters import Borrowed
from tests.web.samples.cast import (
    BAR,
    BOOKED,
    HERE,
    INBOX,
    KEY,
    LATER,
    LIVE,
    MIRA,
    NOW,
    ROWS,
    RUTH,
    RUTHS,
    at,
)
from tests.web.samples.undo import FIRST, MARKED, ME
from web.pages.parts import views as parts
from web.pages.parts.brought_view import BroughtFile
from web.pages.parts.undoing_view import Undo
from web.pages.parts.views import FAILED, Letter, Named
from web.pages.staff.day_view import Mark, Today
from web.pages.staff.flow_steps import Place
from web.pages.staff.flow_view import Flow, FlowEnd, Going
from web.pages.staff.glance_view import Glance
from web.pages.staff.look_view import Look
from web.pages.staff.pending_view import Pending
from web.pages.staff.views import ToAnswer

SOON = NOW + timedelta(hours=2)
BAR_TODAY = replace(BAR, current="today")
DUE = tuple(replace(row, due=SOON + timedelta(hours=place // 2)) for place, row in enumerate(ROWS.rows[:4]))
DUE = (
    replace(DUE[0], words=96, letters=1, new=True),
    replace(DUE[1], words=131, letters=1, added=1),
    replace(DUE[2], begun=True),
    replace(DUE[3], name="Ben and Tess", words=240, letters=2, who="Tess"),
)
SESSION = replace(LIVE, with_name="Linden")
RAIL = (
    Mark(LATER.starts - timedelta(hours=9), session=replace(LATER, with_name="Ben and Tess", state="ended")),
    Mark(NOW - timedelta(minutes=8), session=SESSION),
    Mark(NOW, now=True),
    Mark(SOON, promised=("Omar", "Ruth")),
    Mark(SOON + timedelta(hours=1), promised=("Tove", "Linden", "Ada", "Ida Lindqvist-Morgenstern", "يوسف")),
    Mark(BOOKED.starts, session=replace(BOOKED, with_name="Ada")),
)
TODAY = Today(
    MIRA,
    BAR_TODAY,
    HERE,
    "Thursday, 3 December",
    due=DUE,
    tomorrow=tuple(replace(row, due=NOW + timedelta(days=1)) for row in ROWS.rows[4:6]),
    rail=RAIL,
    room=SESSION,
    to_answer=4,
    due_count=4,
    tomorrow_count=2,
    first=SOON,
)
LETTERS = tuple(one for one in RUTHS.entries if isinstance(one, Letter) and not one.mine)
BEFORE = next(one for one in RUTHS.entries if isinstance(one, Letter) and one.mine)
STEPS = Place(3, 4, ("done", "done", "here", "open"))
GOING = (
    Going("c-linden", "k-1", NOW + timedelta(seconds=21), 21),
    Going("c-omar", "k-2", NOW + timedelta(seconds=6), 6),
)
FLOW = Flow(
    MIRA,
    HERE,
    "c-ruth",
    "Ruth",
    "Only you and Ruth read this",
    STEPS,
    LETTERS,
    "e-17",
    17,
    parts.Field(
        KEY, "Dear Ruth,\n\n> In the car it filled the windscreen.\n\nWhat a sentence.", 3, at(minutes=1)
    ),
    KEY,
    before=BEFORE,
    promise=SOON,
    to_answer=(
        ToAnswer("16.1", "I keep going back to that evening."),
        ToAnswer("16.2", "And I did not sleep.", done=True),
    ),
    going=GOING,
)
FILES = (
    BroughtFile(KEY, "lake.jpg", "2 MB", cleaned=True),
    BroughtFile("f-2", "a-very-long-name-" * 8 + ".pdf", "9 KB", waiting=True),
    BroughtFile("f-3", "page.html", "1 KB", found="Html.Script-1"),
)
END = FlowEnd(
    MIRA,
    HERE,
    Place(4, 4, ("done",) * 4),
    done=4,
    going=GOING[:1],
    next=NOW + timedelta(days=5),
    next_name="Omar",
)

LOOK = Look(
    MIRA,
    HERE,
    "Ruth",
    "Only you and Ruth read this",
    "notice",
    "/flow/c-ruth",
    "/flow/c-ruth?draft=k#answer",
    {"key": KEY, "revision": "3", "conversation": "c-ruth", "answers": "e-17", "seen": "17"},
    "Dear Ruth,\n\n> In the car it filled the windscreen.\n\nWhat a sentence, [name]. What did your hands do?",
    files=("lake.jpg", "a plan for the week.pdf"),
    words=11,
    asked=2,
    asks=1,
    left=(ToAnswer("16.2", "I keep going back to that evening. Not the shouting, the part after."),),
    paragraphs=3,
    places=("[name]", "____"),
    lent=("Between letters",),
    onward=True,
    borrowed=(
        Borrowed("Fear of asking, rather than of telling him", own=False),
        Borrowed("I want her to walk through it", own=True),
    ),
)
FLOW_PAGES: dict[str, tuple[str, Any]] = {
    "today": ("staff/today.html", TODAY),
    "today-late": (
        "staff/today.html",
        replace(
            TODAY,
            late=tuple(replace(row, due=at(hours=2)) for row in ROWS.rows[6:8]),
            late_count=2,
            room=replace(BOOKED, with_name="Ada"),
        ),
    ),
    "today-all-late": ("staff/today.html", replace(TODAY, due=(), due_count=0, late_count=50, late=DUE[:1])),
    "today-quiet": (
        "staff/today.html",
        Today(
            MIRA,
            BAR_TODAY,
            HERE,
            "Friday, 4 December",
            following=NOW + timedelta(days=4),
            following_name="Omar",
        ),
    ),
    "today-empty": ("staff/today.html", Today(MIRA, BAR_TODAY, HERE, "Friday, 4 December")),
    "today-nobody": ("staff/today.html", Today(MIRA, BAR_TODAY, HERE, "Friday, 4 December", nobody=True)),
    "today-asked": (
        "staff/today.html",
        replace(TODAY, signed_in=ME, asked=(MARKED.rows[7], replace(MARKED.rows[8], unarrived=True))),
    ),
    "flow": ("staff/flow.html", FLOW),
    "flow-files": ("staff/flow.html", replace(FLOW, field=replace(FLOW.field, files=FILES))),
    "flow-changed": ("staff/flow.html", replace(FLOW, elsewhere=1, new=2, live=True, mail_mode="full")),
    "flow-named": (
        "staff/flow.html",
        replace(FLOW, named=(Named("p-ben", "Ben"), Named("p-tess", "Tess")), going=(), undo=()),
    ),
    "flow-mistake": (
        "staff/flow.html",
        replace(FLOW, mistake="This is too long.", going=(), undo=(Undo("c2xpcA", "settled", "", 27),)),
    ),
    "flow-overtaken": ("staff/flow.html", replace(FLOW, first=FIRST)),
    "flow-pending": (
        "staff/flow.html",
        replace(
            FLOW,
            pending=(
                Pending("k-3", "Dear Ruth", wake_at=SOON),
                Pending("k-4", "Dear Ruth", stopped="crossed"),
            ),
            to_answer=FAILED,
            before=None,
        ),
    ),
    "flow-unshown": (
        "staff/flow.html",
        replace(FLOW, letters=(parts.Unshown(16, at(1)),), before=parts.Unshown(3, at(2)), pending=FAILED),
    ),
    "conversation-named": (
        "staff/conversation.html",
        replace(INBOX, open=replace(RUTH, named=(Named("p-ben", "Ben"),), answering=True)),
    ),
    "glance": ("staff/_glance.html", Glance(HERE, "c-ruth", "Ruth", "You, Ruth", RUTHS)),
    "second-look": ("staff/second_look.html", LOOK),
    "second-look-clean": (
        "staff/second_look.html",
        replace(LOOK, places=(), left=(), borrowed=(), onward=False, mail_mode="full"),
    ),
    "flow-end": ("staff/flow_end.html", END),
    "flow-end-later": ("staff/flow_end.html", replace(END, later=1, elsewhere=2, going=())),
    "flow-end-nothing": ("staff/flow_end.html", replace(END, nothing_at="c-ruth", place=None, next=None)),
    "flow-end-quiet": ("staff/flow_end.html", replace(END, next=None, going=())),
}
