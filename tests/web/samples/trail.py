"""Who did what, for who administers: filled, asked for in part, wrongly asked, and empty."""

from dataclasses import replace
from typing import Any

from tests.web.samples.cast import HERE, JO, at
from web.pages.admin.trail_view import TrailDay, TrailFields, TrailLine, TrailPage
from web.pages.admin.trail_words import Part
from web.pages.parts import views as parts

MIRA, RUTH, JO_HABER = (Part(name, named=True) for name in ("Dr Mira Engel", "Ruth", "Jo Haber"))
LONG = Part("Maximiliane-Aurelia von Hohenstein-Wittgenberg", named=True)
ARABIC = Part("ليلى", named=True)
TODAY = (
    TrailLine(at(0), (JO_HABER, Part(" looked at who did what.")), door="page"),
    TrailLine(at(0), (MIRA, Part(" opened the record of "), RUTH, Part(".")), door="page"),
    TrailLine(
        at(0),
        (
            Part("Whoever runs the server"),
            Part(" made a file (JSON) of the whole record of "),
            RUTH,
            Part("."),
        ),
        "access request of 28 November",
        "terminal",
    ),
    TrailLine(at(0), (MIRA, Part(" opened the record of "), ARABIC, Part(".")), door="api"),
)
BEFORE = (
    TrailLine(
        at(1),
        (MIRA, Part(" asked to open who "), LONG, Part(" is.")),
        "she wrote that she does not want to live, and cannot be reached by any other way that is known here",
        "page",
    ),
    TrailLine(at(1), (Part("A mail of "), RUTH, Part(" brought another key along.")), door="mail"),
    TrailLine(at(1), (MIRA, Part(" signed in."))),
)
PAGE = TrailPage(
    signed_in=JO,
    bar=parts.StaffBar("trail"),
    here=HERE,
    asked=TrailFields(),
    days=(TrailDay(at(0), TODAY), TrailDay(at(1), BEFORE)),
    staff=(parts.Named("p-mira", "Dr Mira Engel"), parts.Named("p-jo", "Jo Haber")),
    clients=(parts.Named("p-ruth", "Ruth"), parts.Named("p-omar", "Omar")),
    conversations=(parts.Named("c-1", "Ruth · Dr Mira Engel"), parts.Named("c-2", "Omar · Eli Sommer")),
    kinds=("reading", "signing_in", "ways_in", "people", "letters", "practice", "handing_out", "ending"),
    older="before=1-1",
)
TRAIL_PAGES: dict[str, tuple[str, Any]] = {
    "trail": ("admin/trail.html", PAGE),
    "trail-asked": (
        "admin/trail.html",
        replace(
            PAGE,
            asked=TrailFields("p-mira", "p-ruth", "reading", "2026-11-01", "2026-11-30"),
            query="who=p-mira&whose=p-ruth",
            later=True,
            older="",
        ),
    ),
    "trail-wrong": (
        "admin/trail.html",
        replace(
            PAGE,
            asked=TrailFields(since="yesterday"),
            mistakes={"since": "Please write a day like 2026-11-30."},
        ),
    ),
    "trail-empty": (
        "admin/trail.html",
        replace(PAGE, days=(), older="", asked=TrailFields(kind="ending"), query="kind=ending"),
    ),
}
