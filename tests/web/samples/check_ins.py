"""The pages about checking in, filled: asked, waiting, asked again over the room, the therapist's cards and record."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from messaging.ids import SYSTEM, PersonId, PracticeId
from messaging.people import Person, Role
from messaging.practice.openings import IdentityOpening
from messaging.record.readers import OPERATOR, ReaderSeen
from tests.web.samples.cast import (
    BAR,
    BOOKED,
    CHAT,
    HERE,
    HOME,
    INBOX,
    KEY,
    LINDEN,
    LINDENS,
    LIVE,
    MIRA,
    ROOM,
    RUTH,
    at,
)
from web.pages.client import check_in_view as check_in_views
from web.pages.client.own_record import Readers
from web.pages.parts.views import Attachment, Named
from web.pages.staff import check_ins_view as views
from web.pages.staff import happening_view
from web.pages.staff.file_view import FilesKept, KeptFiles

IDENTITY_OPENING = IdentityOpening(
    UUID(int=5),
    PersonId(UUID(int=6)),
    "Dr Mira Engel",
    at(days=2),
    "The ambulance asked who she is, for a life was at risk",
)
COUNTRIES = (Named("AT", "Austria"), Named("DE", "Germany"), Named("CH", "Switzerland"))
FIRST = check_in_views.CheckInForm(
    "/me/session/c-linden/check-in", KEY, "c-linden", "s-1", "Dr Mira", COUNTRIES, word="choose"
)
KNOWN = replace(
    FIRST,
    word="asked",
    last="k-1",
    last_place="at home, Graz, Austria",
    last_phone="+43 660 123 45 67",
    same_place=True,
    same_phone=True,
)
MISTAKEN = replace(
    KNOWN,
    same_place=False,
    place="a hotel, not far from the lake",
    alone="no",
    mistake="Please choose the country or region you are in.",
)
SOON = replace(BOOKED, starts=at(minutes=-12), conversation_id="c-linden", with_name="Dr Mira")

FINE = views.CheckInCard(
    "p-linden",
    "Linden",
    KEY,
    "answered",
    at(minutes=3),
    place="at home, Graz",
    country="Austria",
    alone=True,
    word="matches",
    phone="+43 660 123 45 67",
    dial="+436601234567",
)
ODD = replace(
    FINE,
    place="a hotel, not far from the lake",
    country="Switzerland",
    outside="Austria and Germany",
    alone=False,
    word="differs",
    phone="",
    dial="",
)
NOT_YET = views.CheckInCard("p-ben", "Ben", KEY, "missing")
ASKED = replace(FINE, name="Tess", person_id="p-tess", asked_at=at(minutes=1))
RECORD = views.CheckInRecord(
    MIRA,
    BAR,
    HERE,
    "c-linden",
    "Linden",
    (views.CodeWord("p-linden", "Linden", KEY, at(30)), views.CodeWord("p-ben", "Ben", KEY)),
    (
        views.PastSession("s-2", at(minutes=3), (FINE,)),
        views.PastSession("s-1", at(7), (ODD, replace(NOT_YET, state="let_in"))),
    ),
)
OPENED = ReaderSeen(
    Person(PracticeId(UUID(int=1)), SYSTEM, Role.ADMINISTRATOR, OPERATOR),
    at(minutes=-90),
    "Linden asked for a copy for the insurance, which has a name far too long for one line of a phone",
)
PLACE = happening_view.Place(
    "Ben", at(minutes=20), True, "at home, Graz", "Austria", True, "+43 660 123 45 67", "+436601234567", "112"
)
NOW_HAPPENING = happening_view.Happening(
    MIRA,
    BAR,
    HERE,
    "c-ben",
    "Ben and Tess",
    (
        PLACE,
        replace(PLACE, name="Tess", at=at(7), fresh=False, country="Chad", phone="", dial="", emergency=""),
        happening_view.Place("Kim"),
    ),
    (happening_view.Line("Crisis line of the practice", "+43 1 000 00 00", "+4310000000"),),
)
OPENERS = happening_view.Openers(MIRA, BAR, HERE, "c-linden", "Linden", (OPENED,))
KEPT = check_in_views.KeptAnswers("Dr Mira", at(minutes=3), "at home, Graz", "Austria", "+43 660 123 45 67")

CHECK_IN_PAGES: dict[str, tuple[str, Any]] = {
    "waiting-first": ("client/waiting_room.html", check_in_views.WaitingRoom(LINDEN, HERE, SOON, 27, FIRST)),
    "waiting-known": ("client/waiting_room.html", check_in_views.WaitingRoom(LINDEN, HERE, LIVE, 27, KNOWN)),
    "waiting-mistake": (
        "client/waiting_room.html",
        check_in_views.WaitingRoom(LINDEN, HERE, SOON, 27, MISTAKEN, True),
    ),
    "waiting-ready": ("client/waiting_room.html", check_in_views.WaitingRoom(LINDEN, HERE, SOON, 27)),
    "home-near": ("client/home.html", replace(HOME, session=SOON)),
    "room-checked": ("client/session_room.html", replace(ROOM, check_in=KNOWN, timeline=CHAT)),
    "conversation-near": (
        "staff/conversation.html",
        replace(
            INBOX,
            open=replace(RUTH, check_ins=views.CheckIns(HERE, "c-ruth", cards=(ODD, NOT_YET))),
        ),
    ),
    "conversation-checked": (
        "staff/conversation.html",
        replace(
            INBOX,
            open=replace(LINDENS, check_ins=views.CheckIns(HERE, "c-linden", live=True, cards=(FINE, ASKED))),
        ),
    ),
    "happening": ("staff/happening.html", NOW_HAPPENING),
    "happening-in-room": ("staff/_happening.html", NOW_HAPPENING),
    "files-kept": (
        "staff/files_kept.html",
        FilesKept(
            MIRA,
            BAR,
            HERE,
            "c-linden",
            "Linden",
            (
                KeptFiles(
                    9,
                    at(2),
                    "Linden",
                    (
                        Attachment(
                            "the page beside the bed, written at night.pdf", "214 kB", "/c/c-linden/x"
                        ),
                        Attachment("photo.jpg", "3.1 MB", "", waiting=True),
                        Attachment("odd.doc", "12 kB", "", found="Eicar"),
                    ),
                ),
            ),
            before=9,
        ),
    ),
    "files-kept-empty": ("staff/files_kept.html", FilesKept(MIRA, BAR, HERE, "c-linden", "Linden", ())),
    "openers": ("staff/openers.html", OPENERS),
    "check-in-record": ("staff/check_in_record.html", RECORD),
    "own-check-in": (
        "client/own_check_in.html",
        check_in_views.OwnCheckIn(LINDEN, HERE, KEY, since=at(30), kept=(KEPT,), done=True),
    ),
    "own-record": (
        "client/own_record.html",
        Readers(
            LINDEN,
            HERE,
            members=("Dr Mira",),
            others=(
                ReaderSeen(
                    Person(PracticeId(UUID(int=1)), SYSTEM, Role.ADMINISTRATOR, OPERATOR),
                    at(minutes=-90),
                    "Linden asked for a copy for the insurance, which has a name far too long for one line of a phone",
                ),
            ),
            openings=(IDENTITY_OPENING,),
        ),
    ),
    "own-check-in-empty": (
        "client/own_check_in.html",
        check_in_views.OwnCheckIn(LINDEN, HERE, KEY, mistake="That is not your password."),
    ),
}
