"""Texts that are being written, kept by the page while one writes."""

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.errors import Malformed, NotFound
from messaging.ids import ConversationId, parse_uuid
from messaging.letters.drafts import Draft, DraftKind, Writing, drafts_of, drop, keep
from messaging.record.reading import enter
from messaging.trust.access import Deed, Pass
from web.api.answers import answer
from web.api.reading_requests import json_object
from web.http.guards import person_asking
from web.state import House


async def put(request: Request) -> Response:
    """PUT /drafts/{id} `{conversation, kind, text, revision?, page?, turn?}`: where the text is now."""
    house: House = request.state["house"]
    sent = await json_object(request)
    writing = Writing(
        id=_id(request),
        kind=_kind(sent.get("kind")),
        text=sent.get("text"),
        revision=_count(sent.get("revision", 0)),
        page=parse_uuid(sent.get("page")),
        turn=_count(sent.get("turn", 0)),
    )
    kept = await keep(house.office, await _admitted(request, sent.get("conversation")), writing)
    return answer(_about(kept.draft) | {"beside": _whole(kept.beside) if kept.beside else None})


async def everything(request: Request) -> Response:
    """GET /drafts?conversation=ID&kind=letter: newest first."""
    house: House = request.state["house"]
    held = await _admitted(request, request.query_params.get("conversation"))
    found = await drafts_of(house.office, held, _kind(request.query_params.get("kind")))
    return answer({"drafts": [_whole(draft) for draft in found]})


async def delete(request: Request) -> Response:
    """DELETE /drafts/{id}?conversation=ID"""
    house: House = request.state["house"]
    held = await _admitted(request, request.query_params.get("conversation"))
    await drop(house.office, held, _id(request))
    return Response(status_code=204)


async def _admitted(request: Request, conversation: object) -> Pass:
    """Writing is what one must be allowed to do here."""
    house: House = request.state["house"]
    person = await person_asking(request)
    found = parse_uuid(conversation)
    if found is None:
        raise NotFound
    held, _ = await enter(house.office, person, ConversationId(found), Deed.WRITE)
    return held


def _about(draft: Draft) -> dict[str, Any]:
    return {"id": draft.id, "kind": draft.kind, "revision": draft.revision, "at": frames.moment(draft.at)}


def _whole(draft: Draft) -> dict[str, Any]:
    return _about(draft) | {"text": draft.text}


def _id(request: Request) -> UUID:
    found = parse_uuid(request.path_params["draft"])
    if found is None:
        raise NotFound
    return found


def _kind(raw: object) -> DraftKind:
    try:
        return DraftKind(str(raw))
    except ValueError:
        raise Malformed("A draft is a `chat` or a `letter`.") from None


def _count(raw: object) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or not 0 <= raw < 2**31:
        raise Malformed("A revision is a number from 0 on.")
    return raw
