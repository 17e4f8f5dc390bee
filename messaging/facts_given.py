"""What entries say of what was given and came back, of the plan and of the exchange contract; kept and told as all are."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from messaging.fact_forms import DAY, ID, WHOLE, YES, form
from messaging.facts import Facts

VALUES: Final = form(
    lambda text: tuple(
        (name, int(value)) for name, _, value in (one.rpartition("=") for one in text.splitlines())
    ),
    lambda held: "\n".join(f"{name}={value}" for name, value in held),
)
TEXTS: Final = form(
    lambda text: tuple(tuple(map(str, one)) for one in json.loads(text)),
    lambda held: json.dumps(held, ensure_ascii=False, separators=(",", ":")),
)


@dataclass(frozen=True, slots=True, repr=False)
class AssignedFacts(Facts):
    """What was given to answer or to do (`assignments.giving`): of which kind, which one, how often, until when, and why."""

    kind: str
    what: str | None = None
    """A measure's name; of a task the words say it."""
    every: str | None = None
    due: date | None = field(default=None, metadata=DAY)
    why: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class OfAssignment(Facts):
    """Of whatever is about one thing that was given."""

    assignment: UUID = field(metadata=ID)


@dataclass(frozen=True, slots=True, repr=False)
class NotAskedFacts(OfAssignment):
    """What is asked no more."""


@dataclass(frozen=True, slots=True, repr=False)
class AnsweredFacts(OfAssignment):
    """What came back: of a measure its answers by item, and what they amounted to when they came; of a task how it went."""

    what: str | None = None
    answers: tuple[tuple[str, int], ...] = field(default=(), metadata=VALUES)
    score: int | None = field(default=None, metadata=WHOLE)
    band: str | None = None
    alerts: tuple[tuple[str, int], ...] = field(default=(), metadata=VALUES)
    state: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class PlanFacts(Facts):
    """A version of the plan for hard hours, whole: each part's name and words, each remark's part, author and words."""

    version: int = field(metadata=WHOLE)
    parts: tuple[tuple[str, ...], ...] = field(default=(), metadata=TEXTS)
    remarks: tuple[tuple[str, ...], ...] = field(default=(), metadata=TEXTS)


@dataclass(frozen=True, slots=True, repr=False)
class OfEnding(Facts):
    """Of a planned end of care (`ending.planning`): its last day."""

    day: date = field(metadata=DAY)


@dataclass(frozen=True, slots=True, repr=False)
class EndingFacts(OfEnding):
    """How care is to end: by itself or not, what remains until then, until when one may write again, where else to turn."""

    by_itself: bool = field(metadata=YES)
    letters: int | None = field(default=None, metadata=WHOLE)
    sessions: int | None = field(default=None, metadata=WHOLE)
    write_until: date | None = field(default=None, metadata=DAY)
    elsewhere: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class NotEndingFacts(OfEnding):
    """It does not end as it was planned."""


@dataclass(frozen=True, slots=True, repr=False)
class ContractProposedFacts(Facts):
    """An exchange contract as proposed, whole: when letters are answered, about how many words, how many exchanges.

    `counted_from`: after which entry answers are counted; without it, after the agreement.
    """

    by: str
    weekday: str | None = None
    working_days: int | None = field(default=None, metadata=WHOLE)
    words: int | None = field(default=None, metadata=WHOLE)
    exchanges: int | None = field(default=None, metadata=WHOLE)
    counted_from: int | None = field(default=None, metadata=WHOLE)


@dataclass(frozen=True, slots=True, repr=False)
class ContractAgreedFacts(Facts):
    """A yes to what was proposed; `whole`: everybody in care has said it, and it holds."""

    proposal: UUID = field(metadata=ID)
    whole: bool = field(default=False, metadata=YES)


@dataclass(frozen=True, slots=True, repr=False)
class ReplyKindFacts(Facts):
    """What the letter of this number is (`memory.exchanges.ReplyKind`)."""

    number: int = field(metadata=WHOLE)
    kind: str
