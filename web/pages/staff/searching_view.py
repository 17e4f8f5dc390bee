"""What the search page is given."""

from dataclasses import dataclass, field
from datetime import datetime

from web.pages.parts.views import Here, Named, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of an excerpt; `meant`: they are what was looked for."""

    text: str = field(repr=False)
    meant: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """One result: where it leads, who wrote it when, and the words around."""

    conversation_id: str
    number: int
    at: datetime
    sort: str
    who: str
    """Empty where nobody said it: something happened."""
    pieces: tuple[Piece, ...] = field(repr=False)
    note: str = ""
    """Of a note: its kind and its id, as its page is named by."""

    @property
    def link(self) -> str:
        """The conversation with the entry in sight, and some that followed it; of a note its page."""
        if self.note:
            return f"/c/{self.conversation_id}/notes/{self.note}"
        return f"/c/{self.conversation_id}?before={self.number + FOLLOWING}#n{self.number}"

    @property
    def look(self) -> str:
        """The same beside the results, only looked at."""
        return f"/search/look/{self.conversation_id}/{self.note or self.number}"

    @property
    def own(self) -> bool:
        """A process note: the reader's alone."""
        return self.note.startswith("process/")


FOLLOWING = 8
"""Entries shown after the one that was found."""


@dataclass(frozen=True, slots=True)
class PlacesOf:
    """All results of one conversation, the newest first."""

    conversation_id: str
    name: str
    places: tuple[Place, ...]

    @property
    def since(self) -> datetime:
        """When the oldest was written."""
        return self.places[-1].at


@dataclass(frozen=True, slots=True)
class SearchFields:
    """What was asked, as it was filled in."""

    q: str = field(default="", repr=False)
    kind: str = ""
    since: str = ""
    until: str = ""
    conversation: str = ""
    back: str = "/inbox"


@dataclass(frozen=True, slots=True)
class SearchPage:
    """search.html. `groups` None: nothing was asked yet."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    asked: SearchFields
    kinds: tuple[str, ...]
    conversations: tuple[Named, ...] = ()
    """All that can be searched."""
    groups: tuple[PlacesOf, ...] | None = None
    complete: bool = True
    named: tuple[Named, ...] = ()
    """Conversations with somebody who is called so."""
    mistake: str = ""

    @property
    def count(self) -> int:
        """How many places."""
        return sum(len(group.places) for group in self.groups or ())
