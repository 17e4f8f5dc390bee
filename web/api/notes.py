"""Notes about a conversation: progress notes for its clinicians, process notes for their author alone."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.conversations import Circle
from messaging.errors import Malformed, NotFound
from messaging.ids import SessionId, parse_uuid
from messaging.notes.note import PAGE, Changed, Note, Written
from messaging.notes.process import change_own, own_note, own_notes, throw_away, write_own
from messaging.notes.progress import amend_note, note_with_versions, notes_of, take_out, write_note
from messaging.record.reading import enter
from messaging.trust.access import Deed, Pass
from web.api.answers import answer
from web.api.reading_requests import conversation_id, json_object, only
from web.http.guards import person_asking
from web.state import House


async def progress(request: Request) -> Response:
    """GET /conversations/{id}/notes/progress?before=: the newest first; those that were taken out apart, without words."""
    house, held, circle = await _entered(request)
    found = await notes_of(house.office, held, _before(request))
    standing = [_shown(one, circle) for one in found if not one.taken_out]
    gone = [_shown(one, circle) for one in found if one.taken_out]
    return answer({"notes": standing, "taken_out": gone, "next": _next(found)})


async def add_progress(request: Request) -> Response:
    """POST /conversations/{id}/notes/progress `{text, key?, session?}`: in the record; the same key again, the same note."""
    house, held, circle = await _entered(request)
    note, new = await write_note(house.office, held, await _written(request, house))
    return answer(_shown(note, circle), 201 if new else 200)


async def one_progress(request: Request) -> Response:
    """GET .../notes/progress/{note}: as it stands, with `earlier` versions, the first one first."""
    house, held, circle = await _entered(request)
    *earlier, stands = await note_with_versions(house.office, held, _note(request))
    if stands.taken_out:
        raise NotFound
    return answer(_shown(stands, circle) | {"earlier": [_shown(one, circle) for one in earlier]})


async def amend_progress(request: Request) -> Response:
    """PUT .../notes/progress/{note} `{text, version?}`: by its author; the version before it stays."""
    house, held, circle = await _entered(request)
    note = await amend_note(house.office, held, _note(request), await _changed(request))
    return answer(_shown(note, circle))


async def take_out_progress(request: Request) -> Response:
    """DELETE .../notes/progress/{note}: by its author; a line stays, and what it said is kept."""
    house, held, _ = await _entered(request)
    await take_out(house.office, held, _note(request))
    return Response(status_code=204)


async def process(request: Request) -> Response:
    """GET /conversations/{id}/notes/process?before=: one's own, the newest first."""
    house, held, circle = await _entered(request)
    found = await own_notes(house.office, held, _before(request))
    return answer({"notes": [_shown(one, circle) for one in found], "next": _next(found)})


async def add_process(request: Request) -> Response:
    """POST /conversations/{id}/notes/process `{text, key?, session?}`: kept for oneself."""
    house, held, circle = await _entered(request)
    note, new = await write_own(house.office, held, await _written(request, house))
    return answer(_shown(note, circle), 201 if new else 200)


async def one_process(request: Request) -> Response:
    """GET .../notes/process/{note}: one's own."""
    house, held, circle = await _entered(request)
    return answer(_shown(await own_note(house.office, held, _note(request)), circle))


async def change_process(request: Request) -> Response:
    """PUT .../notes/process/{note} `{text, version?}`: the words before are gone."""
    house, held, circle = await _entered(request)
    note = await change_own(house.office, held, _note(request), await _changed(request))
    return answer(_shown(note, circle))


async def throw_away_process(request: Request) -> Response:
    """DELETE .../notes/process/{note}: it is gone."""
    house, held, _ = await _entered(request)
    await throw_away(house.office, held, _note(request))
    return Response(status_code=204)


async def _entered(request: Request) -> tuple[House, Pass, Circle]:
    house: House = request.state["house"]
    person = await person_asking(request)
    held, circle = await enter(house.office, person, conversation_id(request), Deed.NOTE)
    return house, held, circle


async def _written(request: Request, house: House) -> Written:
    sent = only(await json_object(request), "text", "key", "session")
    key, session = _id_in(sent, "key"), _id_in(sent, "session")
    return Written(
        key or house.office.new_id(), sent.get("text"), None if session is None else SessionId(session)
    )


async def _changed(request: Request) -> Changed:
    sent = only(await json_object(request), "text", "version")
    version = sent.get("version")
    if version is not None and (not isinstance(version, int) or isinstance(version, bool)):
        raise Malformed("`version` is the number of the one you have read.")
    return Changed(sent.get("text"), version)


def _id_in(sent: dict[str, Any], name: str) -> UUID | None:
    found = parse_uuid(sent.get(name))
    if found is None and sent.get(name) is not None:
        raise Malformed(f"`{name}` is an id.")
    return found


def _note(request: Request) -> UUID:
    found = parse_uuid(request.path_params["note"])
    if found is None:
        raise NotFound
    return found


def _before(request: Request) -> UUID | None:
    raw = request.query_params.get("before")
    found = parse_uuid(raw)
    if raw is not None and found is None:
        raise Malformed("`before` is the id of a note.")
    return found


def _next(found: list[Note]) -> str | None:
    """Where the next page begins; None where there is none."""
    return str(found[-1].id) if len(found) == PAGE else None


def _shown(note: Note, circle: Circle) -> dict[str, Any]:
    author = circle.people.get(note.author)
    shown: dict[str, Any] = {
        "id": str(note.id),
        "at": frames.moment(note.at),
        "author": {
            "id": str(note.author),
            "name": author.name if author else None,
            "role": author.role if author else None,
        },
        "version": note.version,
        "changed_at": frames.moment(note.changed_at) if note.changed_at else None,
        "session": str(note.session) if note.session else None,
    }
    return shown if note.taken_out else shown | {"text": note.text}
