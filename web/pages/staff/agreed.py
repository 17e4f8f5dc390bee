"""What was agreed with a client: when their letters are answered, changed where it stands in the file, and in writing."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from messaging.agreements.accepting import Standing, agreements_of
from messaging.agreements.exchange import Exchange, Terms, exchange_of
from messaging.conversations import Circle
from messaging.errors import Conflict, Malformed, Refusal
from messaging.ids import ConversationId
from messaging.leaving.answer_rules import MOST_DAYS
from messaging.people import Person
from messaging.practice.circles import answer_by
from messaging.trust.access import Deed, may
from web.http.refusals import status_of
from web.pages.account import bar_of
from web.pages.parts.answer_rule import answer_fields, answer_rule, fields_of
from web.pages.parts.asking import Visit, clinician_visit, conversation_of, form_of, go, key_of, page
from web.pages.parts.circles_view import AnswerFields
from web.pages.parts.exchange_view import exchange_card
from web.pages.parts.markdown import as_html
from web.pages.parts.showing import fresh_key, signed_in
from web.pages.staff.agreements_view import Agreements, OfOne, ReplyRow, TermFields, Text
from web.pages.staff.conversation import as_left, having
from web.pages.staff.file_view import File
from web.pages.staff.views import Inbox

SHOWN: Final = 30
"""Answers whose kind is said on the page: the latest."""


async def answer(request: Request) -> Response:
    """POST /c/{conversation}/answer-rule `way, days, by`. What waits is promised by it at once."""
    visit = await clinician_visit(request)
    fields, conversation = await form_of(request), conversation_of(request)
    key_of(fields)
    typed = answer_fields(fields)
    try:
        await answer_by(visit.office, visit.person, conversation, answer_rule(typed))
    except (Malformed, Conflict) as refusal:
        held, circle = await visit.enter(conversation, Deed.READ)
        view = await as_left(request, visit, held, circle)
        return page(request, "staff/conversation.html", _mistaken(view, typed, refusal), status_of(refusal))
    return go(f"/c/{conversation}#file")


def _mistaken(view: Inbox, typed: AnswerFields, refusal: Refusal) -> Inbox:
    file = view.open.file if view.open else None
    if not isinstance(file, File):
        return view
    return having(view, file=replace(file, answer=typed, mistake=refusal.detail))


async def show(request: Request) -> Response:
    """GET /c/{conversation}/agreements"""
    visit = await clinician_visit(request)
    view = await view_of(visit, conversation_of(request))
    view = replace(view, done=request.query_params.get("done", ""))
    return page(request, "staff/agreements.html", view)


async def view_of(visit: Visit, conversation: ConversationId) -> Agreements:
    """What was agreed there, in writing and about writing."""
    held, circle = await visit.enter(conversation, Deed.READ)
    standing = await agreements_of(visit.office, held)
    stands = await exchange_of(visit.office, held)
    return Agreements(
        signed_in=signed_in(visit),
        bar=await bar_of(visit),
        here=visit.here,
        conversation_id=str(held.conversation),
        name=circle.title(),
        texts=tuple([await _text(visit, one, circle) for one in standing]),
        card=exchange_card(stands, circle, circle.title(), held.person),
        replies=_replies(stands),
        may_propose=may(visit.person, circle.conversation, Deed.ASSIGN) and not held.ended,
        typed=_as_it_stands(stands, circle),
        most_days=MOST_DAYS,
        key=fresh_key(),
    )


def _replies(stands: Exchange) -> tuple[ReplyRow, ...]:
    """The newest first, each of the work itself with its place among them."""
    places = {one.number: place for place, one in enumerate(stands.counted, start=1)}
    return tuple(
        ReplyRow(one.number, one.at, one.kind.value, places.get(one.number, 0))
        for one in reversed(stands.replies[-SHOWN:])
    )


def _as_it_stands(stands: Exchange, circle: Circle) -> TermFields:
    """What the form of a proposal begins with: what was proposed or agreed last."""
    last = stands.proposed or stands.agreed
    terms = last.terms if last else Terms(circle.conversation.answer)
    return TermFields(
        answer=fields_of(terms.answers),
        words=str(terms.words or ""),
        exchanges=str(terms.exchanges or ""),
        goes_on=terms.goes_on,
    )


def fields_typed(fields: Mapping[str, str]) -> TermFields:
    """As it was typed."""
    return TermFields(
        answer_fields(fields), fields.get("words", ""), fields.get("exchanges", ""), "goes_on" in fields
    )


async def _text(visit: Visit, one: Standing, circle: Circle) -> Text:
    return Text(
        title=one.version.title,
        way=one.document.way,
        language=one.document.language,
        version=one.version.number,
        binds_from=one.version.binds_from,
        ended=one.document.ended_at is not None,
        html=await visit.aside(as_html, one.version.text, 2),
        people=tuple(_of(one, person) for person in circle.clients),
    )


def _of(one: Standing, person: Person) -> OfOne:
    last = one.of(person.id) or next((o for o in reversed(one.agreed) if o.person == person.id), None)
    return OfOne(
        called=person.name,
        needed=one.is_needed(person.id),
        version=last.version if last else 0,
        name=last.name if last else "",
        at=last.at if last else None,
        withdrawn_at=last.withdrawn_at if last else None,
    )


ROUTES: Final = [
    Route("/c/{conversation}/agreements", show),
    Route("/c/{conversation}/answer-rule", answer, methods=["POST"]),
]
