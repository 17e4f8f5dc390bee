"""A form of the practice's own, as its client answers it: all questions on one page, by a plain form."""

from collections.abc import Mapping
from typing import assert_never

from messaging.assignments.assignment import Assignment, AssignmentKind
from messaging.conversations import Circle
from messaging.errors import NotFound
from messaging.forms.form import Form, Question, QuestionKind
from messaging.forms.writing import OwnForm, form_named
from messaging.ids import parse_uuid
from web.pages.client.given_view import AskedQuestion, Filling, FormOption
from web.pages.parts.asking import Visit
from web.pages.parts.showing import fresh_key, readers_for_client, signed_in


async def asked_form(visit: Visit, one: Assignment) -> OwnForm | None:
    """The version that is asked now; None of what is no form. Raises NotFound where it cannot be opened, Busy."""
    if one.kind is not AssignmentKind.FORM:
        return None
    found = await form_named(visit.office, visit.person.practice, parse_uuid(one.what))
    if found is None or found.form is None:
        raise NotFound
    return found


def answers_in(form: Form, fields: Mapping[str, str]) -> dict[str, object]:
    """What was entered, by question; what is left open is not there."""
    found = {one.id: _entered(one, f"q{place}", fields) for place, one in enumerate(form.questions, 1)}
    return {name: answer for name, answer in found.items() if answer not in (None, "", [])}


def filling(
    visit: Visit,
    circle: Circle,
    action: str,
    asked: tuple[OwnForm, Form],
    fields: Mapping[str, str] | None = None,
    mistake: str = "",
) -> Filling:
    """The page; with what was entered, where it comes back."""
    own, form = asked
    entered = fields or {}
    return Filling(
        signed_in=signed_in(visit),
        here=visit.here,
        action=action,
        key=fresh_key(),
        title=form.title,
        version=own.version,
        questions=tuple(_asked(one, f"q{place}", entered) for place, one in enumerate(form.questions, 1)),
        readers=readers_for_client(circle, visit.person.id),
        mistake=mistake,
    )


def _entered(one: Question, name: str, fields: Mapping[str, str]) -> object:
    raw = fields.get(name, "")
    match one.kind:
        case QuestionKind.CHOICE if one.several:
            return [option for place, option in enumerate(one.options) if f"{name}.{place}" in fields]
        case QuestionKind.SCALE:
            return next((step for step in range(one.first, one.last + 1) if str(step) == raw), raw)
        case QuestionKind.CONSENT:
            return {"yes": True, "no": False}.get(raw)
        case QuestionKind.TEXT | QuestionKind.DATE | QuestionKind.CHOICE:
            return raw
        case _:
            assert_never(one.kind)


def _asked(one: Question, name: str, fields: Mapping[str, str]) -> AskedQuestion:
    raw = fields.get(name, "")
    options: tuple[FormOption, ...] = ()
    if one.kind is QuestionKind.CHOICE and one.several:
        named = enumerate(one.options)
        options = tuple(FormOption(f"{name}.{n}", "on", text, f"{name}.{n}" in fields) for n, text in named)
    elif one.kind is QuestionKind.CHOICE:
        options = tuple(FormOption(name, text, text, raw == text) for text in one.options)
    elif one.kind is QuestionKind.SCALE:
        steps = [str(step) for step in range(one.first, one.last + 1)]
        options = tuple(FormOption(name, step, step, raw == step) for step in steps)
    return AskedQuestion(
        name=name,
        kind=one.kind.value,
        text=one.text,
        several=one.several,
        optional=one.optional,
        options=options,
        entered=raw,
    )
