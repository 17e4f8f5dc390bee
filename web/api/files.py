"""Files of a conversation: how they stand, and their bytes."""

from collections.abc import Mapping
from typing import Any, Final, assert_never
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from messaging.arriving.files import entry_with
from messaging.errors import NotFound
from messaging.ids import parse_uuid
from messaging.letters.uploads import own_upload
from messaging.memory.arriving import FileCheck, FileState
from messaging.record.reading import enter
from messaging.trust.access import Deed
from web.api.reading_requests import conversation_id
from web.http.guards import person_asking
from web.http.handing_out import handed_back, handed_out
from web.state import House

CLEAN: Final = "clean"


async def read(request: Request) -> Response:
    """GET /conversations/{id}/files/{id}: the bytes, under the rules of the pages. Audited; one's own unsent one is not."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, _ = await enter(house.office, person, conversation_id(request), Deed.READ)
    wanted = parse_uuid(request.path_params["file"])
    if wanted is None:
        raise NotFound
    own = await own_upload(house.office, held, wanted)
    if own is not None:
        return handed_back(house.office, held, own)
    return await handed_out(house.office, held, await entry_with(house.office, held, wanted), wanted)


def standing(found: dict[str, Any], checks: Mapping[UUID, FileCheck]) -> dict[str, Any]:
    """An entry that says of each of its files whether it may be had."""
    for one in found.get("attachments", ()):
        check = checks.get(one["id"])
        one["state"] = CLEAN if check is None else state_said(check.state)
    return found


def state_said(state: FileState) -> str:
    """As programs read it."""
    match state:
        case FileState.ARRIVING | FileState.WAITING:
            return "waiting"
        case FileState.CLEAN:
            return CLEAN
        case FileState.FOUND:
            return "infected"
        case _:
            assert_never(state)
