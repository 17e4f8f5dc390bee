"""Releases: made and taken back by the client, read by whoever they are to."""

from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.errors import Malformed, NotFound
from messaging.ids import parse_uuid
from messaging.messages import Entry
from messaging.notes.note import Note
from messaging.people import Person
from messaging.releases import Release
from messaging.releasing.giving import Told, Wanted, make_release, releases_of, take_back
from messaging.releasing.reading import PAGE, Received, read_slice, released_to, standing_release
from web.api.answers import answer
from web.api.reading_requests import conversation_id, json_object, only, whole_number
from web.http.guards import person_asking, somebody_asking
from web.state import House

_NOBODY: Final = "Someone who has left"


async def make(request: Request) -> Response:
    """POST /conversations/{id}/releases `{to, kinds, from, until?, purpose, expires}`: by its client, stepped up."""
    house: House = request.state["house"]
    asking = await somebody_asking(request)
    conversation = conversation_id(request)
    said = only(await json_object(request), "to", "kinds", "from", "until", "purpose", "expires", "key")
    key = parse_uuid(said.get("key"))
    if key is None and said.get("key") is not None:
        raise Malformed("`key` is a UUID made for this release.")
    wanted = Wanted(
        to=said.get("to"),
        kinds=said.get("kinds"),
        since=said.get("from"),
        expires=said.get("expires"),
        purpose=said.get("purpose"),
        until=said.get("until"),
        key=key,
    )
    return answer(_told(await make_release(house.office, asking, conversation, wanted)), 201)


async def of_conversation(request: Request) -> Response:
    """GET /conversations/{id}/releases: all of them, for who reads there; each opening for its client alone."""
    house: House = request.state["house"]
    person = await person_asking(request)
    found = await releases_of(house.office, person, conversation_id(request))
    return answer({"releases": [_told(one) for one in found]})


async def received(request: Request) -> Response:
    """GET /releases: what one may read now."""
    house: House = request.state["house"]
    found = await released_to(house.office, await person_asking(request))
    return answer({"releases": [_received(one) for one in found]})


async def show(request: Request) -> Response:
    """GET /releases/{id}: what it is, for who may read by it now."""
    house: House = request.state["house"]
    person = await person_asking(request)
    return answer(_received(await standing_release(house.office, person, release_id(request))))


async def end(request: Request) -> Response:
    """DELETE /releases/{id}: taken back by its client, at once."""
    house: House = request.state["house"]
    await take_back(house.office, await person_asking(request), release_id(request))
    return Response(status_code=204)


async def messages(request: Request) -> Response:
    """GET /releases/{id}/messages?after=N&limit=M: the slice; notes, where they are released, with its first page."""
    house: House = request.state["house"]
    person = await person_asking(request)
    after = whole_number(request.query_params.get("after"), 0)
    limit = whole_number(request.query_params.get("limit"), PAGE)
    page = await read_slice(house.office, person, release_id(request), after, limit)
    return answer(
        {
            "release": _received(page.received),
            "messages": [_message(one, page.people.get(one.author)) for one in page.entries],
            "notes": [_note(one, page.people.get(one.author)) for one in page.notes],
            "last": page.last,
            "more": page.more,
        }
    )


def release_id(request: Request) -> UUID:
    """The release of the path. What is no id is not found."""
    found = parse_uuid(request.path_params["release"])
    if found is None:
        raise NotFound
    return found


def _told(one: Told) -> dict[str, Any]:
    return {
        **_shown(one.release),
        "to": {"id": str(one.release.receiver), "name": one.receiver},
        "purpose": one.purpose,
        "ended_at": frames.moment(one.release.ended_at) if one.release.ended_at else None,
        "openings": [frames.moment(at) for at in one.openings],
    }


def _received(one: Received) -> dict[str, Any]:
    return {
        **_shown(one.release),
        "by": {"id": str(one.release.giver), "name": one.giver},
        "purpose": one.purpose,
    }


def _shown(one: Release) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "conversation": str(one.conversation),
        "kinds": sorted(one.parts),
        "from": frames.moment(one.since),
        "until": frames.moment(one.until) if one.until else None,
        "expires": frames.moment(one.expires),
        "at": frames.moment(one.made_at),
    }


def _message(one: Entry, author: Person | None) -> dict[str, Any]:
    """As its readers get it, without what leads out of the slice: files are handed out in the record alone."""
    shown = frames.message(one, one.number, author)
    shown["attachments"] = [
        {"name": file.name, "content_type": file.content_type, "size": file.size}
        for file in one.body.attachments
    ]
    return shown


def _note(one: Note, author: Person | None) -> dict[str, Any]:
    return {
        "type": "note",
        "id": str(one.id),
        "at": frames.moment(one.at),
        "author": {"id": str(one.author), "name": author.name if author else _NOBODY},
        "version": one.version,
        "text": one.text,
    }
