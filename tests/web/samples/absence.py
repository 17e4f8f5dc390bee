"""The pages about being away, filled: nothing said, asked, stood in, over, refused; and what a client reads of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from messaging.absence.shown import Answer
from messaging.memory.absence import Offer
from tests.web.samples.cast import BAR, HERE, JO, KEY, LINDEN, MIRA, NOW, at
from web.pages.admin.absences_view import AbsencesPage, AwayRow
from web.pages.client.views import AwayNote, ClientHome, CoverAsk
from web.pages.parts.absence_fields import Fields
from web.pages.parts.views import Named, StaffBar
from web.pages.staff.cover_view import CoverPage, ForColleague, Own, Row

LATER = NOW + timedelta(days=14)
LONG = "Dr Wilhelmine Charlotte Oberlinden-Wagenknecht"
ROWS = tuple(
    Row(
        id=f"c-{answer}",
        name=f"Ben and Tess {answer}",
        answer=answer.value,
        covers=answer is Answer.AGREED,
        arrived=3,
        answered=1,
        sessions=0,
        waits=answer is Answer.REFUSED,
    )
    for answer in Answer
)
OWN = Own(
    first=NOW + timedelta(days=7),
    last=LATER,
    reason="planned",
    cover=LONG,
    scope="take_over",
    offer="offered",
    over=False,
    rows=ROWS,
)
ASKED = ForColleague(
    id="a-1",
    name=LONG,
    first=NOW,
    last=LATER,
    reason="planned",
    scope="look_in",
    accepted=False,
    offer_until=NOW + timedelta(hours=24),
    concerned=12,
    here=(),
)
STOOD_IN = replace(
    ASKED, id="a-2", reason="sudden", scope="take_over", accepted=True, here=(Named("c-ruth", "Ruth"),)
)
ELI = Named("p-eli", LONG)
COVER = CoverPage(MIRA, replace(BAR, current="cover"), HERE, KEY, "2026-11-23", colleagues=(ELI,))
AWAY = AwayRow(
    person="p-mira",
    name=LONG,
    first=at(1),
    last=LATER,
    cover="Eli",
    offer="accepted",
    concerned=12,
    covered=1,
)
ABSENCES = AbsencesPage(
    JO,
    StaffBar("admin", 0, 0),
    HERE,
    KEY,
    "2026-11-23",
    (AWAY, replace(AWAY, cover="", offer="", covered=0)),
    (ELI,),
)
ASK = CoverAsk("c-linden", "a-1", LONG, "Dr Mira", "take_over", agreed=False, running=False)
HOME = ClientHome(LINDEN, HERE, key=KEY)
ABSENCE_PAGES: dict[str, tuple[str, Any]] = {
    "cover": ("staff/cover.html", COVER),
    **{
        f"cover-{offer}": ("staff/cover.html", replace(COVER, own=replace(OWN, offer=offer.value)))
        for offer in Offer
    },
    "cover-sudden": (
        "staff/cover.html",
        replace(COVER, own=replace(OWN, reason="sudden", cover="", scope="", offer="", rows=()), done="said"),
    ),
    "cover-over": ("staff/cover.html", replace(COVER, own=replace(OWN, over=True), done="back")),
    "cover-asked": ("staff/cover.html", replace(COVER, asked=(ASKED, STOOD_IN), said_of=(ELI,))),
    "cover-nowhere": ("staff/cover.html", replace(COVER, asked=(replace(STOOD_IN, here=()),))),
    "cover-wrong": (
        "staff/cover.html",
        replace(
            COVER,
            wrong="own",
            mistake="An absence begins today or later, and ends on its first day or after it.",
            fields=Fields("2026-11-30", "2026-11-24", "p-eli", "take_over"),
        ),
    ),
    "cover-not-sure": (
        "staff/cover.html",
        replace(COVER, said_of=(ELI,), wrong="sudden", mistake="Please choose whose absence it is."),
    ),
    "absences": ("admin/absences.html", ABSENCES),
    "absences-none": ("admin/absences.html", replace(ABSENCES, absences=(), done="back")),
    "absences-wrong": (
        "admin/absences.html",
        replace(ABSENCES, mistake="Please choose whose absence it is.", fields=Fields(person="p-eli")),
    ),
    "home-away": (
        "client/home.html",
        replace(
            HOME,
            away=(
                AwayNote("Dr Mira", LATER),
                AwayNote("Dr Mira", at(1)),
                AwayNote("Dr Mira", at(1), LONG, "take_over"),
                AwayNote("Dr Mira", at(1), LONG, "look_in"),
            ),
            cover_asks=(
                ASK,
                replace(ASK, scope="look_in", running=True),
                replace(ASK, agreed=True),
            ),
        ),
    ),
}
