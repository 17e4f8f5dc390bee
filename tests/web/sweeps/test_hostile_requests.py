"""No request is an accident: whatever is sent to any route is answered, and never by a 500.

The routes are those of the application, and their fields those of its description, its templates and its endpoints: a new
one is tried without being named here.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from inspect import getsource
from pathlib import Path
from sys import modules
from typing import Any
from uuid import UUID, uuid4

import pytest
from starlette.routing import Route

import web
from channels.email.sealing.directory import NotFetched
from messaging.errors import Malformed
from messaging.letters.writing import Letter, write_letter
from messaging.sessions import booking, offering
from messaging.sessions.offering import Range
from messaging.trust.access import Deed
from messaging.trust.passwords import checked_password
from tests.cast import Cast
from tests.sizes import size
from tests.web.hostile import (
    BODIES,
    CHARSETS,
    EDGES,
    FORM_TEXTS,
    MEGABYTE,
    PATHS,
    TEXTS,
    VALUES,
    Door,
    Reply,
    as_form,
    as_json,
    as_multipart,
    fine_value,
    spoiled,
)
from web.api.described import PATHS as DESCRIBED
from web.api.routes import ROUTES as API
from web.commands.provision import Desk
from web.pages.routes import ROUTES as PAGES

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
WHO = ("mira", "ruth", "nour")


class NoDirectory:
    """No provider is asked."""

    async def find(self, _address: str) -> bytes:
        raise NotFetched


class World:
    """A practice in which something stands behind every id that a path may name."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        cast.house.key_directory = NoDirectory()
        self.door = Door(cast.house)
        self.faults: list[tuple[str, str, str]] = []

    async def prepare(self) -> "World":
        """A letter, a session to come and an offered time."""
        office = self.cast.office
        self.tokens = {name: await self.cast.token(name) for name in WHO}
        admitted, circle = await self.cast.enter("ruth", "ruth", Deed.WRITE)
        await write_letter(office, admitted, circle, Letter(uuid4(), "A letter."))
        held, _ = await self.cast.enter("mira", "ruth", Deed.HOLD_SESSION)
        day = office.clock() + timedelta(days=3)
        session = await booking.book(office, held, day, 50)
        (slot,) = await offering.offer(
            office, self.cast["mira"], Range(day + timedelta(days=1), day + timedelta(days=1, minutes=50), 50)
        )
        self.ids: dict[str, UUID | str] = {
            "conversation": self.cast.conversation("ruth"),
            "session": session.id,
            "slot": slot.id,
            "number": "1",
            "slug": self.cast.practice.slug,
            "act": "extend",
            "name": "css/base.css",
            "deed": "again",
        }
        return self

    def path(self, template: str) -> str:
        """With ids that are there, where there are any."""
        return re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: str(self.ids.get(m[1], uuid4())), template)

    def broken_paths(self, template: str) -> Iterator[str]:
        """With one id at a time that is none."""
        for name in re.findall(r"\{(\w+)", template):
            for bad in PATHS:
                spoiled_template = re.sub(rf"\{{{name}(?::\w+)?\}}", bad.replace("\\", ""), template)
                yield self.path(spoiled_template)

    async def ask(self, who: str | None, method: str, path: str, body: bytes = b"", **headers: str) -> Reply:
        """One request, by one of the cast."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if who:
            named["authorization"] = f"Bearer {self.tokens[who]}"
        reply = await self.door.ask(method, path, body, named)
        if not reply.calm:
            where = f"{method} {re.sub(r'[0-9a-f-]{36}', '{}', path)[:80]}"
            self.faults.append((where, f"{reply.status} {reply.fault}", repr(body[:200])))
        return reply

    def accidents(self) -> str:
        """One of each kind, by route and fault."""
        kinds = {
            (where, fault): f"{where}: {fault}\n    {body}" for where, fault, body in reversed(self.faults)
        }
        return "\n".join(sorted(kinds.values()))


@pytest.fixture
async def world(cast: Cast) -> World:
    return await World(cast).prepare()


def routes_of(routes: Any, prefix: str = "") -> list[tuple[str, str, Route]]:
    """Method, template and route of each."""
    found = []
    for one in routes:
        if isinstance(one, Route):
            found += [(method, prefix + one.path, one) for method in (one.methods or {"GET"}) - {"HEAD"}]
    return found


def described(method: str, template: str) -> dict[str, Any]:
    """The fields that a route of the API says it takes."""
    held = DESCRIBED.get(template.removeprefix("/api/v1"), {}).get(method.lower(), {})
    content = held.get("requestBody", {}).get("content", {})
    properties = content.get("application/json", {}).get("schema", {}).get("properties", {})
    return {name: fine_value(schema) for name, schema in properties.items()}


API_ROUTES = routes_of(API.routes, "/api/v1")
PAGE_ROUTES = routes_of(PAGES)
FORMS = [one for one in PAGE_ROUTES if one[0] == "POST"]
PARTS = 4
in_parts = pytest.mark.parametrize("part", range(PARTS))
"""Of the routes, so that all workers ask."""
FIELD = re.compile(r'fields(?:\.get\(|\[)"([a-z_]+)"')
NAMES = {
    name
    for page in Path(web.__file__).parent.rglob("*.html")
    for name in re.findall(r'name="([a-z_]+)"', page.read_text(encoding="utf-8"))
}
FINE = {"minutes": "50", "number": "1", "mode": "notice", "alone": "yes", "time": "10:00", "until": "12:00"}


def form_fields(route: Route, world: World) -> dict[str, str]:
    """What forms send and the endpoint, or a module of pages that it builds on, asks for; each as it would be right."""
    module = modules[route.endpoint.__module__]
    beside = {getattr(one, "__module__", "") for one in vars(module).values()}
    own, others = (
        getsource(module),
        [getsource(modules[n]) for n in sorted(beside) if n.startswith("web.pages.")],
    )
    spoken = NAMES & set(re.findall(r'"([a-z_]+)"', own))
    spoken |= {name for source in others for name in FIELD.findall(source)}
    day = (datetime.now(UTC) + timedelta(days=5)).date().isoformat()
    known: dict[str, str] = {**FINE, **{name: str(one) for name, one in world.ids.items()}, "day": day}
    known["key"] = str(uuid4())
    known.pop("deed"), known.pop("name")
    return {name: known.get(name, "words of eight") for name in sorted(spoken)}


def whose(template: str) -> str:
    """Who may go there."""
    return "ruth" if template.startswith("/me") else "nour" if template.startswith("/admin") else "mira"


def test_the_walk_finds_the_routes_and_their_fields(world: World) -> None:
    assert len(API_ROUTES) > 20
    assert len(PAGE_ROUTES) > 50
    fields = {name for _, _, route in PAGE_ROUTES for name in form_fields(route, world)}
    assert {"username", "password", "text", "day", "time", "place", "key", "conversation"} <= fields
    assert {"after", "limit", "before"} <= {
        name for _, _, route in (*API_ROUTES, *PAGE_ROUTES) for name in asked_of(route)
    }
    assert {"starts", "minutes"} <= described("POST", "/api/v1/slots").keys()


async def test_a_guess_that_is_no_unicode_is_wrong_like_any_other(world: World) -> None:
    right = f"ruth-{world.cast.practice.slug}"
    for name, password in (("\ud800", "a guess"), (right, "\ud800"), (right, "a guess")):
        guess = as_json({"username": name, "password": password, "practice": "\udfff"})
        assert (await world.ask(None, "POST", "/api/v1/sign-ins", guess, **JSON)).status == 401
    with pytest.raises(Malformed):
        checked_password("a long \ud800 password")


@pytest.mark.parametrize("starts", EDGES)
async def test_a_time_that_nobody_can_mean_is_refused(world: World, starts: str) -> None:
    place = world.path("/api/v1/conversations/{conversation}/sessions")
    for path in (place, "/api/v1/slots", world.path("/api/v1/sessions/{session}/move")):
        for minutes in (50, 10**12, 10**18):
            asked = as_json({"starts": starts, "minutes": minutes})
            assert (await world.ask("mira", "POST", path, asked, **JSON)).status == 422
    slug, conversation = world.cast.practice.slug, str(world.ids["conversation"])
    line = {"session": {"practice": slug, "conversation": conversation, "starts": starts}}
    if starts.startswith(("0001", "9999")):
        (answer,) = [one async for one in Desk(world.cast.office, "", "a test").run([json.dumps(line)])]
        assert "error" in answer


@in_parts
async def test_no_json_is_an_accident(world: World, part: int) -> None:
    for method, template, _ in API_ROUTES[part::PARTS]:
        large = dict.fromkeys(described(method, template), "x" * MEGABYTE)
        for body in (*BODIES, as_json(large)[:MEGABYTE] + b'"}', as_json(dict(list(large.items())[:1]))):
            await world.ask("mira", method, world.path(template), body, **JSON)
        for held in spoiled(described(method, template), VALUES):
            for who in ("mira", "ruth"):
                await world.ask(who, method, world.path(template), as_json(held), **JSON)
    assert world.accidents() == ""


@in_parts
async def test_no_form_is_an_accident(world: World, part: int) -> None:
    for method, template, route in FORMS[part::PARTS]:
        who = whose(template)
        for fields in spoiled(form_fields(route, world), FORM_TEXTS):
            await world.ask(who, method, world.path(template), as_form(fields), **FORM)
        for name in list(form_fields(route, world))[:: size(5, 1)]:
            large = form_fields(route, world) | {name: "x" * MEGABYTE}
            await world.ask(who, method, world.path(template), as_form(large), **FORM)
        twice = as_form(form_fields(route, world))
        await world.ask(who, method, world.path(template), twice + b"&" + twice, **FORM)
        for body in BODIES:
            await world.ask(who, method, world.path(template), body, **FORM)
    assert world.accidents() == ""


@in_parts
async def test_no_multipart_form_is_an_accident(world: World, part: int) -> None:
    for method, template, route in FORMS[part::PARTS]:
        who = whose(template)
        fine = form_fields(route, world)
        for charset in CHARSETS:
            kind = {"content-type": f"multipart/form-data; boundary=b; charset={charset}"}
            for text in ("\\ud800", "\\x00", "\u00e4", "xn--\ud800"):
                body = as_multipart({name: text if name != "key" else value for name, value in fine.items()})
                await world.ask(who, method, world.path(template), body, **kind)
        for body in (b"--b\r\n", b"--b\r\n\r\nx\r\n--b--\r\n", b"\x00", as_multipart(fine)[:-9]):
            await world.ask(
                who, method, world.path(template), body, content_type="multipart/form-data; boundary=b"
            )
        await world.ask(who, method, world.path(template), b"x", content_type="multipart/form-data")
    assert world.accidents() == ""


@in_parts
async def test_no_address_is_an_accident(world: World, part: int) -> None:
    for method, template, route in (*API_ROUTES, *PAGE_ROUTES)[part::PARTS]:
        who = whose(template)
        for one in (*WHO, None):
            await world.ask(one, method, world.path(template))
        for path in world.broken_paths(template):
            await world.ask(who, method, path, as_json(described(method, template)), **JSON)
        for name in asked_of(route):
            for text in TEXTS:
                query = as_form({name: text}).decode()
                await world.ask(who, "GET", f"{world.path(template)}?{query}")
    assert world.accidents() == ""


def asked_of(route: Route) -> set[str]:
    """What the endpoint's module reads of a query."""
    return set(
        re.findall(r'query_params(?:\.get\(|\[)"(\w+)"', getsource(modules[route.endpoint.__module__]))
    )
