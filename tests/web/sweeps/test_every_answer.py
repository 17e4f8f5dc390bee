"""What every answer bears, and whom no door lets in: every route of the program, by everybody, from everywhere."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from starlette.routing import Route

from messaging.entrance.signing_in import begin, sign_out, who
from messaging.memory.sign_ins import SignInKind
from tests.cast import Cast
from tests.web.hostile import Door, Reply, as_form, as_json
from tests.web.sweeps.test_hostile_requests import (
    API_ROUTES,
    FORM,
    JSON,
    PAGE_ROUTES,
    WHO,
    World,
    asked_of,
    described,
    form_fields,
)
from tests.web.visitor import Visitor
from web.http.guards import SAFE
from web.http.health import ROUTES as HEALTH
from web.ops import ops_running
from web.settings import Listen
from web.state import House

EVERYWHERE = (*API_ROUTES, *PAGE_ROUTES, *(("GET", one.path, one) for one in HEALTH))
UNSAFE = [(method, template) for method, template, _ in EVERYWHERE if method not in SAFE]
BORNE = {
    "content-security-policy",
    "x-content-type-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
}
ABROAD = (
    "https://evil.example",
    "null",
    "http://127.0.0.1:8000.evil.example",
    "http://sub.127.0.0.1:8000",
    "http://127.0.0.1",
    "http://127.0.0.1:8001",
    "https://127.0.0.1:8000",
    "http://127.0.0.1:8000/",
    "http://someone@127.0.0.1:8000",
    "http://127.0.0.1:8000, https://evil.example",
    "",
)
"""Where a page of somebody else may say it comes from; and what no browser says."""
ANYBODY = {
    ("POST", "/api/v1/sign-ins"),
    ("GET", "/api/v1/openapi.json"),
    ("GET", "/"),
    ("POST", "/sign-in"),
    ("GET", "/sign-in/code"),
    ("POST", "/sign-in/code"),
    ("POST", "/sign-out"),
    ("GET", "/exit"),
    ("GET", "/app/{name}.webmanifest"),
    ("GET", "/help-now"),
    ("GET", "/help-now.js"),
    ("GET", "/.well-known/security.txt"),
    ("GET", "/.well-known/change-password"),
    ("GET", "/sign-in/passkey"),
    ("POST", "/sign-in/passkey"),
    ("GET", "/forgotten"),
    ("POST", "/forgotten"),
    ("GET", "/way-back"),
    ("POST", "/way-back"),
    ("POST", "/way-back/password"),
    ("POST", "/way-back/wish"),
    ("GET", "/way-back/stop"),
    ("POST", "/way-back/stop"),
    ("GET", "/set-up"),
    ("POST", "/set-up"),
    ("GET", "/set-up/backup"),
    *(("POST", f"/set-up/backup/{deed}") for deed in ("file", "look", "restore", "forget")),
    ("GET", "/p/{slug}"),
    ("POST", "/p/{slug}/enquiries"),
    ("GET", "/enquiry"),
    ("POST", "/enquiry"),
    ("POST", "/enquiry/words"),
    ("POST", "/enquiry/way-in"),
    ("GET", "/invitation"),
    ("GET", "/in"),
    ("POST", "/invitation"),
    ("GET", "/openpgp-key"),
    ("GET", "/openpgp-key/{slug}"),
    ("GET", "/static/{name:path}"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/metrics"),
}
"""Doors that ask nobody who they are. A new one is written here, or it is a fault."""


@pytest.fixture
async def world(cast: Cast) -> World:
    return await World(cast).prepare()


def right(world: World, method: str, template: str, route: Route) -> tuple[bytes, dict[str, str]]:
    """What would be right to send there."""
    if method == "GET":
        return b"", {}
    if template.startswith("/api/"):
        return as_json(described(method, template)), JSON
    return as_form(form_fields(route, world)), FORM


def lacking(reply: Reply, path: str) -> set[str]:
    """What an answer does not bear, or bears and should not."""
    found = BORNE - reply.headers.keys()
    if not path.startswith("/static/css/") and reply.headers.get("cache-control") != "no-store":
        found.add("no-store")
    if any(end in value for value in reply.headers.values() for end in "\r\n"):
        found.add("a line end")
    if reply.headers.keys() & {"access-control-allow-origin", "server", "x-powered-by"}:
        found.add("what nobody asked for")
    return found


async def test_every_answer_forbids_framing_keeping_and_sharing(world: World) -> None:
    """Right ones and refusals, pages and programs, for everybody; also where nothing is, and by a method nobody knows."""
    faults, statuses = list[str](), set[int]()
    for method, template, route in EVERYWHERE:
        path = world.path(template)
        body, kind = right(world, method, template, route)
        for name in (None, *WHO):
            if name:
                world.tokens[name] = await world.cast.token(name)
            for verb, asked in (
                (method, path),
                *(() if name else (("BREW", path), (method, f"{path}/nowhere"))),
            ):
                reply = await world.ask(name, verb, asked, body, **kind)
                statuses.add(reply.status)
                if missing := lacking(reply, asked):
                    faults.append(f"{name} {verb} {template}: {reply.status} lacks {sorted(missing)}")
    assert faults == []
    assert {200, 201, 204, 303, 401, 403, 404, 405, 422} <= statuses


async def test_nothing_asked_for_becomes_a_header(world: World) -> None:
    hostile = "/me\r\nSet-Cookie: quietline=x\r\n\r\n<script>"
    for method, template, route in EVERYWHERE:
        for name in asked_of(route) | {"next"}:
            query = as_form({name: hostile}).decode()
            for one in (None, "ruth"):
                reply = await world.ask(one, method, f"{world.path(template)}?{query}", b"", **FORM)
                assert lacking(reply, world.path(template)) == set(), template
                assert "quietline=x" not in str(dict(reply.headers)), template
    reply = await world.ask(None, "POST", "/sign-in", as_form({"username": hostile, "next": hostile}), **FORM)
    assert "quietline=x" not in str(dict(reply.headers))


async def test_no_answer_names_a_host_that_was_only_claimed(world: World) -> None:
    claimed = {
        "x_forwarded_host": "evil.example",
        "x_forwarded_proto": "https",
        "x_forwarded_server": "evil.example",
        "x_original_url": "https://evil.example/",
        "x_host": "evil.example",
        "forwarded": "host=evil.example;proto=https",
        "referer": "https://evil.example/",
    }
    named = list[str]()
    for method, template, route in EVERYWHERE:
        body, kind = right(world, method, template, route)
        world.tokens["nour"] = await world.cast.token("nour")
        reply = await world.ask("nour", method, world.path(template), body, **kind, **claimed)
        if "evil.example" in reply.body.decode("utf-8", "replace") + str(dict(reply.headers)):
            named.append(f"{method} {template}")
    assert named == []


async def test_the_operators_listener_says_the_same(built: House) -> None:
    async with ops_running(built, Listen("127.0.0.1", 0)) as at:
        for path in ("/health/live", "/health/ready", "/metrics", "/nowhere"):
            came = await Visitor(at["ops"]).get(path)
            assert BORNE - came.headers.keys() == set(), path
            assert came.headers["cache-control"] == "no-store"


def origins(own: str) -> Iterator[dict[str, str]]:
    """As browsers say where a request comes from, if they say it; `own` is a cookie that goes along."""
    cookie = {"cookie": own}
    yield cookie
    for site in ("cross-site", "same-site", "none", ""):
        yield cookie | {"sec-fetch-site": site}
    for origin in ABROAD:
        yield cookie | {"origin": origin}
        if origin != "null":
            # Whatever stands beside it, another Origin is another's.
            yield cookie | {"origin": origin, "sec-fetch-site": "same-origin"}
            yield {"origin": origin}


async def test_no_other_site_does_anything_at_any_address(world: World) -> None:
    """CSRF: with a cookie that is good for it, at every route that changes something."""
    door, let_in, asked = Door(world.cast.house), list[str](), 0
    token = await world.cast.token_of(world.cast["mira"], SignInKind.COOKIE)
    assert len(UNSAFE) > 80
    for method, template in UNSAFE:
        path = world.path(template)
        for named in origins(f"quietline={token}"):
            reply = await door.ask(method, path, b"{}", {**named, **JSON})
            asked += 1
            if reply.status != 403 or "another site" not in reply.text:
                let_in.append(f"{method} {template} {named.keys()} {named.get('origin')}: {reply.status}")
    assert let_in == []
    assert asked > 80 * 30


@pytest.mark.parametrize("named", [{"origin": "http://127.0.0.1:8000"}, {"sec-fetch-site": "same-origin"}])
async def test_our_own_pages_are_let_in_at_every_address(world: World, named: dict[str, str]) -> None:
    door = Door(world.cast.house)
    for method, template in UNSAFE:
        token = await world.cast.token_of(world.cast["mira"], SignInKind.COOKIE)
        sent = {**named, **JSON, "cookie": f"quietline={token}"}
        reply = await door.ask(method, world.path(template), b"{}", sent)
        assert "another site" not in reply.text, template


async def shown(cast: Cast) -> dict[str, str]:
    """Tokens that let nobody in."""
    mira, office = cast["mira"], cast.office
    over = await begin(office, mira.practice, mira.id, SignInKind.COOKIE, timedelta(seconds=-1))
    ended = await cast.token_of(mira, SignInKind.COOKIE)
    await sign_out(office, await who(office, ended))
    good = await cast.token("mira")
    return {
        "none": "",
        "over": over.text,
        "ended": ended,
        "longer": f"{good}A",
        "odd": "\x7f.x",
        "cut": good[:-1],
    }


async def test_no_door_but_those_of_anybody_lets_in_who_is_not_signed_in(world: World) -> None:
    """Without a sign-in, with one that is over or ended, and with what is none: sent to sign in, or refused."""
    door, opened, asked = Door(world.cast.house), list[str](), 0
    tokens = await shown(world.cast)
    for method, template, route in EVERYWHERE:
        if (method, template) in ANYBODY:
            continue
        body, kind = right(world, method, template, route)
        for name, token in tokens.items():
            for as_cookie in (True, False):
                key = {"cookie": f"quietline={token}"} if as_cookie else {"authorization": f"Bearer {token}"}
                named = {**kind, **(key if token else {}), "sec-fetch-site": "same-origin"}
                reply = await door.ask(method, world.path(template), body, named)
                asked += 1
                sent_to = reply.headers.get("location", "")
                away = reply.status == 303 and (sent_to == "/" or sent_to.startswith("/?next="))
                if (reply.status != 401 and not away) or reply.fault:
                    opened.append(f"{method} {template} {name}: {reply.status} {sent_to} {reply.fault}")
    assert opened == []
    assert asked > 1_000
    assert {(method, template) for method, template, _ in EVERYWHERE} >= ANYBODY
