"""For programs of others: events by number, webhooks, service accounts."""

from typing import Any, Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.entrance.signing_in import SignedIn
from messaging.entrance.stepping_up import must_be_stepped_up
from messaging.errors import Malformed, NotFound
from messaging.ids import parse_uuid
from messaging.integrating.events import PAGE, checked_types, events_after, must_see_events
from messaging.integrating.service_accounts import (
    Scope,
    ServiceAccount,
    account_of,
    accounts_of,
    add_account,
    must_administer,
    remove_account,
)
from messaging.integrating.webhooks import Webhook, add_webhook, remove_webhook, webhook_of, webhooks_of
from messaging.memory.sign_ins import SignInKind
from web.api.answers import answer
from web.api.reading_requests import json_object, only, text_field, whole_number
from web.http.guards import person_asking, somebody_asking
from web.outbound.places import NotAllowed
from web.state import House
from web.telling import as_told

HIGHEST: Final = 2**63 - 1
NAMED: Final = 100
"""Types or scopes of one request: more than there are."""


async def events(request: Request) -> Response:
    """GET /events?after=N&limit=M: what happened, ids only."""
    house: House = request.state["house"]
    person = await person_asking(request)
    after = whole_number(request.query_params.get("after"), 0, HIGHEST)
    limit = whole_number(request.query_params.get("limit"), PAGE)
    page = await events_after(house.office, person, after, limit)
    return answer({"events": [as_told(one) for one in page.events], "last": page.last})


async def add_hook(request: Request) -> Response:
    """POST /webhooks `{url, secret, types}`"""
    house: House = request.state["house"]
    asking = await somebody_asking(request)
    must_see_events(asking.person)
    sent = only(await json_object(request), "url", "secret", "types")
    url = text_field(sent, "url")
    types = checked_types(_texts(sent, "types"))
    try:
        house.webhooks.target(url)
    except NotAllowed as why:
        raise Malformed(f"`url`: {why}. Hosts are listed in QUIETLINE_WEBHOOK_HOSTS.") from None
    _stepped_up(house, asking)
    made = await add_webhook(house.office, asking.person, url, text_field(sent, "secret"), types)
    return answer(_hook(made), 201)


async def hooks(request: Request) -> Response:
    """GET /webhooks"""
    house: House = request.state["house"]
    found = await webhooks_of(house.office, await person_asking(request))
    return answer({"webhooks": [_hook(one) for one in found]})


async def hook(request: Request) -> Response:
    """GET /webhooks/{id}"""
    house: House = request.state["house"]
    person = await person_asking(request)
    return answer(_hook(await webhook_of(house.office, person, _id(request, "webhook"))))


async def remove_hook(request: Request) -> Response:
    """DELETE /webhooks/{id}"""
    house: House = request.state["house"]
    person = await person_asking(request)
    await remove_webhook(house.office, person, _id(request, "webhook"))
    return Response(status_code=204)


async def add_service_account(request: Request) -> Response:
    """POST /service-accounts `{name, scopes}`: the token is shown this once."""
    house: House = request.state["house"]
    asking = await somebody_asking(request)
    must_administer(asking.person)
    sent = only(await json_object(request), "name", "scopes")
    scopes = _scopes(_texts(sent, "scopes"))
    name = text_field(sent, "name")
    _stepped_up(house, asking)
    made, token = await add_account(house.office, asking.person, name, scopes)
    return answer({**_account(made), "token": token.text}, 201)


async def service_accounts(request: Request) -> Response:
    """GET /service-accounts"""
    house: House = request.state["house"]
    found = await accounts_of(house.office, await person_asking(request))
    return answer({"service_accounts": [_account(one) for one in found]})


async def service_account(request: Request) -> Response:
    """GET /service-accounts/{id}"""
    house: House = request.state["house"]
    person = await person_asking(request)
    return answer(_account(await account_of(house.office, person, _id(request, "account"))))


async def remove_service_account(request: Request) -> Response:
    """DELETE /service-accounts/{id}: its token opens nothing from now on."""
    house: House = request.state["house"]
    person = await person_asking(request)
    await remove_account(house.office, person, _id(request, "account"))
    return Response(status_code=204)


def _stepped_up(house: House, asking: SignedIn) -> None:
    """What lets programs in for good is asked of a browser's user once more; a token's maker is who runs the server."""
    if asking.sign_in.kind is SignInKind.COOKIE:
        must_be_stepped_up(house.office, asking)


def _hook(one: Webhook) -> dict[str, Any]:
    """Never the secret. `failing_since` where something could not be told."""
    shown = {
        "id": str(one.id),
        "url": one.url,
        "types": sorted(one.types),
        "at": frames.moment(one.created_at),
    }
    return shown | ({"failing_since": frames.moment(one.failing_since)} if one.failing_since else {})


def _account(one: ServiceAccount) -> dict[str, Any]:
    at = frames.moment(one.created_at)
    return {"id": str(one.id), "name": one.name, "scopes": sorted(one.scopes), "at": at}


def _scopes(said: list[str]) -> list[Scope]:
    known = {str(one) for one in Scope}
    if unknown := sorted(set(said) - known):
        raise Malformed(f"There is no scope {unknown[0][:40]!r}. They are: {', '.join(sorted(known))}.")
    return [Scope(one) for one in said]


def _texts(sent: dict[str, Any], name: str) -> list[str]:
    value = sent.get(name)
    if not isinstance(value, list) or len(value) > NAMED or not all(isinstance(one, str) for one in value):
        raise Malformed(f"`{name}` is a list of texts.")
    return value


def _id(request: Request, name: str) -> UUID:
    found = parse_uuid(request.path_params[name])
    if found is None:
        raise NotFound
    return found
