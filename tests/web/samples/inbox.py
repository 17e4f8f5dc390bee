"""The inbox as its clinicians have arranged it, and the page on which they do."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.web.samples.cast import BAR, HERE, INBOX, KEY, MIRA, NOW, ROWS, THEY, THURSDAY, YOU, at, row
from web.pages.parts.inbox_view import Group
from web.pages.parts.views import Named
from web.pages.staff.arranging_view import Arranging, Moment
from web.pages.staff.views import SieveView

LATE, TODAY, THEN, NEVER = "0", "1", "2", "3"
SIEVE = SieveView(labels=(Named("a1", "Thursdays"), Named("b2", "waits for the practice's answer")))
ARRANGED = replace(
    ROWS,
    open_id="",
    rows=(
        row(
            "c-omar",
            "Omar",
            YOU,
            "Forms before Thursday are filled in",
            76,
            answer_by=at(hours=4),
            day="Late",
            words=96,
            new=True,
        ),
        row(
            "c-linden",
            "Linden",
            YOU,
            "one thing i forgot",
            5,
            answer_by=NOW + timedelta(hours=3),
            day="Today",
            day_order=TODAY,
            begun=True,
            unread=True,
            mine_to_answer=True,
        ),
        row(
            "c-ruth",
            "Ruth",
            YOU,
            "In the car it filled the windscreen",
            20,
            unread=True,
            answer_by=THURSDAY,
            day="Thursday 26 November",
            day_order=THEN,
            words=131,
            letters=1,
            added=1,
            labels=("Thursdays", "waits for the practice's answer"),
            answers="Dr Wilhelmine Charlotte Oberlinden",
        ),
        row("c-tove", "Tove", Group.BACK, "Until Monday, then.", 300, mine=True, back_since=at(hours=2)),
        row("c-ben", "Ben and Tess", THEY, "Thank you both. Until Wednesday.", 30, mine=True),
    ),
    totals={
        Group.WAITING_FOR_YOU: 34,
        Group.BACK: 1,
        Group.WAITING_FOR_CLIENT: 610,
        Group.RESTING: 6,
        Group.ASIDE: 3,
    },
    further={
        Group.WAITING_FOR_YOU: "more=waiting_for_you-130",
        Group.WAITING_FOR_CLIENT: "more=waiting_for_client-110",
        Group.ASIDE: "more=aside-100",
    },
    waiting=34,
    sieve=SIEVE,
    wakes=NOW + timedelta(hours=2),
)
ARRANGING = Arranging(
    MIRA,
    BAR,
    HERE,
    KEY,
    "c-ruth",
    "Ruth",
    (
        Moment("later", NOW + timedelta(hours=3)),
        Moment("tomorrow", NOW + timedelta(days=1)),
        Moment("monday", NOW + timedelta(days=4)),
    ),
    "2026-11-25",
    MIRA.person_id,
    labels="Thursdays",
    clinicians=(Named(MIRA.person_id, "Dr Mira"), Named("p-ada", "Dr Wilhelmine Charlotte Oberlinden")),
)
INBOX_PAGES: dict[str, tuple[str, Any]] = {
    "inbox-arranged": ("staff/inbox.html", replace(INBOX, open=None, list=ARRANGED)),
    "inbox-dense": ("staff/inbox.html", replace(INBOX, open=None, list=ARRANGED, dense=True)),
    "inbox-sifted": (
        "staff/inbox.html",
        replace(
            INBOX,
            open=None,
            list=replace(
                ARRANGED, rows=(), totals={}, further={}, sieve=replace(SIEVE, who="me", label="a1", away=34)
            ),
        ),
    ),
    "arranging": ("staff/arranging.html", ARRANGING),
    "arranging-done": (
        "staff/arranging.html",
        replace(
            ARRANGING,
            snoozed_until=NOW + timedelta(days=1),
            runs=True,
            assignee=MIRA.person_id,
            done="snooze",
        ),
    ),
    "arranging-back": ("staff/arranging.html", replace(ARRANGING, snoozed_until=at(hours=2), done="labels")),
    "arranging-wrong": (
        "staff/arranging.html",
        replace(ARRANGING, wrong="labels", mistake="A label has 1 to 40 characters."),
    ),
    "arranging-no-day": (
        "staff/arranging.html",
        replace(ARRANGING, wrong="snooze", mistake="Please choose a day.", done="assign"),
    ),
    "arranging-nobody": (
        "staff/arranging.html",
        replace(ARRANGING, wrong="assign", mistake="Please choose who answers."),
    ),
}
