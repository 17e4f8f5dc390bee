"""Who writes with whom, as whoever answers for them arranges it: several begun together, joining, leaving, answer days."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.conversations import Circle, Kind, Member
from messaging.errors import Conflict, LastOfCircle, Malformed, NotFound, RefReused
from messaging.ids import ConversationId, PersonId, parse_uuid
from messaging.leaving.answer_rules import MOST_DAYS
from messaging.people import Role
from messaging.practice.circles import (
    Begins,
    NewCircle,
    answer_by,
    arranged,
    ask_for_start,
    ask_no_more,
    begin_circle,
    join_circle,
    leave_circle,
    may_begin_with,
    may_join,
)
from messaging.practice.from_start import LASTS, stands
from messaging.practice.taking_on import carers
from web.http.refusals import status_of
from web.pages.charge import back, base, by_administrator, charge_bar, charge_visit
from web.pages.gone import gone_conversation
from web.pages.parts.answer_rule import answer_fields, answer_rule, fields_of
from web.pages.parts.asking import Visit, conversation_of, form_of, go, key_of, page
from web.pages.parts.circles_view import AnswerFields, Asked, CirclePage, MemberRow, Picked, TogetherPage
from web.pages.parts.showing import fresh_key, signed_in
from web.pages.parts.stages import standing_of
from web.pages.parts.views import Named

SEVERAL: Final = tuple(kind for kind in Kind if kind is not Kind.INDIVIDUAL)
PICKED: Final = "client-"
FEW: Final = "Please choose at least two who are in care together; a couple is two."
BEGUN_BEFORE: Final = "A conversation was begun from this page already. Please begin on a new page."
NOBODY: Final = "Please choose who writes with them."
WHO: Final = "Please choose who joins, and say that the others know it."


async def choosing(request: Request) -> Response:
    """GET …/together"""
    visit = await charge_visit(request)
    return await _together(request, visit, Picked(frozenset({request.query_params.get("with", "")})))


async def begin(request: Request) -> Response:
    """POST the same: a couple, a family or a group has a conversation of its own. Twice is once."""
    visit = await charge_visit(request)
    fields = await form_of(request)
    key = key_of(fields)
    chosen = frozenset(name.removeprefix(PICKED) for name in fields if name.startswith(PICKED))
    picked = Picked(chosen, fields.get("kind", ""), fields.get("clinician", ""))
    if mistake := _mistake(picked, by_administrator=by_administrator(request)):
        return await _together(request, visit, picked, mistake, str(key))
    cares = _person(picked.clinician) if by_administrator(request) else visit.person.id
    members = tuple(_person(one) for one in sorted(chosen))
    try:
        circle, _ = await begin_circle(
            visit.office, visit.person, NewCircle(Kind(picked.kind), members, (cares,), f"page/{key}")
        )
    except RefReused:
        return await _together(request, visit, picked, BEGUN_BEFORE)
    return go(f"{base(request)}/circles/{circle.conversation.id}?done=begun")


def _mistake(picked: Picked, *, by_administrator: bool) -> str:
    two = len(picked.clients) == 2 or (len(picked.clients) > 2 and picked.kind != Kind.COUPLE)
    if picked.kind not in SEVERAL or not two:
        return FEW
    return NOBODY if by_administrator and parse_uuid(picked.clinician) is None else ""


async def show(request: Request) -> Response:
    """GET …/circles/{conversation}"""
    visit = await charge_visit(request)
    named = conversation_of(request)
    try:
        circle = await arranged(visit.office, visit.person, named)
    except NotFound:
        return await gone_conversation(request, visit, named)
    shown = await _shown(request, visit, circle)
    return page(request, "parts/circle.html", replace(shown, done=request.query_params.get("done", "")))


async def join(request: Request) -> Response:
    """POST …/circles/{conversation}/join: from now on; with `from=start` those in care are asked for what was before."""
    visit = await charge_visit(request)
    fields, conversation = await form_of(request), conversation_of(request)
    key_of(fields)
    who = parse_uuid(fields.get("who"))
    if who is None or fields.get("agreed") != "yes":
        return await _once_more(request, visit, conversation, {"join": WHO})
    circle = await arranged(visit.office, visit.person, conversation)
    if who not in {one.id for one in await may_join(visit.office, visit.person, circle)}:
        return go(_place(request, conversation))  # they are in it by now, or were never to be
    await join_circle(
        visit.office,
        visit.person,
        conversation,
        PersonId(who),
        Begins.START if fields.get("from") == "start" else Begins.NOW,
    )
    return go(f"{_place(request, conversation)}?done=joined")


async def ask_start(request: Request) -> Response:
    """POST …/circles/{conversation}/ask `who, withdraw?`: those in care are asked whether somebody may read everything."""
    visit = await charge_visit(request)
    fields, conversation = await form_of(request), conversation_of(request)
    key_of(fields)
    act, what = (ask_no_more, "asked-no-more") if "withdraw" in fields else (ask_for_start, "asked")
    try:
        await act(visit.office, visit.person, conversation, _person(fields.get("who")))
    except Conflict as refusal:
        return await _once_more(
            request, visit, conversation, {"leave": refusal.detail}, status=status_of(refusal)
        )
    return go(f"{_place(request, conversation)}?done={what}")


async def leave(request: Request) -> Response:
    """POST …/circles/{conversation}/leave: they are out within moments. Somebody in care and somebody who cares stay."""
    visit = await charge_visit(request)
    fields, conversation = await form_of(request), conversation_of(request)
    key_of(fields)
    who = _person(fields.get("who"))
    try:
        await leave_circle(visit.office, visit.person, conversation, who)
    except LastOfCircle as refusal:
        return await _once_more(
            request, visit, conversation, {"leave": refusal.detail}, status=status_of(refusal)
        )
    if who == visit.person.id:
        return go(back(request))
    return go(f"{_place(request, conversation)}?done=left")


async def answer(request: Request) -> Response:
    """POST …/circles/{conversation}/answer: when letters are answered here. What waits is promised by it at once."""
    visit = await charge_visit(request)
    fields, conversation = await form_of(request), conversation_of(request)
    key_of(fields)
    typed = answer_fields(fields)
    try:
        await answer_by(visit.office, visit.person, conversation, answer_rule(typed))
    except Malformed as refusal:
        return await _once_more(request, visit, conversation, {"answer": refusal.detail}, typed)
    return go(f"{_place(request, conversation)}?done=answer")


def _person(raw: str | None) -> PersonId:
    """What is no id is not found."""
    found = parse_uuid(raw)
    if found is None:
        raise NotFound
    return PersonId(found)


def _place(request: Request, conversation: ConversationId) -> str:
    return f"{base(request)}/circles/{conversation}"


async def _together(
    request: Request, visit: Visit, picked: Picked, mistake: str = "", key: str = ""
) -> Response:
    """`key`: of a page from which nothing was begun yet, and which is sent again."""
    administers = by_administrator(request)
    clients = await may_begin_with(visit.office, visit.person)
    caring = await carers(visit.office, visit.person) if administers else []
    view = TogetherPage(
        signed_in=signed_in(visit),
        bar=await charge_bar(request, visit),
        here=visit.here,
        key=key or fresh_key(),
        place=request.url.path,
        back=back(request),
        clients=tuple(Named(str(one.id), one.name) for one in clients),
        carers=tuple(Named(str(one.id), one.name) for one in caring),
        picked=picked,
        kinds=tuple(one.value for one in SEVERAL),
        by_administrator=administers,
        mistake=mistake,
    )
    return page(request, "parts/together.html", view, 422 if mistake else 200)


async def _once_more(
    request: Request,
    visit: Visit,
    conversation: ConversationId,
    mistakes: Mapping[str, str],
    typed: AnswerFields | None = None,
    status: int = 422,
) -> Response:
    circle = await arranged(visit.office, visit.person, conversation)
    view = replace(await _shown(request, visit, circle), mistakes=mistakes)
    return page(request, "parts/circle.html", replace(view, answer=typed or view.answer), status)


async def _shown(request: Request, visit: Visit, circle: Circle) -> CirclePage:
    conversation = circle.conversation
    mine = conversation.member(visit.person.id) is not None
    return CirclePage(
        signed_in=signed_in(visit),
        bar=await charge_bar(request, visit),
        here=visit.here,
        key=fresh_key(),
        place=_place(request, conversation.id),
        back=back(request),
        title=circle.title(),
        id=str(conversation.id),
        kind=conversation.kind,
        members=tuple(_members(circle, visit)),
        others=tuple(
            Named(str(one.id), one.name) for one in await may_join(visit.office, visit.person, circle)
        ),
        answer=fields_of(conversation.answer),
        most_days=MOST_DAYS,
        conversation=str(conversation.id) if mine and not by_administrator(request) else "",
        by_administrator=by_administrator(request),
        standing=standing_of(conversation, visit.practice, visit.here.now),
    )


def _members(circle: Circle, visit: Visit) -> list[MemberRow]:
    """Those in care first."""
    now, me = visit.here.now, visit.person.id
    found = [
        MemberRow(
            id=str(one.person),
            name=circle.people[one.person].name,
            role=one.role,
            later=one.first_number > 1,
            is_reader=one.person == me,
            asked=_asked(one, now),
        )
        for one in circle.conversation.members
        if one.person in circle.people
    ]
    return sorted(found, key=lambda one: one.role != Role.CLIENT)


def _asked(one: Member, now: datetime) -> Asked | None:
    """How it stands with reading everything. Never who said what."""
    asked = stands(one, now)
    if asked is None:
        return None
    return Asked(asked.at + LASTS, refused=asked.refused)
