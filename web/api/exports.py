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
from web.api.reading_requests import a_choice, a_flag, conversation_id, json_object, only
from web.http.guards import person_asking, somebody_asking
from web.http.handing_on import export_id, handed_on
from web.state import House


async def ask(request: Request) -> Response:
    """POST /conversations/{id}/exports `{format, process_notes?}`: for its clients and who cares; stepped up.

    It is made by and by. `process_notes` is for who cares: with those they wrote themselves.
    """
    house: House = request.state["house"]
    asking = await somebody_asking(request)
    conversation = conversation_id(request)
    ticks = ("process_notes",) if asking.person.role.is_clinician else ()
    sent = only(await json_object(request), "format", *ticks)
    own = bool(a_flag(sent, "process_notes"))
    asked = await ask_for_export(house.office, asking, conversation, _form(sent), own_notes=own)
    return answer(_shown(asked), 202)


async def ask_archive(request: Request) -> Response:
    """POST /practice/exports `{format}`: all that the practice holds, locked, for who administers; stepped up."""
    house: House = request.state["house"]
    asking = await somebody_asking(request)
    administering(asking.person)
    asked = await ask_for_archive(house.office, asking, _form(only(await json_object(request), "format")))
    return answer(_shown(asked), 202)


def _form(sent: dict[str, Any]) -> ExportFormat:
    form = a_choice(sent, "format", ExportFormat)
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
