"""What an entry says beside its words: typed here, kept as a small JSON object of texts, and told as those texts.

Only this file knows the names by which facts are kept, and `fact_forms` the forms. A field's name is the name it is kept and
told by; what stands at its default is left out. Which facts an entry has is decided by its event: `messages.facts_kind`.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from messaging.fact_forms import (
    AS_SAID,
    DAY,
    ID,
    IN_UTC,
    LINES,
    MILLISECONDS,
    OPENPGP,
    QUOTED,
    WHOLE,
    YES,
    ZULU,
    OpenPgp,
    Quoted,
)
from messaging.ids import PersonId, SessionId


@dataclass(frozen=True, slots=True, repr=False)
class Facts:
    """No facts but `rest`: what another program wrote there, which is kept and told as it is, and read by nobody."""

    rest: Mapping[str, str] = field(default_factory=dict, kw_only=True)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(***)"


NO_FACTS: Final = Facts()


@dataclass(frozen=True, slots=True, repr=False)
class LetterFacts(Facts):
    """Of a letter, most by mail: how it is threaded, what it quotes, what is said beside it."""

    message_id: str | None = None
    calendar: str | None = None
    """What a calendar answered to an invitation (`arriving.arrival.Reading`)."""
    starts: datetime | None = field(default=None, metadata=AS_SAID)
    """When the appointment that was answered begins."""
    thread_index: str | None = None
    """What Outlook threads by."""
    quotes: Quoted | None = field(default=None, metadata=QUOTED)
    """The letter of ours most of what is folded comes from."""
    folded_begins: str | None = None
    """The first folded words that are not ours."""
    notes: tuple[str, ...] = field(default=(), metadata=LINES)
    """What could not be read, in sentences for the reader."""
    also: tuple[str, ...] = field(default=(), metadata=LINES)
    """Who else got it: shown, and never written to."""
    openpgp: OpenPgp | None = field(default=None, metadata=OPENPGP)
    purpose: str | None = None
    """What it is about, where it is no letter of the work itself (`letters.writing.Purpose`)."""


@dataclass(frozen=True, slots=True, repr=False)
class OfSession(Facts):
    """Of whatever is about one session."""

    session: SessionId = field(metadata=ID)


@dataclass(frozen=True, slots=True, repr=False)
class AppointmentFacts(OfSession):
    """A session as it was agreed: booked, moved, called off (`late`: by a client), or standing again. `person`: who did."""

    starts: datetime = field(metadata=ZULU)
    minutes: int = field(metadata=WHOLE)
    person: PersonId | None = field(default=None, metadata=ID)
    late: bool = field(default=False, metadata=YES)


@dataclass(frozen=True, slots=True, repr=False)
class SessionFacts(OfSession):
    """How a session went: opened, extended, ended, missed. `by`: `time`, `clinician`, or how many minutes longer."""

    minutes: int = field(metadata=WHOLE)
    by: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class CheckInFacts(OfSession):
    """Whose check-in it is, and of an answer whether it was complete; never the answer: everyone there reads facts."""

    person: PersonId = field(metadata=ID)
    complete: bool | None = field(default=None, metadata=YES)


@dataclass(frozen=True, slots=True, repr=False)
class BreakFacts(OfSession):
    """Whose connection went, and when it came back."""

    person: PersonId = field(metadata=ID)
    since: datetime = field(metadata=MILLISECONDS)
    until: datetime | None = field(default=None, metadata=MILLISECONDS)


@dataclass(frozen=True, slots=True, repr=False)
class ClosingFacts(OfSession):
    """What was given to do, and when they meet again."""

    homework: str | None = None
    next: datetime | None = field(default=None, metadata=AS_SAID)


@dataclass(frozen=True, slots=True, repr=False)
class NumberFacts(Facts):
    """The number of the entry that is corrected, withdrawn or undone."""

    number: int = field(metadata=WHOLE)


@dataclass(frozen=True, slots=True, repr=False)
class AutomaticMailFacts(Facts):
    """What kind of machine wrote (`channels.email.mime.automatic`), what was pressed in a calendar, and whose mail it is."""

    kind: str
    calendar: str | None = None
    starts: datetime | None = field(default=None, metadata=AS_SAID)
    person: PersonId | None = field(default=None, metadata=ID)


@dataclass(frozen=True, slots=True, repr=False)
class FailedMailFacts(Facts):
    """Of which entry a mail did not arrive: the relay's code, or the cause a report names, in plain words."""

    number: int = field(metadata=WHOLE)
    cause: str | None = None
    code: int | None = field(default=None, metadata=WHOLE)


