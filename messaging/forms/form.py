"""A form of the practice's own, checked: whole, plain and free of contradictions, or refused in a line that says where."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from messaging.errors import Malformed, TooLong
from messaging.messages import checked_text

TITLE: Final = 200
QUESTIONS: Final = 60
"""Of one form: twice as many as anybody answers in one sitting."""
WORDS: Final = 2_000
"""Characters of a question."""
OPTIONS: Final = 30
OPTION: Final = 200
WIDEST: Final = 100
"""Steps of a scale."""
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_MARKUP: Final = re.compile(r"<\s*[/!?]?\s*[A-Za-z]")


class QuestionKind(StrEnum):
    """How it is answered."""

    TEXT = "text"
    CHOICE = "choice"
    SCALE = "scale"
    DATE = "date"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `several`: of a choice more than one may be chosen. `first` and `last`: the ends of a scale, within."""

    id: str
    kind: QuestionKind
    text: str = field(repr=False)
    optional: bool = False
    options: tuple[str, ...] = field(default=(), repr=False)
    several: bool = False
    first: int = 0
    last: int = 0

    @property
    def digest(self) -> str:
        """SHA-256 of its text in UTF-8, in hexadecimal: what somebody consented to can be shown to be this."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def said(self) -> dict[str, Any]:
        """As it is handed in, and told; what stands at its default is left out."""
        told: dict[str, Any] = {"id": self.id, "kind": self.kind.value, "text": self.text}
        if self.kind is QuestionKind.CHOICE:
            told |= {"options": list(self.options), "several": self.several}
        if self.kind is QuestionKind.SCALE:
            told |= {"from": self.first, "to": self.last}
        return told | ({"optional": True} if self.optional else {})


@dataclass(frozen=True, slots=True)
class Form:
    """A version's words."""

    title: str = field(repr=False)
    questions: tuple[Question, ...] = field(repr=False)

    def encoded(self) -> bytes:
        """As it is sealed."""
        kept = {"t": self.title, "q": [one.said() for one in self.questions]}
        return json.dumps(kept, ensure_ascii=False).encode()

    @classmethod
    def decoded(cls, plain: bytes) -> "Form":
        """The same, opened."""
        kept = json.loads(plain)
        return cls(kept["t"], tuple(_question(one, place) for place, one in enumerate(kept["q"], 1)))


def checked_form(title: object, questions: object) -> Form:
    """A form as somebody hands it in. Raises Malformed, TooLong, naming the question."""
    if not isinstance(questions, Sequence) or isinstance(questions, str | bytes) or not questions:
        raise Malformed("A form has questions: `questions` is a list of at least one.")
    if len(questions) > QUESTIONS:
        raise Malformed(f"A form has at most {QUESTIONS} questions.")
    made = tuple(_question(one, place) for place, one in enumerate(questions, 1))
    names = [one.id for one in made]
    twice = next((one for place, one in enumerate(names) if one in names[:place]), None)
    if twice is not None:
        raise Malformed(f"Two questions have the id {twice}. Each needs one of its own.")
    return Form(_plain(title, TITLE, "The title").strip(), made)


def _question(raw: object, place: int) -> Question:
    where = f"Question {place}"
    if not isinstance(raw, Mapping):
        raise Malformed(f"{where} is an object with `id`, `kind` and `text`.")
    unknown = sorted(str(one)[:40] for one in raw.keys() - _FIELDS)
    if unknown:
        raise Malformed(f"{where} has fields that are not known: {', '.join(unknown[:5])}.")
    name = raw.get("id")
    if not isinstance(name, str) or NAME.fullmatch(name) is None:
        raise Malformed(
            f"{where} needs an `id` of at most 40 letters, digits, dots, hyphens and underscores."
        )
    try:
        kind = QuestionKind(str(raw.get("kind")))
    except ValueError:
        raise Malformed(f"{where}: `kind` is one of {', '.join(QuestionKind)}.") from None
    first, last = _scale(raw, where) if kind is QuestionKind.SCALE else (0, 0)
    return Question(
        id=name,
        kind=kind,
        text=_plain(raw.get("text"), WORDS, where).strip(),
        optional=_flag(raw, "optional", where),
        options=_options(raw.get("options"), where) if kind is QuestionKind.CHOICE else (),
        several=_flag(raw, "several", where) and kind is QuestionKind.CHOICE,
        first=first,
        last=last,
    )


_FIELDS: Final = frozenset({"id", "kind", "text", "optional", "options", "several", "from", "to"})


def _plain(raw: object, limit: int, where: str) -> str:
    """Words as they are shown. A tag would be shown as it stands, which nobody who writes one means."""
    try:
        text = checked_text(raw, limit)
    except TooLong:
        raise TooLong(f"{where} has more than {limit} characters.") from None
    except Malformed as refusal:
        raise Malformed(f"{where}: {refusal.detail}") from None
    if _MARKUP.search(text):
        raise Malformed(f"{where}: please write plain text. Markup is not understood here.")
    return text


def _flag(raw: Mapping[str, object], name: str, where: str) -> bool:
    found = raw.get(name, False)
    if not isinstance(found, bool):
        raise Malformed(f"{where}: `{name}` is true or false.")
    return found


def _options(raw: object, where: str) -> tuple[str, ...]:
    if not isinstance(raw, Sequence) or isinstance(raw, str | bytes) or not 2 <= len(raw) <= OPTIONS:
        raise Malformed(f"{where}: `options` is a list of 2 to {OPTIONS} answers to choose from.")
    made = tuple(_plain(one, OPTION, where).strip() for one in raw)
    if len(set(made)) < len(made):
        raise Malformed(f"{where}: two of its options are the same.")
    return made


def _scale(raw: Mapping[str, object], where: str) -> tuple[int, int]:
    first, last = raw.get("from"), raw.get("to")
    if type(first) is not int or type(last) is not int or not 1 <= last - first <= WIDEST:
        raise Malformed(
            f"{where}: a scale goes `from` a whole number `to` a greater one, in at most {WIDEST} steps."
        )
    if abs(first) > 1_000:
        raise Malformed(f"{where}: a scale begins between -1000 and 1000.")
    return first, last
