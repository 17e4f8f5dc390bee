"""What the page of a practice's rules is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from web.pages.parts.views import Here, SignedIn, StaffBar


@dataclass(frozen=True, slots=True)
class SessionFields:
    """Minutes, but `reminder` and `cancel` in hours; `regions` one a line."""

    grace: str = "15"
    plan_b: str = "5"
    reminder: str = "24"
    cancel: str = "0"
    code_word: bool = False
    regions: str = ""


@dataclass(frozen=True, slots=True)
class MailFields:
    """Empty is the practice's name, and our own subject."""

    name: str = field(default="", repr=False)
    subject: str = field(default="", repr=False)
    language: str = ""


@dataclass(frozen=True, slots=True)
class RulesPage:
    """rules.html. `holidays` one day or span a line. `mistakes`: days, calendar, sessions, identity, keeping, exits,
    mail."""

    signed_in: SignedIn
    bar: StaffBar
    here: Here
    key: str
    workdays: tuple[int, ...]
    holidays: str
    sessions: SessionFields
    mail: MailFields
    practice_name: str
    plain_subject: str
    name_most: int
    subject_most: int
    identity: str = "identified"
    """How much is known of a new client, where nobody says otherwise."""
    keep_years: str = ""
    """As it was typed; empty: nobody has said."""
    terms: tuple[tuple[str, int, str], ...] = ()
    """What law or a profession's guidance asks for: where, years, and what says so."""
    exits: str = ""
    """Pages Exit may lead to, one a line; `usual_exits` names those there are where this is empty."""
    usual_exits: str = ""
    done: str = ""
    mistakes: Mapping[str, str] = field(default_factory=dict)
