"""Searching one's caseload. What is looked for comes in the body: an address is kept in too many places."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.searching.asking import Asked, search
from messaging.searching.opening import Hit
from web.api.answers import answer
from web.api.reading_requests import json_object, only
from web.http.guards import person_asking
from web.state import House


async def find(request: Request) -> Response:
    """POST /search `{q, conversation?, kind?, from?, until?}`"""
    house: House = request.state["house"]
    person = await person_asking(request)
    said = only(await json_object(request), "q", "conversation", "kind", "from", "until")
    asked = Asked(
        said.get("q"), said.get("conversation"), said.get("kind"), said.get("from"), said.get("until")
    )
    found = await search(house.office, person, asked, house.finder)
    return answer({"results": [_result(hit) for hit in found.hits], "complete": found.complete})


def _result(hit: Hit) -> dict[str, Any]:
    note = {"note": {"id": hit.note, "kind": "process" if hit.own else "progress"}} if hit.note else {}
    return {
        **note,
        "conversation": hit.conversation,
        "number": hit.number if hit.note is None else None,
        "at": frames.moment(hit.at),
        "kind": hit.sort,
        "author": hit.author,
        "excerpt": hit.excerpt,
    }
