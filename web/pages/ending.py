"""Care that ends, for whoever answers for it: what ends with it is named first; beginning again is one button."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from messaging.ending.care import REASON, Ending, WhatEnds, begin_care_again, end_care, what_ends
from messaging.errors import LettersWait, Malformed, SessionLive
from web.http.refusals import status_of
from web.pages.charge import base, by_administrator, charge_bar, charge_visit
from web.pages.parts.asking import Visit, conversation_of, form_of, go, key_of, page
from web.pages.parts.circles_view import EndingPage, PlannedRow
from web.pages.parts.showing import fresh_key, signed_in


async def ask(request: Request) -> Response:
    """GET …/circles/{conversation}/end"""
    visit = await charge_visit(request)
    ends = await what_ends(visit.office, visit.person, conversation_of(request))
    if ends.circle.conversation.ended_at is not None:
        return go(f"{_place(request)}#care")
    return page(request, "parts/ending.html", await _shown(request, visit, ends))


async def end(request: Request) -> Response:
    """POST the same `reason?, knowingly?`: from this moment. Twice is once."""
    visit = await charge_visit(request)
    fields, conversation = await form_of(request), conversation_of(request)
    key_of(fields)
    ending = Ending(fields.get("reason", ""), knowingly=fields.get("knowingly") == "yes")
    try:
        await end_care(visit.office, visit.person, conversation, ending)
    except (LettersWait, SessionLive, Malformed) as refusal:
        ends = await what_ends(visit.office, visit.person, conversation)
        view = replace(await _shown(request, visit, ends), reason=ending.reason, mistake=refusal.detail)
        return page(request, "parts/ending.html", view, status_of(refusal))
    return go(f"{_place(request)}?done=ended")


async def begin_again(request: Request) -> Response:
    """POST …/circles/{conversation}/begin-again. Twice is once."""
    visit = await charge_visit(request)
    key_of(await form_of(request))
    await begin_care_again(visit.office, visit.person, conversation_of(request))
    return go(f"{_place(request)}?done=begun-again")


def _place(request: Request) -> str:
    return f"{base(request)}/circles/{conversation_of(request)}"


async def _shown(request: Request, visit: Visit, ends: WhatEnds) -> EndingPage:
    circle, ahead = ends.circle, ends.ahead
    conversation, people = circle.conversation, circle.people
    mine = conversation.member(visit.person.id) is not None and not by_administrator(request)
    return EndingPage(
        signed_in=signed_in(visit),
        bar=await charge_bar(request, visit),
        here=visit.here,
        key=fresh_key(),
        place=_place(request),
        title=circle.title(),
        sessions=tuple(one.starts for one in ahead.sessions),
        waiting=ahead.waiting,
        held=ends.held,
        planned=tuple(
            PlannedRow(people[one.author].name if one.author in people else "", one.at)
            for one in ahead.planned
        ),
        live=conversation.live is not None,
        conversation=str(conversation.id) if mine else "",
        by_administrator=by_administrator(request),
        most=REASON,
    )
