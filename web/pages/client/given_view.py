"""What a client's pages of measures, tasks and the plan are given."""

from dataclasses import dataclass, field
from datetime import date, datetime

from web.pages.parts.views import Here, SignedIn


@dataclass(frozen=True, slots=True)
class GivenLine:
    """Something that was given. `title` is its measure's, or the words of a task."""

    id: str
    kind: str
    title: str = field(repr=False)
    by: str
    asked: bool
    due: date | None = None
    why: str = field(default="", repr=False)
    begun: bool = False
    state: str = ""
    """How a task went, the last time."""
    text: str = field(default="", repr=False)
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GivenList:
    """given.html: what is asked first."""

    signed_in: SignedIn
    here: Here
    lines: tuple[GivenLine, ...] = ()
    has_plan: bool = False
    sent: bool = False
    raised: bool = False
    """What was just sent is read first: the plan and Help now stay in sight."""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers. Its value is told to no reader."""

    value: int
    text: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """question.html: one question of a measure, in its published wording."""

    signed_in: SignedIn
    here: Here
    action: str
    key: str
    language: str
    intro: str
    text: str
    item: str
    choices: tuple[Choice, ...]
    place: int
    total: int
    answered: int
    licence: str
    raised: bool = False
    """They chose what is read first: their plan and Help now are shown at once."""
    has_plan: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """An answer, before it is sent."""

    place: int
    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class Sending:
    """question_send.html: everything answered, once more in sight, and who reads it."""

    signed_in: SignedIn
    here: Here
    action: str
    key: str
    language: str
    title: str
    chosen: tuple[Chosen, ...]
    readers: str
    licence: str
    raised: bool = False
    has_plan: bool = False
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """task.html: what was given to do, and how it went."""

    signed_in: SignedIn
    here: Here
    action: str
    key: str
    line: GivenLine
    text: str = field(default="", repr=False)
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class PlanPart:
    """A part of the plan. `code`: one of ours, by which its head is said; else `name` is the client's own."""

    code: str
    name: str = field(repr=False)
    text: str = field(repr=False)
    remarks: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Who cares, and what they say beside it."""


@dataclass(frozen=True, slots=True)
class PlanPage:
    """plan.html and plan_change.html."""

    signed_in: SignedIn
    here: Here
    action: str
    parts: tuple[PlanPart, ...]
    key: str = ""
    version: int = 0
    at: datetime | None = None
    written: bool = False
    mistake: str = ""


@dataclass(frozen=True, slots=True)
class FormOption:
    """One of the answers to choose from."""

    name: str
    value: str = field(repr=False)
    text: str = field(repr=False)
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One question of a form, with what was entered so far."""

    name: str
    kind: str
    text: str = field(repr=False)
    several: bool
    optional: bool
    options: tuple[FormOption, ...] = ()
    entered: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Filling:
    """form.html: a form of the practice's own."""

    signed_in: SignedIn
    here: Here
    action: str
    key: str
    title: str = field(repr=False)
    version: int
    questions: tuple[AskedQuestion, ...]
    readers: str
    mistake: str = ""
