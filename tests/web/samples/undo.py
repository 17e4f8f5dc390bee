"""Sample views of what can be undone, of ending a session, and of letters that wait for their writer's word."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.web.samples.calendar import CALENDAR, SESSIONS
from tests.web.samples.cast import INBOX, LIVE, MIRA, NOW, ROWS, RUTH, RUTHS, at
from web.pages.parts import views as parts
from web.pages.parts.undoing_view import Undo, UndoBar
from web.pages.parts.views import Named
from web.pages.staff.pending_view import Pending

DONE = (Undo("c2xpcA", "settled", "Ruth", 27), Undo("c2xpcC0y", "moved", "Ida Lindqvist-Morgenstern", 11))
ME = replace(MIRA, undo=DONE)
MARKED = replace(
    ROWS,
    rows=(
        replace(ROWS.rows[0], crossed=True),
        replace(ROWS.rows[1], going=True),
        *ROWS.rows[2:5],
        replace(ROWS.rows[5], unarrived=True),
        *ROWS.rows[6:],
    ),
)
WAITING = (
    Pending("k-1", "Dear Ruth, I have thought about it.", at(minutes=5), stopped="crossed"),
    Pending("k-2", "Dear Ruth, thank you for Sunday.", NOW + timedelta(seconds=21), soon=True),
)
CALLED = parts.Letter(
    17, at(minutes=9), "Ruth", False, "I keep going back.", "email", subject="my husband and the drinking"
)
NAMED = replace(RUTHS, entries=(*RUTHS.entries, CALLED), last=17)
FIRST = parts.Letter(17, at(minutes=4), "Dr Hale", False, "Dear Ruth, I read your letter this morning.")
SETTLED = replace(RUTH, waiting_since=None, answer_by=None, next=Named("c-omar", "Omar"))

UNDO_PAGES: dict[str, tuple[str, Any]] = {
    "conversation-undo": ("staff/conversation.html", replace(INBOX, signed_in=ME, list=MARKED, open=SETTLED)),
    "conversation-pending": (
        "staff/conversation.html",
        replace(INBOX, list=MARKED, open=replace(SETTLED, timeline=NAMED, pending=WAITING)),
    ),
    "conversation-overtaken": (
        "staff/conversation.html",
        replace(
            INBOX,
            open=replace(RUTH, first=FIRST, mistake="Another letter came first.", answering=True),
        ),
    ),
    "conversation-ended": (
        "staff/conversation.html",
        replace(INBOX, open=replace(RUTH, ended=replace(LIVE, state="ended", with_name="Ruth"))),
    ),
    "calendar-undo": ("staff/calendar.html", replace(CALENDAR, signed_in=ME, done="moved")),
    "sessions-undo": (
        "client/sessions.html",
        replace(
            SESSIONS,
            signed_in=replace(SESSIONS.signed_in, undo=(Undo("c2xpcA", "cancelled", "", 24),)),
            done="cancelled",
        ),
    ),
    "undo-bar": ("parts/_undo_bar.html", UndoBar(DONE, "It stands.")),
    "undone-bar": ("parts/_undo_bar.html", UndoBar((), undone="settled")),
}
