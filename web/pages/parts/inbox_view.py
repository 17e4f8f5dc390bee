"""A line of the inbox, as pages are given it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from web.pages.parts.views import Failed


class Group(StrEnum):
    """Who waits for whom, in the order of the inbox."""

    LIVE_NOW = "live_now"
    WAITING_FOR_YOU = "waiting_for_you"
    BACK = "back"
    """Put aside until a moment that has come."""
    WAITING_FOR_CLIENT = "waiting_for_client"
    RESTING = "resting"
    ASIDE = "aside"
    """Put aside until a moment that has not come, and nothing runs: not in the list."""


@dataclass(frozen=True, slots=True)
class InboxRow:
    conversation_id: str
    name: str
    group: Group
    last_line: str
    at: datetime | None
    mine: bool = False
    unread: bool = False
    waiting_since: datetime | None = None
    answer_by: datetime | None = None
    live: bool = False
    unsent: bool = False  # a letter of the reader's lies here whose time came, and which did not go
    crossed: bool = False  # one did not go because another's letter came first: it waits for their word
    going: bool = False  # one is written and goes by itself, or is slept on
    unarrived: bool = False  # mail did not bring a letter of ours to its reader
    after_end: bool = False  # its client wrote after care had ended, and that is not read yet
    fault: Failed | None = None
    """Where nothing more than its conversation could be said."""
    raised: bool = False  # something came that is to be read first, and the reader has not read it
    held: bool = False  # letters wait in the screener that may be its client's
    due: datetime | None = None
    """The earlier of `answer_by` and what a held letter would be promised."""
    order: str = ""  # its place among the others, compared as text
    day: str = ""
    """Of the promise, as a heading over those that wait."""
    day_order: str = ""
    words: int = 0  # of what waits for an answer
    letters: int = 0  # how many wait
    added: int = 0  # a P.S., or several, to a letter that waits
    who: str = ""  # whose words stand in the row, where several are in care
    begun: bool = False  # a letter of the reader's is begun
    new: bool = False  # nobody who cares has written to them yet
    enquiry: bool = False  # of somebody who is not in care yet
    labels: tuple[str, ...] = field(default=(), repr=False)
    answers: str = ""  # who answers, where that is somebody else
    mine_to_answer: bool = False
    snoozed_until: datetime | None = None
    covered_until: datetime | None = None
    """The reader stands in here, until then at the latest."""
    back_since: datetime | None = None
    """Since when what was put aside is back."""