@dataclass(frozen=True, slots=True, repr=False)
class SettledFacts(Facts):
    """When the wait began that needs no answer."""

    since: datetime | None = field(default=None, metadata=IN_UTC)


@dataclass(frozen=True, slots=True, repr=False)
class PromiseFacts(Facts):
    """The time that passed."""

    promised: datetime = field(metadata=ZULU)


@dataclass(frozen=True, slots=True, repr=False)
class OfPerson(Facts):
    """Of whatever is about one person."""

    person: PersonId = field(metadata=ID)


@dataclass(frozen=True, slots=True, repr=False)
class ReadsFromStartFacts(OfPerson):
    """Who reads from the first word now."""


@dataclass(frozen=True, slots=True, repr=False)
class HandedOverFacts(OfPerson):
    """Who answers from now on, and in whose place."""

    former: PersonId = field(metadata=ID)


@dataclass(frozen=True, slots=True, repr=False)
class OfNamed(OfPerson):
    """Of somebody who may be in no circle of it, and so is named, and why."""

    name: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class CareFacts(OfNamed):
    """Who ended care, or began it again."""


@dataclass(frozen=True, slots=True, repr=False)
class AgreementFacts(OfPerson):
    """Who agreed to which version of which text, or took it back. `digest`: of that text (`agreements.documents`)."""

    document: UUID = field(metadata=ID)
    version: int = field(metadata=WHOLE)
    title: str
    digest: str


@dataclass(frozen=True, slots=True, repr=False)
class AwaitedFacts(OfPerson):
    """Who has still to agree."""


@dataclass(frozen=True, slots=True, repr=False)
class IdentityFacts(OfNamed):
    """Who opened a sealed identity, and why."""


@dataclass(frozen=True, slots=True, repr=False)
class AwayFacts(OfPerson):
    """Who is away, from which day on; and by when what waits is answered then."""

    first: date = field(metadata=DAY)
    promised: datetime | None = field(default=None, metadata=ZULU)


@dataclass(frozen=True, slots=True, repr=False)
class CoverFacts(OfPerson):
    """Who stands in, for whom, and what for (`conversations.CoverScope`). Of an end: by when what waits is answered then.

    `name`: theirs, for they are in the circle for a time only.
    """

    name: str
    absent: PersonId = field(metadata=ID)
    scope: str
    promised: datetime | None = field(default=None, metadata=ZULU)


def session_of(facts: Facts) -> SessionId | None:
    """The session it is about."""
    return facts.session if isinstance(facts, OfSession) else None


def person_of(facts: Facts) -> PersonId | None:
    """The person it is about, where it names one."""
    match facts:
        case OfPerson() | AppointmentFacts() | CheckInFacts() | BreakFacts() | AutomaticMailFacts():
            return facts.person
        case _:
            return None


def letter_facts(facts: Facts) -> LetterFacts:
    """A letter's; one by web has none."""
    return facts if isinstance(facts, LetterFacts) else LetterFacts()


def beside(facts: Facts) -> tuple[tuple[str, str], ...]:
    """What another program wrote there, by name: read by nobody, and shown to who is handed everything."""
    return tuple(facts.rest.items())


def as_texts(facts: Facts) -> dict[str, str]:
    """As they are kept, and told."""
    texts: dict[str, str] = {}
    for one in _own(facts):
        value = getattr(facts, one.name)
        if value != one.default:
            texts[one.name] = one.metadata.get("write", str)(value)
    return texts | dict(facts.rest)


def read_facts(kind: type[Facts], texts: Mapping[str, str]) -> Facts:
    """The inverse of `as_texts`. Whatever this program would have written otherwise stays in `rest` as well.

    Where something that a `kind` must have is missing, or in no form of ours, all of it is another program's.
    """
    known: dict[str, Any] = {}
    rest = dict(texts)
    for one in _own(kind):
        if one.name not in texts:
            continue
        try:
            value = one.metadata.get("read", str)(texts[one.name])
            alike = value != one.default and one.metadata.get("write", str)(value) == texts[one.name]
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        known[one.name] = value
        if alike:
            del rest[one.name]
    if any(one.default is MISSING and one.name not in known for one in _own(kind)):
        return Facts(rest=dict(texts))
    return kind(**known, rest=rest)


def _own(kind: Facts | type[Facts]) -> "list[Field[Any]]":
    return [one for one in fields(kind) if one.name != "rest"]
