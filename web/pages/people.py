"""People, as whoever answers for them has them: an administrator everybody, a clinician clients of theirs.

Each place is there twice, below /admin/people and below /clients; what one may do in it the acts decide.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from messaging.conversations import Circle
from messaging.errors import Conflict, LastOne, Malformed, NotFound
from messaging.ids import PersonId, parse_uuid
from messaging.people import Role
from messaging.practice.changing import Changes, change_person
from messaging.practice.handing_over import Successor, leave_practice
from messaging.practice.joining import (
    Invited,
    Listed,
    invite_anew,
    invite_by_mail,
    listed_alone,
    withdraw_invitation,
)
from messaging.practice.letting_back import wish_of
from messaging.practice.taking_on import carers, circles_with, take_on
from messaging.trust.roles import Task, tasks_of
from web.http.refusals import status_of
from web.pages.charge import back, base, by_administrator, charge_bar, charge_visit
from web.pages.glass import glass_of
from web.pages.gone import gone_person
from web.pages.parts.asking import Visit, form_of, go, key_of, page
from web.pages.parts.invitation_card import card_for
from web.pages.parts.people_fields import (
    changes_typed,
    mistakes_in,
    person_typed,
    refused,
    typed_in,
    typed_of,
    wish_row,
)
from web.pages.parts.people_view import AddPerson, CircleRow, PersonPage, Typed
from web.pages.parts.showing import fresh_key, signed_in
from web.pages.parts.stages import standing_of
from web.pages.parts.views import Named

STAFF: Final = tuple(role for role in Role if role is not Role.CLIENT)


async def adding(request: Request) -> Response:
    """GET …/add, and /admin/people/add-staff"""
    visit = await charge_visit(request)
    return await _add_page(request, visit, Typed(identity=visit.practice.identity))


async def add(request: Request) -> Response:
    """POST the same: they are added and invited, and the conversation with whoever cares for them begun. Twice is once."""
    visit = await charge_visit(request)
    fields = await form_of(request)
    key, typed = key_of(fields), typed_in(fields)
    is_client = _is_client(request)
    mistakes = mistakes_in(fields, is_client=is_client)
    if mistakes:
        return await _add_page(request, visit, typed, mistakes, key=key)
    try:
        new = person_typed(typed, key, is_client=is_client)
        taken = await take_on(visit.office, visit.person, new, _clinician(visit, typed, is_client=is_client))
    except (Malformed, Conflict) as refusal:
        return await _add_page(request, visit, typed, refused(refusal), status_of(refusal))
    one = taken.joined.listed
    if taken.joined.invited is None:
        return go(f"{base(request)}/{one.person.id}")
    return await _handed_over(request, visit, one, taken.joined.invited)


async def show(request: Request) -> Response:
    """GET …/{person}"""
    visit = await charge_visit(request)
    one = await listed_alone(visit.office, visit.person, _named(request))
    if one.person.erased:
        return await gone_person(request, visit, one.person)
    done = request.query_params.get("done", "")
    return page(request, "parts/person.html", replace(await _shown(request, visit, one), done=done))


async def change(request: Request) -> Response:
    """POST …/{person}/details: name, address and how mail goes."""
    visit = await charge_visit(request)
    fields = await form_of(request)
    key_of(fields)
    one = await listed_alone(visit.office, visit.person, _named(request))
    is_client = one.person.role is Role.CLIENT
    mistakes = mistakes_in(fields, is_client=is_client, was=one.person)
    typed = typed_in(fields)
    if mistakes:
        return await _once_more(request, visit, one, 422, mistakes, typed)
    try:
        await change_person(visit.office, visit.person, one.person.id, changes_typed(typed, one.person))
    except (Malformed, Conflict) as refusal:
        return await _once_more(request, visit, one, status_of(refusal), {"": refusal.detail}, typed)
    return go(f"{base(request)}/{one.person.id}?done=changed")


async def invite(request: Request) -> Response:
    """POST …/{person}/invite: a fresh card, also by mail where they said so; the link of the old one dies."""
    visit = await charge_visit(request)
    fields, name = await form_of(request), _named(request)
    key_of(fields)
    by_mail = fields.get("mail") == "yes"
    try:
        if by_mail:
            invited = await invite_by_mail(visit.office, visit.person, name)
            visit.house.mail_owed.set()
        else:
            invited = await invite_anew(visit.office, visit.person, name)
    except Conflict as refusal:
        one = await listed_alone(visit.office, visit.person, name)
        return await _once_more(request, visit, one, status_of(refusal), {"invitation": refusal.detail})
    one = await listed_alone(visit.office, visit.person, name)
    return await _handed_over(request, visit, one, invited, mailed=by_mail)


async def withdraw(request: Request) -> Response:
    """POST …/{person}/withdraw: no invitation of theirs works any more."""
    visit = await charge_visit(request)
    key_of(await form_of(request))
    await withdraw_invitation(visit.office, visit.person, _named(request))
    return go(f"{base(request)}/{_named(request)}?done=withdrawn")


async def let_go(request: Request) -> Response:
    """POST …/{person}/let-go: they are out within moments. The last who administers a practice stays."""
    return await _let(request, active=False)


async def let_in(request: Request) -> Response:
    """POST …/{person}/let-in"""
    return await _let(request, active=True)


async def _let(request: Request, *, active: bool) -> Response:
    visit = await charge_visit(request)
    fields, name = await form_of(request), _named(request)
    key_of(fields)
    successor = parse_uuid(fields.get("successor"))
    after = Successor(PersonId(successor), ask_start=fields.get("from") == "start") if successor else None
    try:
        if active:
            await change_person(visit.office, visit.person, name, Changes(active=True))
        else:
            await leave_practice(visit.office, visit.person, name, after)
            visit.house.mail_owed.set()
    except LastOne as refusal:
        one = await listed_alone(visit.office, visit.person, name)
        return await _once_more(request, visit, one, status_of(refusal), {"let-go": refusal.detail})
    return go(f"{base(request)}/{name}?done={'let-in' if active else 'let-go'}")


def _is_client(request: Request) -> bool:
    return not request.url.path.endswith("-staff")


def _named(request: Request) -> PersonId:
    found = parse_uuid(request.path_params["person"])
    if found is None:
        raise NotFound
    return PersonId(found)


def _clinician(visit: Visit, typed: Typed, *, is_client: bool) -> PersonId | None:
    """Who will write with them: a clinician their own clients, and whom an administrator chose. Raises NotFound."""
    if not is_client:
        return None
    if visit.person.role is not Role.ADMINISTRATOR:
        return visit.person.id
    if not typed.clinician:
        return None
    found = parse_uuid(typed.clinician)
    if found is None:
        raise NotFound
    return PersonId(found)


async def _add_page(
    request: Request,
    visit: Visit,
    typed: Typed,
    mistakes: Mapping[str, str] | None = None,
    status: int = 422,
    key: UUID | None = None,
) -> Response:
    """`key`: of a page from which nobody was added yet, and which is sent again."""
    administers, is_client = by_administrator(request), _is_client(request)
    chosen = await carers(visit.office, visit.person) if administers and is_client else []
    view = AddPerson(
        signed_in=signed_in(visit),
        bar=await charge_bar(request, visit),
        here=visit.here,
        key=str(key) if key else fresh_key(),
        place=request.url.path,
        back=back(request),
        typed=typed,
        is_client=is_client,
        by_administrator=administers,
        roles=() if is_client else tuple(role.value for role in STAFF),
        carers=tuple(Named(str(one.id), one.name) for one in chosen),
        usual_identity=visit.practice.identity,
        mistakes=mistakes or {},
    )
    return page(request, "parts/add_person.html", view, status if mistakes else 200)


async def _handed_over(
    request: Request, visit: Visit, one: Listed, invited: Invited, *, mailed: bool = False
) -> Response:
    """Their page with the card. What answers a form: the link must stand in no address, and is kept nowhere."""
    circles = await circles_with(visit.office, visit.person, one.person.id)
    card = await card_for(visit, one.person, one.shown_username, invited, circles)
    view = replace(await _shown(request, visit, one, circles), card=card, mailed=mailed)
    return page(request, "parts/person.html", view, 201)


async def _once_more(
    request: Request,
    visit: Visit,
    one: Listed,
    status: int,
    mistakes: Mapping[str, str],
    typed: Typed | None = None,
) -> Response:
    view = replace(await _shown(request, visit, one), mistakes=mistakes)
    return page(request, "parts/person.html", replace(view, typed=typed or view.typed), status)


async def _shown(
    request: Request, visit: Visit, one: Listed, circles: list[Circle] | None = None
) -> PersonPage:
    person, administers = one.person, by_administrator(request)
    if circles is None:
        circles = await circles_with(visit.office, visit.person, person.id)
    own = [circle for circle in circles if not administers]
    sides = [circle.clinicians if person.role is Role.CLIENT else circle.clients for circle in circles]
    state, until = one.invitation or ("in", None)
    return PersonPage(
        signed_in=signed_in(visit),
        bar=await charge_bar(request, visit),
        here=visit.here,
        key=fresh_key(),
        base=base(request),
        id=str(person.id),
        back=back(request),
        name=person.name,
        role=person.role,
        username=one.shown_username,
        typed=typed_of(person),
        state=str(state) if person.active else "left",
        state_at=until,
        by_administrator=administers,
        by_mail=bool(person.email and circles and not one.has_password),
        is_reader=person.id == visit.person.id,
        unreachable=person.unreachable is not None,
        others=tuple(dict.fromkeys(each.name for side in sides for each in side)),
        circles=tuple(_circle_row(circle, visit) for circle in circles),
        successors=await _successors(visit, one, circles),
        identity=person.identity,
        has_address=person.email is not None,
        conversation=str(own[0].conversation.id) if own else "",
        glass=await glass_of(request, visit, person),
        wish=wish_row(await wish_of(visit.office, visit.person, person.id)),
    )


def _circle_row(circle: Circle, visit: Visit) -> CircleRow:
    people = circle.people.values()
    names = " · ".join(sorted((one.name for one in people), key=str.casefold))
    conversation = circle.conversation
    standing = standing_of(conversation, visit.practice, visit.here.now)
    return CircleRow(str(conversation.id), conversation.kind, names, standing)


async def _successors(visit: Visit, one: Listed, circles: list[Circle]) -> tuple[Named, ...]:
    """Whoever could care in the place of a clinician who has conversations, for who decides about those who work here."""
    if not circles or not one.person.role.is_clinician or Task.STAFF not in tasks_of(visit.person.role):
        return ()
    found = await carers(visit.office, visit.person)
    return tuple(Named(str(other.id), other.name) for other in found if other.id != one.person.id)
