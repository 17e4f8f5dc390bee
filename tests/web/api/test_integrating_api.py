"""Events, webhooks and service accounts by the API: exact, complete, and no further than a scope reaches."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from starlette.routing import Route

import web
from messaging.integrating.events import TYPES
from messaging.integrating.service_accounts import Scope
from messaging.integrating.webhooks import GIVE_UP, SCHEDULE, tell_due
from messaging.letters.writing import Letter, write_letter
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.web.hostile import Door, Reply
from tests.web.outbound.receiving import Receiver, receiving
from tests.web.sweeps.test_hostile_requests import described
from web.api.routes import ROUTES
from web.http.scopes import PREFIX, REACHED
from web.outbound.places import Hosts, read_hosts
from web.telling import SIGNATURE, tell

SIX = {"number", "at", "type", "conversation", "person", "id"}


@dataclass
class Desk:
    """The API, and what runs beside it, a step at a time."""

    cast: Cast
    door: Door
    receiver: Receiver

    async def ask(self, token: str, method: str, path: str, body: Any = None) -> Reply:
        sent = b"" if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
        return await self.door.ask(method, PREFIX + path, sent, headers)

    async def nour(self, method: str, path: str, body: Any = None) -> Reply:
        return await self.ask(await self.cast.token("nour"), method, path, body)

    async def program(self, *scopes: Scope) -> str:
        """Its token."""
        made = await self.nour("POST", "/service-accounts", {"name": "Booking", "scopes": list(scopes)})
        assert made.status == 201, made.body
        return str(json.loads(made.body)["token"])

    async def events(self, after: int = 0, limit: int = 500) -> list[dict[str, Any]]:
        found = await self.nour("GET", f"/events?after={after}&limit={limit}")
        assert found.status == 200
        return list(json.loads(found.body)["events"])

    async def hook(self, *types: str) -> dict[str, Any]:
        url = f"http://127.0.0.1:{self.receiver.port}/in"
        body = {"url": url, "secret": "heron", "types": list(types) or sorted(TYPES)}
        made = await self.nour("POST", "/webhooks", body)
        assert made.status == 201, made.body
        return dict(json.loads(made.body))

    async def letter(self, who: str, where: str) -> None:
        held, circle = await self.cast.enter(who, where, Deed.WRITE)
        await write_letter(self.cast.office, held, circle, Letter(uuid4(), "Heron."))

    async def settle(self, later: timedelta = timedelta()) -> None:
        """Whatever is due by then is told."""
        await self.events()  # numbers what has none
        office = replace(self.cast.office, clock=lambda: self.cast.office.clock() + later)
        while await tell_due(office, partial(tell, self.cast.house)):
            pass


@pytest.fixture
def desk(cast: Cast) -> Iterator[Desk]:
    before = cast.house.webhooks.hosts
    cast.house.webhooks.hosts = read_hosts("127.0.0.1")
    with receiving() as receiver:
        yield Desk(cast, Door(cast.house), receiver)
    cast.house.webhooks.hosts = before


async def test_what_happens_is_told_in_order_by_six_keys(desk: Desk) -> None:
    before = await desk.events()
    await desk.letter("ruth", "ruth")
    await desk.letter("mira", "ruth")
    added = await desk.nour("POST", "/people", {"role": "client", "name": "Wren"})
    person = json.loads(added.body)["id"]
    await desk.nour("PATCH", f"/people/{person}", {"name": "Wren Ash"})
    found = await desk.events()
    assert found[: len(before)] == before, "what is numbered stays as it is"
    assert [one["number"] for one in found] == list(range(1, len(found) + 1))
    assert all(set(one) <= SIX and one["type"] in TYPES for one in found)
    new = found[len(before) :]
    ruths = str(desk.cast.conversation("ruth"))
    letters = [one for one in new if one["type"] == "message"]
    assert [(one["conversation"], one["person"]) for one in letters] == [
        (ruths, str(desk.cast["ruth"].id)),
        (ruths, str(desk.cast["mira"].id)),
    ]
    assert all(UUID(one["id"]).version == 4 for one in letters)
    assert all(datetime.fromisoformat(one["at"]).tzinfo for one in letters)
    assert {(one["type"], one.get("person")) for one in new if "conversation" not in one} == {
        ("person_added", person),
        ("person_changed", person),
    }
    assert "Heron" not in json.dumps(found)


async def test_they_are_asked_for_by_number(desk: Desk) -> None:
    await desk.letter("ruth", "ruth")
    every = await desk.events()
    page = json.loads((await desk.nour("GET", "/events?after=1&limit=2")).body)
    assert page == {"events": every[1:3], "last": len(every)}
    empty = json.loads((await desk.nour("GET", f"/events?after={len(every)}")).body)
    assert empty == {"events": [], "last": len(every)}
    assert json.loads((await desk.nour("GET", "/events?limit=0")).body) == {"events": [], "last": len(every)}
    assert (await desk.nour("GET", "/events?after=x")).status == 422


@pytest.mark.parametrize("who", ["mira", "ruth"])
async def test_nobody_else_is_told_that_there_are_any(desk: Desk, who: str) -> None:
    token = await desk.cast.token(who)
    made = await desk.hook()
    hook = {"url": f"http://127.0.0.1:{desk.receiver.port}/", "secret": "x", "types": ["message"]}
    for method, path, body in (
        ("GET", "/events", None),
        ("GET", "/webhooks", None),
        ("POST", "/webhooks", hook),
        ("DELETE", f"/webhooks/{made['id']}", None),
        ("GET", "/service-accounts", None),
        ("POST", "/service-accounts", {"name": "x", "scopes": ["events"]}),
    ):
        assert (await desk.ask(token, method, path, body)).status == 404, path


async def test_a_post_carries_one_event_and_is_signed(desk: Desk) -> None:
    await desk.letter("ruth", "ruth")
    hook = await desk.hook("message")
    assert set(hook) == {"id", "url", "types", "at"}
    await desk.letter("mira", "ruth")
    await desk.settle()
    came = [one for one in desk.receiver.came if one.path == "/in"]
    assert len(came) == 1, "nothing of before it was there, nothing of other types"
    told = json.loads(came[0].body)
    assert told == (await desk.events())[-1]
    said = dict(part.split("=", 1) for part in came[0].headers[SIGNATURE].split(","))
    signed = said["t"].encode() + b"." + came[0].body
    assert hmac.new(b"heron", signed, hashlib.sha256).hexdigest() == said["v1"]
    assert abs(desk.cast.office.clock().timestamp() - int(said["t"])) < 60


async def test_what_is_not_taken_holds_up_its_own_conversation_alone(desk: Desk) -> None:
    await desk.hook("message")
    desk.receiver.status, desk.receiver.location = 302, f"http://127.0.0.1:{desk.receiver.port}/elsewhere"
    await desk.letter("ruth", "ruth")
    await desk.settle()
    assert len(desk.receiver.came) == 1, "a redirection is not followed, and it is not tried at once again"
    desk.receiver.status, desk.receiver.location = 204, ""
    await desk.letter("mira", "ruth")
    await desk.letter("linden", "linden")
    await desk.settle()
    told = [json.loads(one.body) for one in desk.receiver.came]
    assert [one["conversation"] for one in told[1:]] == [str(desk.cast.conversation("linden"))]
    shown = json.loads((await desk.nour("GET", "/webhooks")).body)["webhooks"]
    assert "failing_since" in shown[0]
    await desk.settle(timedelta(seconds=SCHEDULE[0] + 1))
    told = [json.loads(one.body) for one in desk.receiver.came[2:]]
    people = [str(desk.cast[one].id) for one in ("ruth", "mira")]
    assert [one["person"] for one in told] == people, "in order, once each"
    shown = json.loads((await desk.nour("GET", "/webhooks")).body)["webhooks"]
    assert "failing_since" not in shown[0]


async def test_after_a_day_of_tries_the_next_is_told(desk: Desk) -> None:
    await desk.hook("message")
    desk.receiver.status = 500
    await desk.letter("ruth", "ruth")
    await desk.settle()
    await desk.letter("mira", "ruth")
    later = GIVE_UP + timedelta(minutes=1)
    await desk.settle(later)
    assert len(desk.receiver.came) == 3
    last = [json.loads(one.body)["person"] for one in desk.receiver.came]
    assert last == [str(desk.cast[one].id) for one in ("ruth", "ruth", "mira")]
    desk.receiver.status = 200
    await desk.settle(later + timedelta(minutes=1))
    assert len(desk.receiver.came) == 4


async def test_a_webhook_that_was_removed_is_told_nothing(desk: Desk) -> None:
    hook = await desk.hook("message")
    await desk.letter("ruth", "ruth")
    await desk.events()
    assert (await desk.nour("DELETE", f"/webhooks/{hook['id']}")).status == 204
    await desk.settle()
    assert desk.receiver.came == []
    for method in ("GET", "DELETE"):
        assert (await desk.nour(method, f"/webhooks/{hook['id']}")).status == 404


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"url": "https://evil.example/"}, "evil.example"),
        ({"url": "http://localhost:1/"}, "localhost"),
        ({"url": "nonsense"}, "url"),
        ({"types": ["message", "whisper"]}, "whisper"),
        ({"types": []}, "type"),
        ({"secret": ""}, "secret"),
        ({"colour": 1, "shape": 2}, "colour"),
    ],
)
async def test_what_is_wrong_with_a_webhook_is_named(desk: Desk, change: Any, named: str) -> None:
    right = {"url": f"http://127.0.0.1:{desk.receiver.port}/", "secret": "x", "types": ["message"]}
    refused = await desk.nour("POST", "/webhooks", right | change)
    assert refused.status == 422
    assert named in json.loads(refused.body)["detail"]
    desk.cast.house.webhooks.hosts = Hosts()
    assert (await desk.nour("POST", "/webhooks", right)).status == 422, "without a list there are none"


async def test_an_account_is_shown_without_its_token_and_ends_with_it(desk: Desk) -> None:
    token = await desk.program(Scope.EVENTS)
    (shown,) = json.loads((await desk.nour("GET", "/service-accounts")).body)["service_accounts"]
    assert shown == {"id": shown["id"], "name": "Booking", "scopes": ["events"], "at": shown["at"]}
    assert json.loads((await desk.nour("GET", f"/service-accounts/{shown['id']}")).body) == shown
    assert (await desk.ask(token, "GET", "/events")).status == 200
    assert (await desk.nour("DELETE", f"/service-accounts/{shown['id']}")).status == 204
    assert (await desk.ask(token, "GET", "/events")).status == 401
    assert (await desk.nour("GET", f"/service-accounts/{shown['id']}")).status == 404
    people = json.loads((await desk.nour("GET", "/people")).body)["people"]
    assert "Booking" not in {one["name"] for one in people}
    for body in (
        {"name": "x", "scopes": ["all"]},
        {"name": "", "scopes": ["events"]},
        {"name": "x", "scopes": []},
    ):
        assert (await desk.nour("POST", "/service-accounts", body)).status == 422


def filled(path: str, desk: Desk) -> str:
    """With ids of what is there."""
    known = {"conversation": desk.cast.conversation("ruth"), "person": desk.cast["omar"].id}
    for name in ("conversation", "person"):
        path = path.replace(f"{{{name}}}", str(known[name]))
    for part in path.split("/"):
        if part.startswith("{"):
            path = path.replace(part, "1" if part == "{number}" else str(uuid4()))
    return path


async def test_each_scope_reaches_its_routes_and_nothing_else(desk: Desk) -> None:
    """Every route of the API by every scope, and pages and the live channel beside it."""
    tokens = {scope: await desk.program(scope) for scope in Scope}
    asked = 0
    anybody = {"/sign-ins", "/openapi.json"}
    for route in ROUTES.routes:
        assert isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}:
            if route.path in anybody:
                continue
            wanted = REACHED.get((method, route.path), frozenset())
            for scope, token in tokens.items():
                body = {"unknown": 1} if scope in wanted else described(method, PREFIX + route.path)
                reply = await desk.ask(token, method, filled(route.path, desk), body)
                asked += 1
                if scope not in wanted:
                    assert reply.status == 404, (scope, method, route.path)
                elif "{" not in route.path:
                    assert reply.status == (200 if method == "GET" else 422), (scope, method, route.path)
    known = {
        (method, route.path)
        for route in ROUTES.routes
        if isinstance(route, Route)
        for method in route.methods or ()
    }
    assert set(REACHED) <= known
    assert asked > 300
    for token in tokens.values():
        for page in ("/", "/today", "/inbox", "/people", "/trail"):
            reply = await desk.door.ask("GET", page, b"", {"authorization": f"Bearer {token}"})
            assert reply.status in (303, 401, 404), page


async def test_a_program_does_not_come_by_somebodys_way_in(desk: Desk) -> None:
    token = await desk.program(Scope.PEOPLE)
    office = desk.cast.office
    await office.memory.people.set_password(desk.cast.practice.id, desk.cast["omar"].id, "$argon2id$none")
    nours, omars, lindens = (desk.cast[one].id for one in ("nour", "omar", "linden"))
    assert (await desk.ask(token, "POST", "/people", {"role": "administrator", "name": "X"})).status == 404
    assert (await desk.ask(token, "POST", f"/people/{nours}/invitation")).status == 404
    assert (await desk.ask(token, "PATCH", f"/people/{nours}", {"active": False})).status == 404
    assert (await desk.ask(token, "POST", f"/people/{omars}/invitation")).status == 409
    assert (await desk.ask(token, "PATCH", f"/people/{omars}", {"email": "x@evil.example"})).status == 409
    assert (await desk.ask(token, "PATCH", f"/people/{omars}", {"name": "Omar B"})).status == 200
    assert (await desk.ask(token, "POST", f"/people/{lindens}/invitation")).status == 201
    added = await desk.ask(token, "POST", "/people", {"role": "client", "name": "Wren", "ref": "w1"})
    again = await desk.ask(token, "POST", "/people", {"role": "client", "name": "Wren", "ref": "w1"})
    assert (added.status, again.status) == (201, 200)


async def test_the_example_in_the_documents_checks_what_is_sent(desk: Desk) -> None:
    text = (Path(web.__file__).parents[1] / "docs" / "integrating.md").read_text(encoding="utf-8")
    example: dict[str, Any] = {}
    exec(text.split("```python\n")[1].split("```")[0], example)
    await desk.hook("message")
    await desk.letter("ruth", "ruth")
    await desk.settle()
    (came,) = desk.receiver.came
    header, is_ours = came.headers[SIGNATURE], example["is_ours"]
    assert is_ours(header, came.body, "heron")
    assert not is_ours(header, came.body, "crane")
    assert not is_ours(header, came.body + b" ", "heron")
    assert not is_ours(header, came.body, "heron", now=desk.cast.office.clock().timestamp() + 301)
    assert not is_ours("nonsense", came.body, "heron")
