"""Files brought for a letter, and taken away again before it is sent."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from messaging.errors import Malformed, NotFound
from messaging.ids import parse_uuid
from messaging.letters.uploads import Upload, throw_away
from messaging.record.reading import enter
from messaging.trust.access import Deed
from web.api.answers import answer
from web.api.files import state_said
from web.api.reading_requests import conversation_id
from web.http.guards import person_asking
from web.http.parts import Parts, text_of
from web.http.taking_files import Bringing, told_length
from web.state import House

SHORT = 100
"""Octets of a field beside the file."""


async def bring(request: Request) -> Response:
    """POST /conversations/{id}/files: a form with `file`, and before it `letter` (its key) and `original` (`true`)."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, _ = await enter(house.office, person, conversation_id(request), Deed.WRITE)
    told_length(request, house)
    fields: dict[str, str] = {}
    brought: Upload | None = None
    with house.uploads.place(person.id):
        request.state["stay"].end()
        async for part in Parts(request).each():
            if part.name == "file" and part.file_name is not None and brought is None:
                bringing = Bringing(house, held, _letter(fields), original=_original(fields))
                brought = await bringing.take(part)
            elif part.name in ("letter", "original") and part.name not in fields and brought is None:
                fields[part.name] = await text_of(part, SHORT)
            else:
                raise Malformed(f"Not known here, or not there: {part.name[:40]!r}.")
    if brought is None:
        raise Malformed("There is no `file` in the form.")
    return answer(shown(brought), 201)


def shown(one: Upload) -> dict[str, Any]:
    """An upload, to who brought it."""
    return {
        "id": str(one.id),
        "name": one.name,
        "size": one.size,
        "state": state_said(one.state),
        "content_type": one.content_type,
        "traces": one.traces,
    }


async def take_away(request: Request) -> Response:
    """DELETE /conversations/{id}/files/{file}: one's own, that was not sent."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, _ = await enter(house.office, person, conversation_id(request), Deed.WRITE)
    wanted = parse_uuid(request.path_params["file"])
    if wanted is None:
        raise NotFound
    await throw_away(house.office, held, wanted)
    return Response(status_code=204)


def _letter(fields: dict[str, str]) -> Any:
    if "letter" not in fields:
        return None
    found = parse_uuid(fields["letter"])
    if found is None:
        raise Malformed("`letter` is the key of the letter it is for.")
    return found


def _original(fields: dict[str, str]) -> bool:
    said = fields.get("original", "false")
    if said not in ("true", "false"):
        raise Malformed("`original` is true or false.")
    return said == "true"
