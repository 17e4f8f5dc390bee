"""What is proposed to those in care about writing, and what kind an answer was; both on the page of what was agreed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from messaging.agreements.exchange import Terms, checked_terms
from messaging.agreements.proposing import checked_kind, propose, say_kind
from messaging.conversations import AnswerRule
from messaging.errors import Conflict, Malformed
from messaging.trust.access import Deed
from web.http.refusals import status_of
from web.pages.parts.answer_rule import answer_fields, answer_rule
from web.pages.parts.asking import clinician_visit, conversation_of, form_of, go, key_of, number_in, page
from web.pages.staff.agreed import fields_typed, view_of


async def put(request: Request) -> Response:
    """POST /c/{conversation}/exchange `way, days, by, words, exchanges, goes_on`: nothing changes before the yes."""
    visit = await clinician_visit(request)
    fields, conversation = await form_of(request), conversation_of(request)
    key = key_of(fields)
    held, circle = await visit.enter(conversation, Deed.ASSIGN)
    try:
        await propose(visit.office, held, circle, key, _terms(fields))
    except (Malformed, Conflict) as refusal:
        view = replace(await view_of(visit, conversation), typed=fields_typed(fields), mistake=refusal.detail)
        return page(request, "staff/agreements.html", view, status_of(refusal))
    return go(f"/c/{conversation}/agreements?done=proposed")


async def kind(request: Request) -> Response:
    """POST /c/{conversation}/exchange/kind `number, kind`"""
    visit = await clinician_visit(request)
    fields, conversation = await form_of(request), conversation_of(request)
    key_of(fields)
    held, _ = await visit.enter(conversation, Deed.ASSIGN)
    number = number_in(fields.get("number"), 0)
    await say_kind(visit.office, held, number, checked_kind(fields.get("kind")))
    return go(f"/c/{conversation}/agreements#answers")


def _terms(fields: Mapping[str, str]) -> Terms:
    said: dict[str, Any] = {name: _whole(fields.get(name, "")) for name in ("words", "exchanges")}
    said["goes_on"] = "goes_on" in fields
    return replace(checked_terms(said, AnswerRule()), answers=answer_rule(answer_fields(fields)))


def _whole(typed: str) -> int | None:
    """0, which is refused with its bounds, for what is no number."""
    typed = typed.strip()
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else 0


ROUTES: Final = [
    Route("/c/{conversation}/exchange", put, methods=["POST"]),
    Route("/c/{conversation}/exchange/kind", kind, methods=["POST"]),
]
