"""The calendar pages, filled: an agenda with everything that can stand in it, forms that came back, free times."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.web.samples.cast import BAR, HERE, KEY, LINDEN, MIRA, NOW, THURSDAY
from web.pages.client.sessions_view import ClientSessions, FreeDay, FreeTime, OwnSession
from web.pages.parts.views import Named
from web.pages.parts.when_view import When
from web.pages.staff.calendar_view import AgendaSession, AgendaSlot, Calendar, Day

CLIENTS = (Named("c-linden", "Linden"), Named("c-couple", "Ben and Tess"), Named("c-ruth", "Ruth"))
AT_SIX = When("2026-11-26", "18:00", "50")
LINDENS = AgendaSession(
    "s-1", "c-linden", "Linden", THURSDAY, "18:00", "18:50", 50, "booked", may_change=True, moving=AT_SIX
)
COUPLE = replace(
    LINDENS,
    id="s-2",
    conversation_id="c-couple",
    name="Ben and Tess",
    clock="19:00",
    until="20:20",
    minutes=80,
)
LATE = replace(
    LINDENS, id="s-3", name="Ruth", starts=NOW - timedelta(minutes=20), clock="17:58", until="18:48"
)
GONE = replace(LINDENS, id="s-4", name="Ruth", state="cancelled", may_change=False)
OFFER = AgendaSlot("o-1", THURSDAY, "20:30", "21:20", 50)
TODAY = Day(NOW, "Monday 23 November", (replace(LATE, may_miss=True),))
THEN = Day(THURSDAY, "", (LINDENS, COUPLE, GONE, OFFER, replace(OFFER, id="o-2", covered=True)))
CALENDAR = Calendar(
    MIRA,
    replace(BAR, current="calendar"),
    HERE,
    KEY,
    (TODAY, THEN),
    past=(Day(NOW - timedelta(days=3), "", (replace(GONE, id="s-5", state="missed"),)),),
    later=(Day(THURSDAY + timedelta(days=21), "", (replace(LINDENS, id="s-6"),)),),
    conversations=CLIENTS,
    booking=When("2026-11-24"),
    offering=When("2026-11-24"),
)
TWICE = When(
    "2026-10-25", "02:30", "50", both=("02:30 (UTC+02:00)", "02:30 (UTC+01:00)"), mistake="It comes twice."
)
FREE = FreeTime("o-1/c-linden", THURSDAY + timedelta(hours=2), "20:00", 50, "Dr Mira Engel")
OWN = OwnSession(
    "s-1",
    "c-linden",
    THURSDAY,
    "18:00",
    "18:50",
    50,
    "booked",
    "Dr Mira Engel",
    may_change=True,
    others=(FREE,),
)
SESSIONS = ClientSessions(
    LINDEN,
    HERE,
    KEY,
    (OWN, replace(OWN, id="s-9", starts=THURSDAY + timedelta(days=7), others=())),
    (
        FreeDay(THURSDAY, (FREE, replace(FREE, value="o-2/c-linden", clock="21:00"))),
        FreeDay(THURSDAY + timedelta(days=1), (replace(FREE, value="o-3/c-linden", clock="09:00"),)),
    ),
)
PAGES: dict[str, tuple[str, Any]] = {
    "calendar": ("staff/calendar.html", CALENDAR),
    "calendar-twice": ("staff/calendar.html", replace(CALENDAR, booking=TWICE, chosen="c-ruth")),
    "calendar-moving": (
        "staff/calendar.html",
        replace(
            CALENDAR,
            days=(
                TODAY,
                replace(THEN, lines=(replace(LINDENS, moving=replace(AT_SIX, mistake="Taken.")), COUPLE)),
            ),
        ),
    ),
    "calendar-empty": (
        "staff/calendar.html",
        Calendar(
            MIRA, replace(BAR, current="calendar"), HERE, KEY, (Day(NOW, "Monday 23 November"),), done="moved"
        ),
    ),
    "sessions": ("client/sessions.html", replace(SESSIONS, done="booked")),
    "sessions-live": (
        "client/sessions.html",
        replace(
            SESSIONS, sessions=(replace(OWN, state="live", may_change=False),), mistake="This time is gone."
        ),
    ),
    "sessions-empty": ("client/sessions.html", ClientSessions(LINDEN, HERE, KEY)),
}
