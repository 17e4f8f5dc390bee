"""The pages of notes, filled: nothing yet, both kinds with what was written before, refused, and a colleague's."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from messaging.letters.snippets import Snippet
from tests.web.samples.cast import BAR, HERE, KEY, MIRA, at
from web.pages.parts.views import Session
from web.pages.staff.beside_view import Beside
from web.pages.staff.notes_view import NoteRow, Notes, OneNote, Sheet
from web.pages.staff.snippets_view import SnippetsPage

RECORD, OWN = "/c/c-ruth/notes/progress", "/c/c-ruth/notes/process"
HELD = Session("s-1", "c-ruth", "ended", at(2), at(2, minutes=-28), 28, "Ruth")
ABOUT = (
    "The sentence she practised in the car, and its second half. Fear of asking rather than of telling.\n\n"
    "Split the sentence in two. Four slow counts before the first half, rehearsed in writing.\n\n"
    "Asked directly: no thoughts of ending her life. Plan known, sister informed."
)
GATE = "The gate again. I notice I want her to walk through it, and how much that is my wish and not hers."
MINE = NoteRow(at(2), "Dr Mira", ABOUT, mine=True, place=f"{RECORD}/n-1", session=HELD)
CHANGED = replace(MINE, at=at(9), text="The hens, and a laugh.", changed_at=at(8), session=None)
GONE = replace(CHANGED, text="", taken_out=True)
ELIS = replace(MINE, at=at(16), author="Eli", mine=False, text="Sat in on the hour.", session=None)
ROWS = (MINE, CHANGED, GONE, ELIS)
OWN_ROWS = tuple(
    NoteRow(at(days), "Dr Mira", text, mine=True, place=f"{OWN}/n-{days}")
    for days, text in ((2, GATE), (9, "Polite with me, too. What would she write if she were not?"))
)
EMPTY = Sheet(RECORD, KEY)
FIRST = Notes(MIRA, HERE, "c-ruth", "Ruth", "", EMPTY, ())
FULL = replace(FIRST, colleagues="Eli", rows=ROWS, older=f"{RECORD}?before=n-1")
LONE = OneNote(
    MIRA,
    HERE,
    "c-ruth",
    "Ruth",
    "Eli",
    replace(CHANGED, place=""),
    (replace(CHANGED, text="The hens.", changed_at=None, place=""),),
    Sheet(f"{RECORD}/n-1", KEY, CHANGED.text, 2),
    f"{RECORD}/n-1/away",
    KEY,
)
OF_ONE = replace(
    LONE,
    row=replace(OWN_ROWS[0], place="", session=HELD),
    earlier=(),
    sheet=Sheet(f"{OWN}/n-2", KEY, GATE, 1),
    away=f"{OWN}/n-2/away",
)
MISTAKE = "This note was changed meanwhile. Please read it, and put in yours if it still fits."

LENSES = Beside(
    MIRA,
    HERE,
    "c-ruth",
    "Ruth",
    "/c/c-ruth/lenses/16",
    KEY,
    2,
    {
        "resonance": "The gate again. I notice I want her to walk through it.",
        "theme": "",
        "hypotheses": "What if he had answered?",
        "plan": "One question, about the hands.",
    },
    at(hours=1),
)

SNIPPETS = SnippetsPage(
    MIRA,
    replace(BAR, current="snippets"),
    HERE,
    (
        Snippet(UUID(KEY), "Between letters", "Between letters nobody reads along.\nIf it gets hard, ____."),
        Snippet(
            UUID(int=2), "A breath, and another name that is long enough for two lines", "Breathe in, [name]."
        ),
    ),
    Snippet(UUID(int=3), "", ""),
)

NOTE_PAGES: dict[str, tuple[str, Any]] = {
    "snippets": ("staff/snippets.html", SNIPPETS),
    "snippets-none": (
        "staff/snippets.html",
        replace(SNIPPETS, snippets=(), mistake="A snippet needs a name of at most 80 characters."),
    ),
    "lenses": ("staff/beside.html", LENSES),
    "margin": ("staff/beside.html", replace(LENSES, words={"text": "Her hands."}, kept_at=None, version=0)),
    "lenses-mistake": ("staff/beside.html", replace(LENSES, mistake=MISTAKE)),
    "progress-notes-first": ("staff/progress_notes.html", FIRST),
    "progress-notes": ("staff/progress_notes.html", replace(FULL, sheet=replace(EMPTY, session=HELD))),
    "progress-notes-mistake": (
        "staff/progress_notes.html",
        replace(FIRST, sheet=replace(EMPTY, text=ABOUT, mistake="This is too long to send at once.")),
    ),
    "progress-note": ("staff/progress_note.html", LONE),
    "progress-note-mistake": (
        "staff/progress_note.html",
        replace(LONE, sheet=Sheet(f"{RECORD}/n-1", KEY, "Other words.", 2, mistake=MISTAKE)),
    ),
    "progress-note-of-another": (
        "staff/progress_note.html",
        replace(LONE, row=replace(ELIS, place=""), earlier=(), sheet=None, away=""),
    ),
    "progress-note-taken-out": (
        "staff/progress_note.html",
        replace(LONE, row=replace(GONE, place=""), sheet=None, away=""),
    ),
    "process-notes-first": ("staff/process_notes.html", replace(FIRST, sheet=replace(EMPTY, action=OWN))),
    "process-notes": (
        "staff/process_notes.html",
        replace(FIRST, rows=OWN_ROWS, sheet=Sheet(OWN, KEY, GATE), older=f"{OWN}?before=n-9"),
    ),
    "process-note": ("staff/process_note.html", OF_ONE),
}
