"""Away, and standing in: one's own absence, what colleagues ask, and saying it of somebody who cannot."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from messaging.absence.declaring import (
    end_absence,
    say_absence,
    today,
)
from messaging.absence.offering import answer_offer, hand_back
from messaging.absence.shown import (
    Absent,
    asked_of,
    may_be_said_of,
    may_stand_in,
    own_absence,
)
from messaging.conversations import CoverScope
from messaging.errors import Conflict, Malformed, NotFound
from messaging.ids import parse_uuid
from messaging.memory.absence import Offer
from web.http.refusals import status_of
from web.pages.parts.absence_fields import Fields, fields_in, noon, said_of, wanted_in
from web.pages.parts.asking import Visit, clinician_visit, form_of, go, key_of, page
from web.pages.parts.showing import counted_bar, fresh_key, signed_in
from web.pages.parts.views import Named
from web.pages.staff.cover_view import CoverPage, ForColleague, Own, Row

DONE = frozenset({"said", "back", "yes", "no", "handed", "sudden"})


async def show(request: Request) -> Response:
    """GET /cover?done=WHAT"""
    visit = await clinician_visit(request)
    done = request.query_params.get("done", "")
    return page(request, "staff/cover.html", replace(await _view(visit), done=done if done in DONE else ""))


async def say(request: Request) -> Response:
    """POST /cover `from, until, cover?, scope?`: one's own absence."""
    visit = await clinician_visit(request)
    fields = await form_of(request)
    key_of(fields)
    try:
        await say_absence(visit.office, visit.person, wanted_in(fields))
    except Malformed as refusal:
        view = replace(await _view(visit), wrong="own", mistake=refusal.detail, fields=fields_in(fields))
        return page(request, "staff/cover.html", view, status_of(refusal))
    return go("/cover?done=said")


async def back(request: Request) -> Response:
    """POST /cover/back: one is back. Twice is once."""
    visit = await clinician_visit(request)
    key_of(await form_of(request))
    await end_absence(visit.office, visit.person)
    return go("/cover?done=back")


async def answer(request: Request) -> Response:
    """POST /cover/{absence}/answer `answer`: yes or no to a colleague. Twice is once."""
    visit = await clinician_visit(request)
    fields = await form_of(request)
    key_of(fields)
    said = fields.get("answer")
    if said not in ("yes", "no"):
        raise NotFound
    await answer_offer(visit.office, visit.person, _absence(request), accepts=said == "yes")
    return go(f"/cover?done={said}")


async def give_back(request: Request) -> Response:
    """POST /cover/{absence}/back: what was taken over is handed back. Twice is once."""
    visit = await clinician_visit(request)
    key_of(await form_of(request))
    await hand_back(visit.office, visit.person, _absence(request))
    return go("/cover?done=handed")


async def sudden(request: Request) -> Response:
    """POST /cover/sudden `person, until, sure`: of a colleague one cares with; one looks in oneself."""
    visit = await clinician_visit(request)
    fields = await form_of(request)
    key_of(fields)
    mine = Fields(until=fields.get("until", ""), cover=str(visit.person.id), scope=CoverScope.LOOK_IN)
    try:
        await said_of(visit, fields, mine)
    except (Malformed, Conflict) as refusal:
        view = replace(await _view(visit), wrong="sudden", mistake=refusal.detail)
        return page(request, "staff/cover.html", view, status_of(refusal))
    return go("/cover?done=sudden")


def _absence(request: Request) -> UUID:
    found = parse_uuid(request.path_params["absence"])
    if found is None:
        raise NotFound
    return found


async def _view(visit: Visit) -> CoverPage:
    mine = await own_absence(visit.office, visit.person)
    asked = await asked_of(visit.office, visit.person)
    colleagues = await may_stand_in(visit.office, visit.person)
    of = await may_be_said_of(visit.office, visit.person)
    return CoverPage(
        signed_in=signed_in(visit),
        bar=await counted_bar(visit, "cover"),
        here=visit.here,
        key=fresh_key(),
        today=today(visit.practice, visit.here.now).isoformat(),
        own=None if mine is None else _own(visit, mine),
        asked=tuple(
            _for_colleague(visit, one) for one in asked if one.kept.offer in (Offer.OFFERED, Offer.ACCEPTED)
        ),
        colleagues=tuple(Named(str(one.id), one.name) for one in colleagues),
        said_of=tuple(Named(str(one.id), one.name) for one in of),
    )


def _own(visit: Visit, one: Absent) -> Own:
    kept = one.kept
    return Own(
        first=noon(visit, kept.first),
        last=noon(visit, kept.last),
        reason=kept.reason.value,
        cover=one.cover.name if one.cover else "",
        scope=kept.scope.value if kept.scope else "",
        offer=kept.offer.value if kept.offer else "",
        over=one.over,
        rows=tuple(
            Row(
                id=str(each.circle.conversation.id),
                name=each.circle.title(),
                answer=each.answer.value,
                covers=each.covers,
                arrived=each.counted.arrived,
                answered=each.counted.answered,
                sessions=each.counted.sessions,
                waits=each.waits,
            )
            for each in one.conversations
        ),
    )


def _for_colleague(visit: Visit, one: Absent) -> ForColleague:
    """Whose conversations those are is theirs to know where they stand in, and nowhere else."""
    kept = one.kept
    return ForColleague(
        id=str(kept.id),
        name=one.person.name,
        first=noon(visit, kept.first),
        last=noon(visit, kept.last),
        reason=kept.reason.value,
        scope=kept.scope.value if kept.scope else "",
        accepted=kept.offer is Offer.ACCEPTED,
        offer_until=kept.offer_until,
        concerned=len(one.conversations),
        here=tuple(
            Named(str(each.circle.conversation.id), each.circle.title())
            for each in one.conversations
            if each.covers
        ),
    )


ROUTES: Final = (
    Route("/cover", show),
    Route("/cover", say, methods=["POST"]),
    Route("/cover/back", back, methods=["POST"]),
    Route("/cover/sudden", sudden, methods=["POST"]),
    Route("/cover/{absence}/answer", answer, methods=["POST"]),
    Route("/cover/{absence}/back", give_back, methods=["POST"]),
)
"""Which address leads to which of them."""
