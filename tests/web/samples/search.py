"""The search page: nothing asked, found, found in part, nothing found, and wrongly asked."""

from dataclasses import replace
from typing import Any

from tests.web.samples.cast import BAR, HERE, MIRA, at
from tests.web.samples.cast import RUTHS as TIMELINE
from tests.web.samples.notes import OWN_ROWS
from web.pages.parts.views import Named
from web.pages.staff.searching import KINDS
from web.pages.staff.searching_view import Piece, Place, PlacesOf, SearchFields, SearchPage
from web.pages.staff.sought_view import Sought

GATE = Piece("gate", meant=True)


def place(days: int, sort: str, who: str, *pieces: str | Piece, whose: str = "c-ruth") -> Place:
    return Place(
        whose,
        40 - days,
        at(days),
        sort,
        who,
        tuple(one if isinstance(one, Piece) else Piece(one) for one in pieces),
    )


RUTHS = PlacesOf(
    "c-ruth",
    "Ruth",
    (
        place(1, "letter", "Ruth", "Tonight I opened the ", GATE, ". Only to the road and back."),
        place(
            2,
            "chat",
            "you",
            "You walk down to that ",
            GATE,
            " every evening, and back up. Could you say one half?",
        ),
        place(
            14,
            "letter",
            "Ruth",
            "Then I laughed, alone, at a ",
            GATE,
            ". [surprised] I had not expected to tell anyone …",
        ),
        place(15, "file", "Ruth", "the garden ", GATE, ".jpg"),
        place(20, "event", "", "… a short walk to the ", GATE, " and back"),
        replace(
            place(21, "note", "Eli", "Four counts before the ", GATE, ", rehearsed in writing."),
            note="progress/n-1",
        ),
        replace(
            place(22, "note", "you", "The ", GATE, " again. How much is it my wish?"), note="process/n-2"
        ),
    ),
)
BOTH = PlacesOf(
    "c-both",
    "Ben and Tess",
    (
        place(
            3,
            "letter",
            "Tess",
            "We sat in the car at the ",
            GATE,
            " of the workshop and did not go in.",
            whose="c-both",
        ),
    ),
)
ARABIC = PlacesOf(
    "c-leila",
    "ليلى",
    (place(5, "letter", "ليلى", "وقفت عند ", Piece("البوابة", meant=True), " ولم أدخل.", whose="c-leila"),),
)
CONVERSATIONS = (Named("c-both", "Ben and Tess"), Named("c-ruth", "Ruth"), Named("c-leila", "ليلى"))
ASKED = SearchPage(MIRA, replace(BAR, current="search"), HERE, SearchFields(), KINDS, CONVERSATIONS)
FOUND = replace(ASKED, asked=SearchFields("gate"), groups=(RUTHS, BOTH, ARABIC))
SEARCH_PAGES: dict[str, tuple[str, Any]] = {
    "search": ("staff/search.html", ASKED),
    "search-found": ("staff/search.html", FOUND),
    "search-part": (
        "staff/search.html",
        replace(
            FOUND,
            asked=SearchFields("ruth", "letter", "2026-11-01", "2026-11-30", "c-ruth", "/c/c-ruth"),
            groups=(RUTHS,),
            complete=False,
            named=(
                Named("c-ruth", "Ruth"),
                Named("c-long", "Maximiliane-Aurelia von Hohenstein-Wittgenberg"),
            ),
        ),
    ),
    "search-nothing": ("staff/search.html", replace(FOUND, groups=())),
    "search-named": ("staff/search.html", replace(FOUND, groups=(), named=(Named("c-ruth", "Ruth"),))),
    "search-cut-off": ("staff/search.html", replace(FOUND, groups=(), complete=False)),
    "sought": ("staff/_sought.html", Sought(HERE, "Ruth", "/c/c-ruth?before=43#n39", at(1), TIMELINE)),
    "sought-note": (
        "staff/_sought.html",
        Sought(HERE, "Ruth", "/c/c-ruth/notes/process/n-2", at(22), note=OWN_ROWS[0], own=True),
    ),
    "search-wrong": (
        "staff/search.html",
        replace(ASKED, asked=SearchFields("a"), mistake="q is too short. Please say at least two letters."),
    ),
}
