"""Break-glass on a sealed client's page: asked for, said yes to by somebody else, opened and shown once."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.entrance.stepping_up import is_stepped_up
from messaging.errors import Conflict, Malformed, NotFound, Refusal, StepUp
from messaging.ids import PersonId, parse_uuid
from messaging.people import Identity, Person
from messaging.practice.breaking_glass import (
    Opened,
    ask_who,
    open_who,
    say_yes_to_it,
    standing_of,
    withdraw_it,
)
from web.http.guards import asking_for_own
from web.http.refusals import status_of
from web.pages.charge import base, charge_bar, charge_visit
from web.pages.parts.asking import Visit, form_of, go, key_of, page
from web.pages.parts.people_view import Glass, OpenedPage
from web.pages.parts.showing import fresh_key, signed_in
from web.pages.second_factor import AGAIN

SAY_AGAIN: Final = f"{AGAIN}?do=identity"


async def glass_of(request: Request, visit: Visit, person: Person) -> Glass | None:
    """What the page of a sealed client says of it; None: nothing is sealed."""
    if person.identity is not Identity.SEALED:
        return None
    found = await standing_of(visit.office, visit.person, person.id)
    if found is None:
        return None
    asking = await asking_for_own(request)
    may, asked = is_stepped_up(visit.office, asking), found.request
    if asked is None:
        return Glass(may, found.alone)
    return Glass(
        may,
        found.alone,
        request=str(asked.id),
        asker=found.asker,
        own=found.own,
        mine=asked.by == visit.person.id,
        reason=asked.reason,
        unsafe=asked.unsafe,
        allowed=asked.allowed_at is not None,
        until=asked.until,
    )


async def ask(request: Request) -> Response:
    """POST …/{person}/identity: it waits for somebody's yes, or is opened at once where nobody else could say it."""
    visit = await charge_visit(request)
    asking = await asking_for_own(request)
    fields, person = await form_of(request), _named(request)
    key = key_of(fields)
    try:
        unsafe = fields.get("unsafe") == "yes"
        opened = await ask_who(visit.office, asking, person, fields.get("reason", ""), unsafe=unsafe, key=key)
    except (StepUp, Malformed, Conflict) as refusal:
        return await _refused(request, visit, person, refusal)
    if opened is None:
        return go(f"{base(request)}/{person}?done=asked-who")
    return await _shown(request, visit, person, opened)


async def withdraw(request: Request) -> Response:
    """POST …/{person}/identity/withdraw: who asked does so no more. Twice is once."""
    visit = await charge_visit(request)
    asking = await asking_for_own(request)
    key_of(await form_of(request))
    person = _named(request)
    try:
        await withdraw_it(visit.office, asking, person)
    except (StepUp, Conflict) as refusal:
        return await _refused(request, visit, person, refusal)
    return go(f"{base(request)}/{person}?done=asks-no-more")


async def allow(request: Request) -> Response:
    """POST …/{person}/identity/yes: somebody else agrees to the request that stood on their page."""
    visit = await charge_visit(request)
    asking = await asking_for_own(request)
    fields, person = await form_of(request), _named(request)
    key_of(fields)
    named = parse_uuid(fields.get("request"))
    if named is None:
        raise NotFound
    try:
        await say_yes_to_it(visit.office, asking, person, named)
    except (StepUp, Conflict) as refusal:
        return await _refused(request, visit, person, refusal)
    return go(f"{base(request)}/{person}?done=allowed-who")


async def open_it(request: Request) -> Response:
    """POST …/{person}/identity/open: what answers a form stands in no address, and is kept nowhere (no-store)."""
    visit = await charge_visit(request)
    asking = await asking_for_own(request)
    key_of(await form_of(request))
    person = _named(request)
    try:
        opened = await open_who(visit.office, asking, person)
    except (StepUp, Conflict) as refusal:
        return await _refused(request, visit, person, refusal)
    return await _shown(request, visit, person, opened)


async def _shown(request: Request, visit: Visit, person: PersonId, opened: Opened) -> Response:
    return page(request, "parts/opened.html", await _view(request, visit, person, opened=opened))


async def _refused(request: Request, visit: Visit, person: PersonId, refusal: Refusal) -> Response:
    if isinstance(refusal, StepUp):
        return go(SAY_AGAIN)
    view = await _view(request, visit, person, mistake=refusal.detail)
    return page(request, "parts/opened.html", view, status_of(refusal))


async def _view(
    request: Request, visit: Visit, person: PersonId, *, opened: Opened | None = None, mistake: str = ""
) -> OpenedPage:
    return OpenedPage(
        signed_in(visit),
        await charge_bar(request, visit),
        visit.here,
        fresh_key(),
        f"{base(request)}/{person}",
        name=opened.name if opened else "",
        email=(opened.email or "") if opened else "",
        told=opened is not None and opened.told,
        mistake=mistake,
    )


def _named(request: Request) -> PersonId:
    found = parse_uuid(request.path_params["person"])
    if found is None:
        raise NotFound
    return PersonId(found)
