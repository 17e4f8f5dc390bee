"""What a look at something found is shown by."""

from dataclasses import dataclass
from datetime import datetime

from web.pages.parts.views import Here, Timeline
from web.pages.staff.notes_view import NoteRow


@dataclass(frozen=True, slots=True)
class Sought:
    """_sought.html: an entry among those around it, or a note. `link`: where it stands."""

    here: Here
    name: str
    link: str
    at: datetime
    timeline: Timeline | None = None
    note: NoteRow | None = None
    own: bool = False
    """The note is its reader's alone."""
