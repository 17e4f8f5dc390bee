"""The pages about records as files, filled: nothing yet, one of each state, refused, and at a device that others use too."""

from dataclasses import replace
from typing import Any

from messaging.exporting.record import ExportFormat
from messaging.memory.exporting import ExportState
from tests.web.samples.cast import BAR, HERE, JO, KEY, LINDEN, MIRA, at
from web.pages.parts.exports_view import Archive, Copies, Handing, Made, OwnCopy, WholeRecord
from web.pages.parts.views import StaffBar

OWN = Handing(HERE, KEY, "/me/copy", "/account/again?do=copy", may=True)
STAFFS = Handing(HERE, KEY, "/c/c-linden/record", "/account/again?do=record:c-linden", may=True)
ADMINS = Handing(HERE, KEY, "/admin/archive", "/account/again?do=archive", may=True)
EACH = (
    Made(ExportFormat.HTML, ExportState.READY, 100, at(0, 1), "/me/copy/e-1/file", "3.1 MB", at(-1, 1)),
    Made(ExportFormat.JSON, ExportState.WORKING, 40, at(minutes=1)),
    Made(ExportFormat.MBOX, ExportState.GONE, 100, at(3)),
    Made(ExportFormat.FHIR, ExportState.FAILED, 0, at(1)),
)
WAITING = Made(ExportFormat.HTML, ExportState.WAITING, 0, at(minutes=1))
NONE = Copies("c-linden", "Dr Mira")
SEVERAL = (replace(NONE, made=EACH), Copies("c-group", "Ben, Tess and Dr Mira"))

EXPORT_PAGES: dict[str, tuple[str, Any]] = {
    "own-copy": ("client/own_copy.html", OwnCopy(LINDEN, replace(OWN, may=False), (NONE,))),
    "own-copy-form": ("client/own_copy.html", OwnCopy(LINDEN, OWN, (NONE,))),
    "own-copy-waiting": (
        "client/own_copy.html",
        OwnCopy(LINDEN, replace(OWN, shared=True), (replace(NONE, made=(WAITING,)),)),
    ),
    "own-copy-each": ("client/own_copy.html", OwnCopy(LINDEN, OWN, SEVERAL)),
    "own-copy-mistake": (
        "client/own_copy.html",
        OwnCopy(LINDEN, replace(OWN, mistake="Please choose what the file is for."), (NONE,)),
    ),
    "own-copy-none": ("client/own_copy.html", OwnCopy(LINDEN, OWN, ())),
    "record": ("staff/record.html", WholeRecord(MIRA, BAR, STAFFS, "Linden", replace(NONE, made=EACH))),
    "archive": (
        "admin/archive.html",
        Archive(JO, StaffBar("practice"), ADMINS, replace(NONE, conversation_id="", made=EACH)),
    ),
    "archive-first": (
        "admin/archive.html",
        Archive(JO, StaffBar("practice"), replace(ADMINS, may=False), Copies("", "")),
    ),
    "record-first": (
        "staff/record.html",
        WholeRecord(MIRA, BAR, replace(STAFFS, may=False), "Linden", NONE),
    ),
}
