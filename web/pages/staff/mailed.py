"""What a clinician does about a mail that may not have arrived."""

from starlette.requests import Request
from starlette.responses import Response

from messaging.errors import NotFound
from messaging.ids import MailId, parse_uuid
from messaging.letters.second_tries import note_arrival, send_again
from messaging.trust.access import Deed
from web.pages.parts.asking import clinician_visit, conversation_of, go


async def decide(request: Request) -> Response:
    """POST /c/{conversation}/mail/{mail}/{arrived|again}"""
    visit = await clinician_visit(request)
    name = parse_uuid(request.path_params["mail"])
    held, circle = await visit.enter(conversation_of(request), Deed.SETTLE)
    if name is None:
        raise NotFound
    match request.path_params["deed"]:
        case "arrived":
            await note_arrival(visit.office, held, MailId(name))
        case "again":
            await send_again(visit.office, held, circle, MailId(name))
            visit.house.mail_owed.set()
        case _:
            raise NotFound
    return go(f"/c/{circle.conversation.id}")
