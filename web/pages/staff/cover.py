"""Away, and standing in: one's own absence, what colleagues ask, and saying it of somebody who cannot."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from messaging.absence.declaring import (
    Wanted,
    checked_wanted,
    end_absence,
    end_sudden,
    say_absence,
    say_sudden,
    today,
)
from messaging.absence.offering import answer_offer, hand_back
from messaging.absence.shown import (
    Absent,
    Whose,
    absences_here,
    asked_of,
    may_be_said_of,
    may_stand_in,
    own_absence,
)
from messaging.conversations import CoverScope
from messaging.errors import Conflict, Malformed, NotFound
from messaging.ids import PersonId, parse_uuid
from messaging.memory.absence import Offer
from web.http.refusals import status_of
from web.pages.parts.asking import Visit, administrator_visit, clinician_visit, form_of, go, key_of, page
from web.pages.parts.showing import counted_bar, fresh_key, signed_in
from web.pages.parts.views import Named, StaffBar
from web.pages.staff.cover_view import AbsencesPage, AwayRow, CoverPage, Fields, ForColleague, Own, Row

DONE = frozenset({"said", "back", "yes", "no", "handed", "sudden"})
CHOOSE = "Please choose whose absence it is, and say that they could not say it."


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
        await say_absence(visit.office, visit.person, _wanted(fields))
    except Malformed as refusal:
        view = replace(await _view(visit), wrong="own", mistake=refusal.detail, fields=_fields(fields))
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
        await _said_of(visit, fields, mine)
    except (Malformed, Conflict) as refusal:
        view = replace(await _view(visit), wrong="sudden", mistake=refusal.detail)
        return page(request, "staff/cover.html", view, status_of(refusal))
    return go("/cover?done=sudden")


async def everybodys(request: Request) -> Response:
    """GET /admin/absences?done=WHAT: who is away, and where nobody stands in."""
    visit = await administrator_visit(request)
    done = request.query_params.get("done", "")
    view = replace(await _absences(visit), done=done if done in DONE else "")
    return page(request, "admin/absences.html", view)


async def say_of(request: Request) -> Response:
    """POST /admin/absences `person, until, sure, cover?, scope?`: of somebody who could not."""
    visit = await administrator_visit(request)
    fields = await form_of(request)
    key_of(fields)
    try:
        await _said_of(visit, fields, _fields(fields))
    except (Malformed, Conflict) as refusal:
        view = replace(await _absences(visit), mistake=refusal.detail, fields=_fields(fields))
        return page(request, "admin/absences.html", view, status_of(refusal))
    return go("/admin/absences?done=sudden")


async def end_of(request: Request) -> Response:
    """POST /admin/absences/{person}/back: somebody is back. Twice is once."""
    visit = await administrator_visit(request)
    key_of(await form_of(request))
    found = parse_uuid(request.path_params["person"])
    if found is None:
        raise NotFound
    await end_sudden(visit.office, visit.person, PersonId(found))
    return go("/admin/absences?done=back")


async def _said_of(visit: Visit, fields: Mapping[str, str], said: Fields) -> None:
    absent = parse_uuid(fields.get("person"))
    if absent is None or fields.get("sure") != "yes":
        raise Malformed(CHOOSE)
    day = today(visit.practice, visit.here.now).isoformat()
    wanted = _wanted({"from": day, "until": said.until, "cover": said.cover, "scope": said.scope})
    await say_sudden(visit.office, visit.person, PersonId(absent), wanted)


def _wanted(fields: Mapping[str, str]) -> Wanted:
    """As a form says it: nobody chosen is nobody. Raises Malformed."""
    said = {name: fields[name] for name in ("from", "until", "cover", "scope") if fields.get(name)}
    if "cover" not in said:
        said.pop("scope", None)
    return checked_wanted(said)


def _fields(fields: Mapping[str, str]) -> Fields:
    named = {name: fields.get(name, "") for name in ("until", "cover", "scope", "person")}
    return Fields(first=fields.get("from", ""), **named)


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
        first=_noon(visit, kept.first),
        last=_noon(visit, kept.last),
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
        first=_noon(visit, kept.first),
        last=_noon(visit, kept.last),
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


async def _absences(visit: Visit) -> AbsencesPage:
    staff = await may_stand_in(visit.office, visit.person)
    return AbsencesPage(
        signed_in=signed_in(visit),
        bar=StaffBar("admin", 0, 0),
        here=visit.here,
        key=fresh_key(),
        today=today(visit.practice, visit.here.now).isoformat(),
        absences=tuple(_away(visit, one) for one in await absences_here(visit.office, visit.person)),
        staff=tuple(Named(str(one.id), one.name) for one in staff),
    )


def _away(visit: Visit, one: Whose) -> AwayRow:
    kept = one.kept
    return AwayRow(
        person=str(kept.person),
        name=one.name,
        first=_noon(visit, kept.first),
        last=_noon(visit, kept.last),
        cover=one.cover,
        offer=kept.offer.value if kept.offer else "",
        concerned=one.concerned,
        covered=one.covered,
    )


def _noon(visit: Visit, day: date) -> datetime:
    """A day, as the forms of dates take it."""
    return datetime.combine(day, time(12), visit.here.zone)


ROUTES: Final = (
    Route("/cover", show),
    Route("/cover", say, methods=["POST"]),
    Route("/cover/back", back, methods=["POST"]),
    Route("/cover/sudden", sudden, methods=["POST"]),
    Route("/cover/{absence}/answer", answer, methods=["POST"]),
    Route("/cover/{absence}/back", give_back, methods=["POST"]),
    Route("/admin/absences", everybodys),
    Route("/admin/absences", say_of, methods=["POST"]),
    Route("/admin/absences/{person}/back", end_of, methods=["POST"]),
)
"""Which address leads to which of them."""
