"""Whether this browser is told by push that there is something new."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from messaging.errors import Malformed, NotFound
from messaging.pushing.subscriptions import must_be_able, read_endpoint, standing, subscribe, unsubscribe
from web.api.answers import answer
from web.api.reading_requests import json_object, only, text_field
from web.http.guards import person_asking, somebody_asking
from web.outbound.places import NotAllowed
from web.state import House


async def how(request: Request) -> Response:
    """GET /me/push: whether it can be, and is; `key` as a browser subscribes with."""
    house: House = request.state["house"]
    asking = await somebody_asking(request)
    stands = await standing(house.office, asking)
    key = house.push.key.public if house.push.key and stands.may else None
    return answer({"key": key, "here": stands.here, "devices": stands.devices})


async def put(request: Request) -> Response:
    """PUT /me/push `{endpoint, p256dh, auth}`: this browser is told from now on. 204."""
    house: House = request.state["house"]
    asking = await somebody_asking(request)
    must_be_able(asking)
    if house.push.key is None:
        raise NotFound
    sent: dict[str, Any] = only(await json_object(request), "endpoint", "p256dh", "auth")
    url = text_field(sent, "endpoint")
    try:
        house.push.service(url)
    except NotAllowed:
        raise Malformed("This browser's push service is not one that this server may call.") from None
    endpoint = read_endpoint(url, text_field(sent, "p256dh"), text_field(sent, "auth"))
    await subscribe(house.office, asking, endpoint)
    return Response(status_code=204)


async def end(request: Request) -> Response:
    """DELETE /me/push: no device of theirs is told any more. 204, twice too."""
    house: House = request.state["house"]
    await unsubscribe(house.office, await person_asking(request))
    return Response(status_code=204)
