"""What the pages of the practice's documents are given."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from web.pages.parts.views import Here, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document by its newest version."""

    title: str
    place: str
    language: str
    way: str
    version: int
    binds_from: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DocumentFields:
    """What stands in a form, where it was not taken."""

    title: str = ""
    language: str = ""
    way: str = ""
    text: str = ""
    day: str = ""
    original: str = ""


@dataclass(frozen=True, slots=True)
class Documents:
    """documents.html: those there are, and a sheet for a new one."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    rows: tuple[DocumentRow, ...] = ()
    originals: Sequence[tuple[str, str]] = ()
    """Of those a new one may say the same as, by id and title."""
    fields: DocumentFields = field(default_factory=DocumentFields)
    done: str = ""
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class VersionShown:
    """A version as it reads."""

    number: int
    binds_from: datetime
    made_at: datetime
    digest: str
    text: Markup


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """document.html: one with its versions, the newest first, and a sheet for the next."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    row: DocumentRow
    versions: tuple[VersionShown, ...]
    fields: DocumentFields
    done: str = ""
    mistake: str = ""
