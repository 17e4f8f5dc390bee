"""Records handed out in the background: asked for, how they stand, and their files."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.errors import Malformed
from messaging.exporting.asking import administering, ask_for_archive, ask_for_export, export_named
from messaging.exporting.record import ExportFormat
from messaging.memory.exporting import ExportState, StoredExport
from web.api.answers import answer
from web.api.reading_requests import a_choice, conversation_id, json_object, only
from web.http.guards import person_asking, somebody_asking
from web.http.handing_on import export_id, handed_on
from web.state import House


async def ask(request: Request) -> Response:
    """POST /conversations/{id}/exports `{format}`: for its clients and who cares; stepped up. It is made by and by."""
    house: House = request.state["house"]
    asking = await somebody_asking(request)
    conversation = conversation_id(request)
    asked = await ask_for_export(house.office, asking, conversation, await _form(request))
    return answer(_shown(asked), 202)


async def ask_archive(request: Request) -> Response:
    """POST /practice/exports `{format}`: all that the practice holds, locked, for who administers; stepped up."""
    house: House = request.state["house"]
    asking = await somebody_asking(request)
    administering(asking.person)
    asked = await ask_for_archive(house.office, asking, await _form(request))
    return answer(_shown(asked), 202)


async def _form(request: Request) -> ExportFormat:
    form = a_choice(only(await json_object(request), "format"), "format", ExportFormat)
    if form is None:
        raise Malformed(f"`format` is one of {', '.join(one.value for one in ExportFormat)}.")
    return form


async def show(request: Request) -> Response:
    """GET /exports/{id}: how it stands, for who asked for it."""
    house: House = request.state["house"]
    person = await person_asking(request)
    _, found = await export_named(house.office, person, export_id(request))
    return answer(_shown(found))


async def file(request: Request) -> Response:
    """GET /exports/{id}/file: its octets, or a part of them."""
    return await handed_on(request, await somebody_asking(request))


def _shown(one: StoredExport) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": str(one.id),
        "conversation": str(one.conversation) if one.conversation else None,
        "format": one.form,
        "state": one.state,
        "progress": one.progress,
        "at": frames.moment(one.made_at),
    }
    if one.state is ExportState.READY and one.expires_at is not None:
        shown |= {
            "file": f"/api/v1/exports/{one.id}/file",
            "size": one.octets,
            "expires": frames.moment(one.expires_at),
        }
    return shown
