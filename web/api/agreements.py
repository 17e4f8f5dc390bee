"""What clients agree to: the practice's documents in their versions, and what was agreed to in a conversation."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.agreements.accepting import Agreed, Standing, accept, agreements_of, withdraw
from messaging.agreements.documents import (
    Document,
    NewDocument,
    NewVersion,
    Version,
    add_document,
    add_version,
    document_of,
    documents_of,
    end_document,
)
from messaging.conversations import Circle, Working
from messaging.errors import Malformed, NotFound
from messaging.ids import parse_uuid
from messaging.people import Role
from messaging.record.reading import enter
from messaging.trust.access import Deed, Pass
from web.api.answers import answer
from web.api.reading_requests import (
    a_choice,
    a_text,
    aware_moment,
    conversation_id,
    json_object,
    only,
    text_field,
)
from web.http.guards import person_asking
from web.state import House


async def everything(request: Request) -> Response:
    """GET /documents: each with its newest version."""
    house: House = request.state["house"]
    found = await documents_of(house.office, await person_asking(request))
    return answer({"documents": [_shown(one) for one in found]})


async def add(request: Request) -> Response:
    """POST /documents `{title, language, way, text, from?, original?}`: it binds from then on."""
    house: House = request.state["house"]
    person = await person_asking(request)
    sent = only(await json_object(request), "title", "language", "way", "text", "from", "original")
    way = a_choice(sent, "way", Working)
    if way is None:
        raise Malformed("`way` is missing.")
    original = parse_uuid(sent.get("original"))
    if original is None and sent.get("original") is not None:
        raise Malformed("`original` is the id of a document.")
    new = NewDocument(
        title=text_field(sent, "title"),
        language=text_field(sent, "language"),
        way=way,
        text=text_field(sent, "text"),
        binds_from=_from(sent),
        original=original,
    )
    return answer(_shown(await add_document(house.office, person, new)), 201)


async def one(request: Request) -> Response:
    """GET /documents/{id}: with all its versions, the first one first."""
    house: House = request.state["house"]
    found = await document_of(house.office, await person_asking(request), _document(request))
    return answer(_shown(found) | {"versions": [_version(one) for one in found.versions]})


async def add_a_version(request: Request) -> Response:
    """POST /documents/{id}/versions `{text, title?, from?, after?}`: asked of everybody from then on."""
    house: House = request.state["house"]
    person = await person_asking(request)
    sent = only(await json_object(request), "text", "title", "from", "after")
    after = sent.get("after")
    if after is not None and (not isinstance(after, int) or isinstance(after, bool)):
        raise Malformed("`after` is the number of the version you have read.")
    new = NewVersion(text_field(sent, "text"), a_text(sent, "title"), _from(sent), after)
    return answer(_shown(await add_version(house.office, person, _document(request), new)), 201)


async def end(request: Request) -> Response:
    """DELETE /documents/{id}: it binds nobody from now on."""
    house: House = request.state["house"]
    await end_document(house.office, await person_asking(request), _document(request))
    return Response(status_code=204)


async def standing(request: Request) -> Response:
    """GET /conversations/{id}/agreements: what binds here, and who has agreed to it."""
    house, held, circle = await _entered(request, Deed.READ)
    found = await agreements_of(house.office, held)
    return answer({"agreements": [_standing(one, held, circle) for one in found]})


async def agree(request: Request) -> Response:
    """POST /conversations/{id}/agreements/{document}/accept `{version, name?}`: by the one in care. Twice is once."""
    house, held, circle = await _entered(request, Deed.WRITE)
    sent = only(await json_object(request), "version", "name")
    version = sent.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise Malformed("`version` is the number of the one you have read.")
    made, new = await accept(house.office, held, circle, _document(request), version, a_text(sent, "name"))
    return answer(_agreed(made, circle), 201 if new else 200)


async def take_back(request: Request) -> Response:
    """DELETE /conversations/{id}/agreements/{document}: it holds no more; what is new waits. Twice is once."""
    house, held, _ = await _entered(request, Deed.WRITE)
    await withdraw(house.office, held, _document(request))
    return Response(status_code=204)


async def _entered(request: Request, deed: Deed) -> tuple[House, Pass, Circle]:
    house: House = request.state["house"]
    person = await person_asking(request)
    held, circle = await enter(house.office, person, conversation_id(request), deed)
    return house, held, circle


def _document(request: Request) -> UUID:
    found = parse_uuid(request.path_params["document"])
    if found is None:
        raise NotFound
    return found


def _from(sent: dict[str, Any]) -> datetime | date | None:
    """A moment, or a day on the practice's clock."""
    said = sent.get("from")
    if said is None:
        return None
    try:
        day = date.fromisoformat(said) if isinstance(said, str) and len(said) == 10 else None
    except ValueError:
        raise Malformed("`from` is a day or a moment.") from None
    return day or aware_moment(said)


def _shown(document: Document) -> dict[str, Any]:
    shown = {
        "id": str(document.id),
        "language": document.language,
        "way": document.way,
        "original": str(document.original),
        "ended_at": frames.moment(document.ended_at) if document.ended_at else None,
    }
    return shown | (_version(document.versions[-1]) if document.versions else {})


def _version(one: Version) -> dict[str, Any]:
    return {
        "version": one.number,
        "title": one.title,
        "text": one.text,
        "from": frames.moment(one.binds_from),
        "at": frames.moment(one.made_at),
        "hash": one.digest,
    }


def _standing(one: Standing, held: Pass, circle: Circle) -> dict[str, Any]:
    asked = [m.person for m in circle.conversation.members if m.role is Role.CLIENT]
    asked = [held.person] if held.role is Role.CLIENT else asked
    waits = [str(who) for who in asked if one.is_needed(who)]
    return {
        "document": str(one.document.id),
        **{k: v for k, v in _shown(one.document).items() if k not in ("id", "at")},
        "needed": bool(waits),
        "needed_of": waits,
        "accepted": [_agreed(made, circle) for made in one.agreed],
        "earlier": [_version(version) for version in one.document.versions[:-1]],
    }


def _agreed(made: Agreed, circle: Circle) -> dict[str, Any]:
    person = circle.people.get(made.person)
    return {
        "document": str(made.document),
        "version": made.version,
        "person": str(made.person),
        "called": person.name if person else None,
        "name": made.name,
        "at": frames.moment(made.at),
        "hash": made.digest,
        "withdrawn_at": frames.moment(made.withdrawn_at) if made.withdrawn_at else None,
    }
