"""The exchange contract of a conversation: proposed by who cares, agreed to by those in care; and what kind an answer is."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.agreements.exchange import FIELDS, Exchange, Proposal, checked_terms, exchange_of
from messaging.agreements.proposing import agree, checked_kind, propose, say_kind
from messaging.conversations import Circle
from messaging.errors import Malformed, NotFound
from messaging.ids import parse_uuid
from messaging.leaving.answer_rules import said_of
from messaging.record.reading import enter
from messaging.trust.access import Deed, Pass
from web.api.answers import answer
from web.api.assignments import key_in
from web.api.reading_requests import conversation_id, json_object, only
from web.http.guards import person_asking
from web.state import House


async def show(request: Request) -> Response:
    """GET /conversations/{id}/exchange-contract: what is agreed, what is proposed, and the answers since."""
    house, held, _ = await _entered(request, Deed.READ)
    return answer(_shown(await exchange_of(house.office, held)))


async def put(request: Request) -> Response:
    """PUT the same `{answers?, words?, exchanges?, goes_on?, key?}`: a proposal, by who cares. Nothing is changed by it."""
    house, held, circle = await _entered(request, Deed.ASSIGN)
    sent = only(await json_object(request), *FIELDS, "key")
    terms = checked_terms({k: v for k, v in sent.items() if k != "key"}, circle.conversation.answer)
    key = key_in(sent) or house.office.new_id()
    return answer(_shown(await propose(house.office, held, circle, key, terms)))


async def accept(request: Request) -> Response:
    """POST /conversations/{id}/exchange-contract/accept `{proposal}`: by one in care, to what they read. Twice is once."""
    house, held, circle = await _entered(request, Deed.WRITE)
    proposal = parse_uuid(only(await json_object(request), "proposal").get("proposal"))
    if proposal is None:
        raise Malformed("`proposal` is the id of the one you have read.")
    return answer(_shown(await agree(house.office, held, circle, proposal)))


async def kind(request: Request) -> Response:
    """PUT /conversations/{id}/messages/{number}/kind `{kind}`: what an answer since the agreement is, by who cares."""
    house, held, _ = await _entered(request, Deed.ASSIGN)
    said = only(await json_object(request), "kind").get("kind")
    number = request.path_params["number"]
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise NotFound
    return answer(_shown(await say_kind(house.office, held, int(number), checked_kind(said))))


async def _entered(request: Request, deed: Deed) -> tuple[House, Pass, Circle]:
    house: House = request.state["house"]
    person = await person_asking(request)
    held, circle = await enter(house.office, person, conversation_id(request), deed)
    return house, held, circle


def _shown(stands: Exchange) -> dict[str, Any]:
    nth = {one.number: place for place, one in enumerate(stands.counted, start=1)}
    return {
        "agreed": _proposal(stands.agreed),
        "proposed": _proposal(stands.proposed),
        "used": stands.used,
        "left": stands.left,
        "replies": [
            {
                "number": one.number,
                "author": str(one.author),
                "at": frames.moment(one.at),
                "kind": one.kind.value,
                "exchange": nth.get(one.number),
            }
            for one in stands.replies
        ],
    }


def _proposal(one: Proposal | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "id": str(one.id),
        "answers": said_of(one.terms.answers),
        "words": one.terms.words,
        "exchanges": one.terms.exchanges,
        "goes_on": one.terms.goes_on,
        "by": str(one.by),
        "at": frames.moment(one.at),
        "agreed_at": frames.moment(one.agreed_at) if one.agreed_at else None,
        "yes": sorted(map(str, one.yes)),
    }
