"""What entries say of what was given, of what came back, and of the plan; kept and told as all facts are."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from messaging.fact_forms import DAY, ID, WHOLE, form
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
    version: int | None = field(default=None, metadata=WHOLE)
    """Of a form of the practice's own: the one that was answered; its questions and answers are the entry's words."""
    form: tuple[tuple[str, ...], ...] = field(default=(), metadata=TEXTS)
    """Its answers (`forms.answers.kept`)."""


@dataclass(frozen=True, slots=True, repr=False)
class PlanFacts(Facts):
    """A version of the plan for hard hours, whole: each part's name and words, each remark's part, author and words."""

    version: int = field(metadata=WHOLE)
    parts: tuple[tuple[str, ...], ...] = field(default=(), metadata=TEXTS)
    remarks: tuple[tuple[str, ...], ...] = field(default=(), metadata=TEXTS)
