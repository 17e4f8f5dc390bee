"""What a history is made of: letters, sessions, a stranger's mail, bookings; and the days and hours they hang on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Brings:
    """A file that goes with a letter from the web."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter, `days` ago at the practice's `at`; `mailed` from the writer's own mail program, with a quotation below."""

    file: str
    who: str
    days: int
    at: str
    text: str
    mailed: bool = False
    brings: Brings | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """A live session of the past. `said`: who, in which minute, what. No `at`: at the hour of Linden's live session."""

    file: str
    days: int
    at: str
    minutes: int
    lasted: int
    said: tuple[tuple[str, float, str], ...]


@dataclass(frozen=True, slots=True)
class Stranger:
    """A mail to a client's reply address from somewhere else: for the screener."""

    file: str
    client: str
    days: int
    at: str
    address: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Booking:
    """A session to come, `days` from now."""

    file: str
    days: int
    at: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Noting:
    """A note of the record, or an `own` one: `days` ago at the practice's `at`; without, `minutes` after Linden's hour."""

    file: str
    who: str
    days: int
    at: str
    text: str
    own: bool = False
    after_session: bool = False
    """About the session that was held last."""
    minutes: int = 0


Scene = Letter | Talk | Stranger | Noting


def answering_day(today: date) -> int:
    """In how many days Ruth is answered: about half a week, never on a weekend."""
    return next(ahead for ahead in (4, 3, 5) if (today + timedelta(days=ahead)).weekday() < 5)


def opening_hour(now: datetime) -> datetime:
    """When Linden's live session began: some minutes ago, at a time one would book."""
    return now.replace(minute=now.minute - now.minute % 5, second=0, microsecond=0) - timedelta(minutes=10)
