"""What is done with what was said: read up to here, settled, corrected, taken back. The acts are those of the pages."""

from time import monotonic
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.errors import KeyReused, Malformed, NotFound, NothingWaits
from messaging.ids import parse_uuid
from messaging.letters.settling import needs_no_answer
from messaging.memory.record import Outcome, Verdict
from messaging.messages import EventName
from messaging.office import Office
from messaging.record.amending import correct, withdraw
from messaging.record.reading import enter, first_said, mark_read
from messaging.trust.access import Deed, Pass
from web.api.answers import answer
from web.api.reading_requests import conversation_id, json_object, only, whole_number
from web.http.guards import person_asking
from web.state import House


async def read(request: Request) -> Response:
    """PUT /conversations/{id}/read-mark `{number}`: one's own mark, which only moves forward; where it stands now."""
    house: House = request.state["house"]
    person = await person_asking(request)
    conversation = conversation_id(request)
    held, _ = await enter(house.office, person, conversation, Deed.READ)
    number = only(await json_object(request), "number").get("number")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 2**31:
        raise Malformed("`number` is that of an entry.")
    await mark_read(house.office, held, number)
    _, circle = await enter(house.office, person, conversation, Deed.READ)
    member = circle.conversation.member(person.id)
    return answer({"number": member.read_number if member else 0})


async def settle(request: Request) -> Response:
    """POST /conversations/{id}/settle `{key}`: what waits needs no answer."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, circle = await enter(house.office, person, conversation_id(request), Deed.SETTLE)
    key = _key(only(await json_object(request), "key"))
    known = await _settled(house.office, held, key)
    if known is not None:
        return _done(known)
    if circle.conversation.waiting_since is None:
        raise NothingWaits
    return _done(await needs_no_answer(house.office, held, key))


async def _settled(office: Office, held: Pass, key: UUID) -> Outcome | None:
    """The same once more: it waits no longer by then. Raises KeyReused."""
    first = await first_said(office, held, key)
    if first is None:
        return None
    if first.body.event is not EventName.NEEDS_NO_ANSWER:
        raise KeyReused
    return Outcome(Verdict.KNOWN, first.number, first.id, first.at)


async def better(request: Request) -> Response:
    """POST /conversations/{id}/messages/{number}/correct `{key, text}`: one's own live words of a moment ago."""
    house, held, number, sent = await _amending(request, "key", "text")
    return _done(await correct(house.office, held, _key(sent), number, sent.get("text")))


async def take_back(request: Request) -> Response:
    """POST /conversations/{id}/messages/{number}/withdraw `{key}`: the same words, taken back."""
    house, held, number, sent = await _amending(request, "key")
    return _done(await withdraw(house.office, held, _key(sent), number))


async def _amending(request: Request, *names: str) -> tuple[House, Pass, int, dict[str, Any]]:
    """At the pace at which one may speak."""
    house: House = request.state["house"]
    person = await person_asking(request)
    held, _ = await enter(house.office, person, conversation_id(request), Deed.SAY)
    sent = only(await json_object(request), *names)
    house.pacing.saying.take(person.id, monotonic())
    return house, held, _number(request), sent


def _number(request: Request) -> int:
    """The entry of the path. What is no number is not found."""
    try:
        return whole_number(request.path_params["number"], 0)
    except Malformed:
        raise NotFound from None


def _key(sent: dict[str, Any]) -> UUID:
    key = parse_uuid(sent.get("key"))
    if key is None:
        raise Malformed("`key` is a UUID made for this.")
    return key


def _done(outcome: Outcome) -> Response:
    at = frames.moment(outcome.at) if outcome.at else None
    body = {"id": str(outcome.id), "number": outcome.number, "at": at}
    return answer(body, 200 if outcome.verdict is Verdict.KNOWN else 201)
