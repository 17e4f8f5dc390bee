"""Answers checked against the version of a form they answer, how they are kept, and how they read in the record."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Final, assert_never

from messaging.errors import Malformed, TooLong
from messaging.forms.form import Form, Question, QuestionKind
from messaging.messages import checked_text

ANSWER: Final = 4_000
"""Characters of an answer in words."""
Answer = str | int | bool | tuple[str, ...]
"""Of a text and a date the words; of a scale the number; of a consent yes or no; of a choice what was chosen."""


def checked_answers(form: Form, raw: object) -> dict[str, Answer]:
    """By question, in the form's order. Raises Malformed, TooLong naming questions, never what was answered."""
    if not isinstance(raw, Mapping):
        raise Malformed("`answers` is an object: the id of each question with its answer.")
    known = {one.id for one in form.questions}
    unknown = sorted(str(name)[:40] for name in raw.keys() - known)
    if unknown:
        raise Malformed(f"Not a question of this form: {', '.join(map(repr, unknown[:5]))}.")
    found = {one.id: checked_answer(one, raw[one.id]) for one in form.questions if one.id in raw}
    made = {name: answer for name, answer in found.items() if answer is not None}
    missing = [one.id for one in form.questions if one.id not in made and not one.optional]
    if missing:
        raise Malformed(f"Not answered yet: question {', '.join(missing)}.")
    return made


def checked_answer(question: Question, raw: object) -> Answer | None:
    """One; None: it is left open. Raises Malformed, TooLong, naming the question."""
    if raw is None or raw in ("", []):
        return None
    match question.kind:
        case QuestionKind.TEXT:
            return _words(question, raw)
        case QuestionKind.CHOICE:
            return _chosen(question, raw)
        case QuestionKind.SCALE:
            if type(raw) is int and question.first <= raw <= question.last:
                return raw
            raise Malformed(
                f"Question {question.id} takes whole numbers from {question.first} to {question.last}."
            )
        case QuestionKind.DATE:
            return _day(question, raw)
        case QuestionKind.CONSENT:
            if isinstance(raw, bool):
                return raw
            raise Malformed(f"Question {question.id} is answered with true or false.")
        case _:
            assert_never(question.kind)


def kept(form: Form, answers: Mapping[str, Answer]) -> tuple[tuple[str, ...], ...]:
    """For the entry: each question's id and answer, as JSON; of a consent the hash of the text, too."""
    rows = ((one, answers[one.id]) for one in form.questions if one.id in answers)
    return tuple(
        (one.id, json.dumps(answer, ensure_ascii=False))
        + ((one.digest,) if one.kind is QuestionKind.CONSENT else ())
        for one, answer in rows
    )


def in_words(form: Form, answers: Mapping[str, Answer]) -> str:
    """The questions with their answers, as the record keeps them for whoever reads it without this program."""
    return "\n\n".join(f"{one.text}\n{_read(answers[one.id])}" for one in form.questions if one.id in answers)


def _read(answer: Answer) -> str:
    if isinstance(answer, bool):
        return "[x]" if answer else "[ ]"
    return "\n".join(f"- {one}" for one in answer) if isinstance(answer, tuple) else str(answer)


def _words(question: Question, raw: object) -> str | None:
    if isinstance(raw, str) and not raw.strip():
        return None
    try:
        return checked_text(raw, ANSWER)
    except TooLong:
        raise TooLong(f"The answer to question {question.id} has more than {ANSWER} characters.") from None
    except Malformed as refusal:
        raise Malformed(f"Question {question.id}: {refusal.detail}") from None


def _chosen(question: Question, raw: object) -> str | tuple[str, ...]:
    if not question.several:
        if isinstance(raw, str) and raw in question.options:
            return raw
        raise Malformed(f"Question {question.id} takes one of its options.")
    chosen = [one for one in raw if isinstance(one, str)] if isinstance(raw, list | tuple) else []
    if isinstance(raw, list | tuple) and len(chosen) == len(raw) and set(chosen) <= set(question.options):
        return tuple(one for one in question.options if one in chosen)
    raise Malformed(f"Question {question.id} takes a list of its options.")


def _day(question: Question, raw: object) -> str:
    try:
        return date.fromisoformat(raw if isinstance(raw, str) and len(raw) == 10 else "").isoformat()
    except ValueError:
        raise Malformed(f"Question {question.id} takes a day, written like 2026-12-07.") from None
