"""What the pages about records that are handed out are given."""

from dataclasses import dataclass
from datetime import datetime

from messaging.exporting.record import ExportFormat
from messaging.memory.exporting import ExportState
from web.pages.parts.views import Here, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class Made:
    """One file: asked for, being made, there, or gone. `place`: where it is fetched."""

    form: ExportFormat
    state: ExportState
    progress: int
    at: datetime
    place: str = ""
    size: str = ""
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Copies:
    """Of one conversation, or of the practice: what was asked for, the newest first. `others`: who else writes there."""

    conversation_id: str
    others: str
    made: tuple[Made, ...] = ()

    @property
    def unmade(self) -> bool:
        """Something is still to be made: looking again shows more."""
        return any(one.state in (ExportState.WAITING, ExportState.WORKING) for one in self.made)


@dataclass(frozen=True, slots=True)
class Handing:
    """_exports.html: who may, at which device, and what went wrong. `again`: where they say their password once more."""

    here: Here
    key: str
    action: str
    again: str
    may: bool
    shared: bool = False
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class OwnCopy:
    """own_copy.html"""

    signed_in: SignedIn
    handing: Handing
    copies: tuple[Copies, ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """archive.html"""

    signed_in: SignedIn
    bar: StaffBar
    handing: Handing
    copies: Copies


@dataclass(frozen=True, slots=True)
class WholeRecord:
    """record.html"""

    signed_in: SignedIn
    bar: StaffBar
    handing: Handing
    name: str
    copies: Copies
