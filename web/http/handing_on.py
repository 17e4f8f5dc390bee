"""An export's file over HTTP: resumable, for who asked for it. Nothing of it is held but the chunk that goes out."""

import logging
from collections.abc import Mapping
from typing import Final, assert_never

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Send

from messaging.entrance.signing_in import SignedIn
from messaging.errors import Busy
from messaging.exporting.handing_on import Cut, HandedOn, note_handed_on, octets_of, open_export
from messaging.exporting.record import ExportFormat
from messaging.ids import ExportId, parse_uuid
from web.http.handing_out import LOCKED, disposition
from web.http.ranges import Part, etag_of, goes_on, part_asked_for
from web.state import House

log = logging.getLogger(__name__)

NAME: Final = "record"
"""What the file is called: a list of downloads is read by whoever uses the device."""
WHOLE: Final = "practice"


class _Going(StreamingResponse):
    """Cut off where it is not its asker's any more: what came is shorter than was said, so nobody takes it for whole."""

    async def stream_response(self, send: Send) -> None:
        try:
            await super().stream_response(send)
        except (Cut, Busy) as why:
            log.warning("a download was cut off", extra={"why": type(why).__name__})


def export_id(request: Request) -> ExportId | None:
    """The export of the path; None where it is no id."""
    found = parse_uuid(request.path_params["export"])
    return ExportId(found) if found else None


async def handed_on(request: Request, asking: SignedIn) -> Response:
    """The file, or the part that is asked for; audited, but for a HEAD. Raises NotFound, StepUp, NotReady, Gone, Busy."""
    house: House = request.state["house"]
    mark = goes_on(request.headers)
    handed = await open_export(house.office, asking, export_id(request), goes_on=mark)
    octets = handed.export.octets
    part = part_asked_for(request.headers, octets, handed.export.mark)
    headers = _headers(handed)
    if part is None:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{octets}"})
    headers |= _of_part(part, octets)
    status = 206 if part.partial else 200
    if request.method == "HEAD":
        return Response(status_code=200, headers={**headers, "Content-Length": str(octets)})
    await note_handed_on(house.office, handed)
    return _Going(octets_of(house.office, handed, part.first, part.last), status, headers)


def _headers(handed: HandedOn) -> dict[str, str]:
    form = ExportFormat(handed.export.form)
    day = f"{handed.export.made_at:%Y-%m-%d}"
    of_one = handed.export.conversation is not None
    return {
        "Accept-Ranges": "bytes",
        "ETag": etag_of(handed.export.mark),
        "Content-Type": media_type_of(form) if of_one else "application/octet-stream",
        "Content-Disposition": disposition(
            f"{NAME}-{day}.{ending_of(form)}" if of_one else f"{WHOLE}-{day}.locked"
        ),
        "Content-Security-Policy": LOCKED,
        "X-Content-Type-Options": "nosniff",
    }


def _of_part(part: Part, octets: int) -> Mapping[str, str]:
    found = {"Content-Length": str(part.octets)}
    if part.partial:
        found["Content-Range"] = f"bytes {part.first}-{part.last}/{octets}"
    return found


def media_type_of(form: ExportFormat) -> str:
    """What a browser is told it is."""
    match form:
        case ExportFormat.JSON:
            return "application/json"
        case ExportFormat.MBOX:
            return "application/mbox"
        case ExportFormat.HTML:
            return "application/zip"
        case ExportFormat.FHIR:
            return "application/fhir+json"
        case _:
            assert_never(form)


def ending_of(form: ExportFormat) -> str:
    """The ending of its file's name."""
    return "zip" if form is ExportFormat.HTML else "fhir.json" if form is ExportFormat.FHIR else form.value
