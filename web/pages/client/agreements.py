"""What a client agrees to: read with what is new in it, agreed to by name, withdrawn; and saying that one wants to stop."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.language.speaking import spoken
from messaging.agreements.accepting import Agreed, Standing, accept, agreements_of, one_of_each, withdraw
from messaging.agreements.differences import differences
from messaging.agreements.documents import Version
from messaging.agreements.exchange import exchange_of
from messaging.conversations import Circle
from messaging.errors import Busy, Conflict, Malformed, NotFound
from messaging.ids import PersonId, parse_uuid
from messaging.inbox.listing import inbox
from messaging.letters.sending import HandedIn, send_letter
from messaging.letters.writing import Letter, Purpose
from messaging.trust.access import Deed, Pass
from web.http.refusals import headers_of, status_of
from web.pages.client.agreements_view import Agreement, AgreementRow, Agreements, Earlier, Stopping
from web.pages.parts.asking import Visit, client_visit, conversation_of, form_of, go, key_of, number_in, page
from web.pages.parts.exchange_view import ExchangeCard, exchange_card
from web.pages.parts.markdown import marked_html
from web.pages.parts.saying import _, refusal_said
from web.pages.parts.showing import fresh_key, readers_for_client, signed_in, with_name

PLACE: Final = "/me/agreements"


async def show(request: Request) -> Response:
    """GET /me/agreements: all there are, what is still to be agreed to first."""
    visit = await client_visit(request)
    done, kept = request.query_params.get("done", ""), "kept" in request.query_params
    view = replace(await view_of(visit), done=done, kept=kept)
    return page(request, "client/agreements.html", view)


async def view_of(visit: Visit) -> Agreements:
    """Of all their conversations."""
    rows: list[AgreementRow] = []
    cards: list[ExchangeCard] = []
    for line in await inbox(visit.office, visit.person):
        held, circle = await visit.enter(line.conversation.id, Deed.READ)
        standing = await agreements_of(visit.office, held)
        rows += [_row(one, held) for one in one_of_each(standing, held.person, spoken())]
        whom = with_name(circle, held.person)
        cards.append(exchange_card(await exchange_of(visit.office, held), circle, whom, held.person))
    rows.sort(key=lambda row: not row.needed)
    stands = tuple(one for one in cards if one.rows)
    return Agreements(signed_in(visit), visit.here, tuple(rows), cards=stands, key=fresh_key())


async def read(request: Request) -> Response:
    """GET /me/agreements/{conversation}/{document}?version=N: the one that binds, or an earlier one."""
    visit = await client_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.READ)
    one = await _standing(visit, held, request)
    wanted = number_in(request.query_params.get("version"), one.version.number)
    return page(request, "client/agreement.html", await _view(visit, held, circle, one, wanted))


async def agree(request: Request) -> Response:
    """POST the same, `name` and `version`: the one that was read."""
    visit = await client_visit(request)
    fields = await form_of(request)
    key_of(fields)
    held, circle = await visit.enter(conversation_of(request), Deed.WRITE)
    name, version = fields.get("name", ""), number_in(fields.get("version"), 0)
    try:
        await accept(visit.office, held, circle, _document(request), version, name)
    except (Malformed, Conflict) as refusal:
        one = await _standing(visit, held, request)
        view = await _view(visit, held, circle, one, one.version.number)
        view = replace(view, name=name, mistake=refusal_said(refusal))
        return page(request, "client/agreement.html", view, status_of(refusal))
    return go(f"{PLACE}?done=agreed")


async def take_back(request: Request) -> Response:
    """POST /me/agreements/{conversation}/{document}/withdraw"""
    visit = await client_visit(request)
    key_of(await form_of(request))
    held = (await visit.enter(conversation_of(request), Deed.WRITE))[0]
    await withdraw(visit.office, held, _document(request))
    return go(f"{PLACE}?done=withdrawn")


async def stopping(request: Request) -> Response:
    """GET /me/stop/{conversation}"""
    visit = await client_visit(request)
    words = _("I want to stop. Please tell me how we end this.")
    circle = (await visit.enter(conversation_of(request), Deed.WRITE))[1]
    return page(request, "client/stopping.html", _stopping(visit, circle, fresh_key(), words))


async def stop(request: Request) -> Response:
    """POST the same: a letter about stopping goes whatever was agreed."""
    visit = await client_visit(request)
    fields = await form_of(request)
    key, text = key_of(fields), fields.get("text", "")
    held, circle = await visit.enter(conversation_of(request), Deed.WRITE)
    letter = Letter(key, text, purpose=Purpose.ADMINISTRATIVE)
    try:
        await send_letter(visit.office, held, circle, HandedIn(letter), visit.house.letters)
    except (Malformed, Conflict, Busy) as refusal:
        view = replace(_stopping(visit, circle, str(key), text), mistake=refusal_said(refusal))
        answer = page(request, "client/stopping.html", view, status_of(refusal))
        answer.headers.update(headers_of(refusal))
        return answer
    return go("/me/letters?sent=1")


def _stopping(visit: Visit, circle: Circle, key: str, text: str) -> Stopping:
    action = f"/me/stop/{circle.conversation.id}"
    readers = f"{readers_for_client(circle, visit.person.id)}."
    return Stopping(signed_in(visit), visit.here, key, action, readers, text)


async def _standing(visit: Visit, held: Pass, request: Request) -> Standing:
    document = _document(request)
    found = [one for one in await agreements_of(visit.office, held) if one.document.id == document]
    if not found:
        raise NotFound
    return found[0]


def _document(request: Request) -> UUID:
    found = parse_uuid(request.path_params["document"])
    if found is None:
        raise NotFound
    return found


async def _view(visit: Visit, held: Pass, circle: Circle, one: Standing, wanted: int) -> Agreement:
    shown = _numbered(one.document.versions, wanted)
    old = shown.number != one.version.number
    agreed = one.of(held.person)
    before = None if old or agreed is None else _numbered(one.document.versions, agreed.version)
    marked = await visit.aside(differences, (before or shown).text, shown.text)
    place = f"{PLACE}/{held.conversation}/{one.document.id}"
    return Agreement(
        signed_in=signed_in(visit),
        here=visit.here,
        key=fresh_key(),
        row=_row(one, held),
        shown=shown.number,
        text=await visit.aside(marked_html, marked.text),
        stop=f"/me/stop/{held.conversation}",
        name=circle.people[held.person].name,
        places=marked.places,
        old=old,
        earlier=tuple(
            Earlier(version.number, f"{place}?version={version.number}")
            for version in reversed(one.document.versions[:-1])
        ),
    )


def _numbered(versions: Sequence[Version], wanted: int) -> Version:
    found = next((one for one in versions if one.number == wanted), None)
    if found is None:
        raise NotFound
    return found


def _row(one: Standing, held: Pass) -> AgreementRow:
    agreed = one.of(held.person)
    last = agreed or _last(one, held.person)
    return AgreementRow(
        title=one.version.title,
        place=f"{PLACE}/{held.conversation}/{one.document.id}",
        way=one.document.way,
        version=one.version.number,
        binds_from=one.version.binds_from,
        needed=one.is_needed(held.person),
        ended=one.document.ended_at is not None,
        agreed_at=agreed.at if agreed else None,
        agreed_version=last.version if last else 0,
        name=last.name if last else "",
        withdrawn_at=last.withdrawn_at if last else None,
    )


def _last(one: Standing, person: PersonId) -> Agreed | None:
    return next((made for made in reversed(one.agreed) if made.person == person), None)


ROUTES: Final = [
    Route("/me/agreements", show),
    Route("/me/agreements/{conversation}/{document}", read),
    Route("/me/agreements/{conversation}/{document}", agree, methods=["POST"]),
    Route("/me/agreements/{conversation}/{document}/withdraw", take_back, methods=["POST"]),
    Route("/me/stop/{conversation}", stopping),
    Route("/me/stop/{conversation}", stop, methods=["POST"]),
]
