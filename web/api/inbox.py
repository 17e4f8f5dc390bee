"""How clinicians arrange a conversation among themselves."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from channels.chat.rows import row
from messaging.errors import Malformed
from messaging.ids import PersonId, parse_uuid
from messaging.inbox import arranging as inbox
from messaging.inbox.arranging import Arrangement
from messaging.memory.inbox import Assigned, PutAside
from messaging.record.reading import enter
from messaging.trust.access import Deed
from web.api.answers import answer
from web.api.reading_requests import aware_moment, conversation_id, json_object, only
from web.http.guards import person_asking
from web.state import House

FIELDS = ("labels", "snoozed_until", "assignee")


async def arrange(request: Request) -> Response:
    """PATCH /inbox/{conversation} `{labels?, snoozed_until?, assignee?}`: the row as it stands then; null takes away."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, circle = await enter(house.office, person, conversation_id(request), Deed.SETTLE)
    wanted = _wanted(only(await json_object(request), *FIELDS))
    line = await inbox.arrange(house.office, person, held, circle.conversation, wanted)
    return answer(row(line, house.office.clock()))


def _wanted(sent: dict[str, Any]) -> Arrangement:
    """What is there. Raises Malformed."""
    labels = sent.get("labels")
    if "labels" in sent and not isinstance(labels, list):
        raise Malformed("`labels` is a list of texts.")
    until, to = sent.get("snoozed_until"), sent.get("assignee")
    return Arrangement(
        labels,
        PutAside(None if until is None else aware_moment(until)) if "snoozed_until" in sent else None,
        Assigned(None if to is None else _person(to)) if "assignee" in sent else None,
    )


def _person(said: object) -> PersonId:
    found = parse_uuid(said)
    if found is None:
        raise Malformed("`assignee` is the id of a clinician of the conversation.")
    return PersonId(found)
