"""What the pages of notes are given."""

from dataclasses import dataclass
from datetime import datetime

from web.pages.parts.views import Here, Session, SignedIn


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note, or one version of one. `place`: where it is read alone; empty where it stands alone."""

    at: datetime
    author: str
    text: str
    mine: bool = False
    place: str = ""
    changed_at: datetime | None = None
    taken_out: bool = False
    session: Session | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one writes on. `text` is what they have written where it was not taken; `version` what it was written over."""

    action: str
    key: str
    text: str = ""
    version: int = 0
    session: Session | None = None
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """progress_notes.html, process_notes.html: a sheet, and what was written before; `older`: where there is more."""

    signed_in: SignedIn
    here: Here
    conversation_id: str
    name: str
    colleagues: str
    sheet: Sheet
    rows: tuple[NoteRow, ...]
    older: str = ""


@dataclass(frozen=True, slots=True)
class OneNote:
    """progress_note.html, process_note.html. `sheet` None: a colleague's, or one that was taken out of the record."""

    signed_in: SignedIn
    here: Here
    conversation_id: str
    name: str
    colleagues: str
    row: NoteRow
    earlier: tuple[NoteRow, ...]
    sheet: Sheet | None
    away: str = ""
    """Where it is taken out of the record, or thrown away."""
    away_key: str = ""
