"""Records made in the background, by the API: who may ask, what they get, how they go on, and when it is gone."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from messaging.entrance.signing_in import prepare
from messaging.exporting.making import make_next
from messaging.exporting.record import ExportFormat
from messaging.memory.sign_ins import SignInKind
from messaging.messages import Body, Channel
from messaging.office import Office
from tests.cast import Cast
from tests.conftest import TestDatabase, own_database
from tests.web.every_state import Line, World
from tests.web.exporting.reading_back import read_back
from tests.web.hostile import Door, Reply, as_json
from web.exporting.in_the_background import form_of

API = "/api/v1"
FORMS = pytest.mark.parametrize("form", ExportFormat)


@dataclass
class Desk:
    """The API as several of the cast use it, and the jobs beside it, at a time of the test's choosing."""

    cast: Cast
    door: Door
    office: Office
    later: timedelta = timedelta()
    tokens: dict[str, str] = field(default_factory=dict)

    async def ask(self, who: str, method: str, path: str, body: Any = None, **more: str) -> Reply:
        headers = {name.replace("_", "-"): value for name, value in more.items()}
        headers |= {"authorization": f"Bearer {await self.token(who)}", "content-type": "application/json"}
        return await self.door.ask(method, API + path, b"" if body is None else as_json(body), headers)

    async def token(self, who: str) -> str:
        """Of somebody who has said their password a moment ago; `-` before a name: of somebody who has not."""
        if who not in self.tokens:
            person = self.cast[who.removeprefix("-")]
            until = None if who.startswith("-") else self.office.clock() + timedelta(minutes=5)
            lasts = timedelta(days=60)
            stored, made = prepare(self.cast.office, person.practice, person.id, SignInKind.BEARER, lasts)
            await self.cast.office.memory.sign_ins.create(replace(stored, stepped_up_until=until), made.hash)
            self.tokens[who] = made.text
        return self.tokens[who]

    async def made(self, who: str, of: str, form: str = "json") -> dict[str, Any]:
        """Asked for, made, and looked at."""
        asked = await self.begun(who, of, form)
        while await make_next(self.office, form_of):
            pass
        return await self.stand(who, asked["id"])

    async def begun(self, who: str, of: str, form: str = "json") -> dict[str, Any]:
        reply = await self.ask(
            who, "POST", f"/conversations/{self.cast.conversation(of)}/exports", {"format": form}
        )
        assert reply.status == 202, reply.text
        return dict(json.loads(reply.body))

    async def stand(self, who: str, named: str) -> dict[str, Any]:
        reply = await self.ask(who, "GET", f"/exports/{named}")
        assert reply.status == 200, reply.text
        return dict(json.loads(reply.body))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabase]:
    """One of these tests' own: no other server's jobs make what is asked for here."""
    with own_database(tmp_path_factory.mktemp("exports")) as made:
        yield made


@pytest.fixture
async def desk(cast: Cast) -> Desk:
    made = Desk(cast, Door(cast.house), cast.office)
    clock = cast.office.clock
    made.office = replace(cast.office, clock=lambda: clock() + made.later)
    cast.house.office = made.office
    world = World(cast, {"ruth": cast.conversation("ruth")}, {"ruth": [cast["ruth"]]})
    ruth, mira = cast["ruth"].id, cast["mira"].id
    lines = [Line(who, Body(f"words-{number}"), Channel.CHAT) for number in range(4) for who in (ruth, mira)]
    await world.write("ruth", lines)
    return made


@FORMS
async def test_a_copy_is_asked_for_made_and_fetched(desk: Desk, form: ExportFormat) -> None:
    asked = await desk.begun("ruth", "ruth", form)
    assert (asked["state"], asked["format"], "file" in asked) == ("waiting", form, False)
    stands = await desk.made("ruth", "ruth", form)
    assert (stands["id"], stands["state"], stands["progress"]) == (asked["id"], "ready", 100)
    reply = await desk.ask("ruth", "GET", stands["file"].removeprefix(API))
    assert reply.status == 200
    assert int(reply.headers["content-length"]) == len(reply.body) == stands["size"]
    found = read_back(form, reply.body)
    assert "words-3" in found[8].text


async def test_who_may_ask(desk: Desk) -> None:
    place = f"/conversations/{desk.cast.conversation('ruth')}/exports"
    for who, status in {"ruth": 202, "mira": 202, "-ruth": 403, "-mira": 403}.items():
        assert (await desk.ask(who, "POST", place, {"format": "json"})).status == status, who
    for who in ("nour", "eli", "linden", "omar", "-nour", "-eli", "-linden"):
        assert (await desk.ask(who, "POST", place, {"format": "json"})).status == 404, who
    refused = await desk.ask("-ruth", "POST", place, {"format": "json"})
    assert json.loads(refused.body)["type"].endswith("step_up")
    for wrong in ({"format": "pdf"}, {}, {"format": None}, {"format": "json", "x": 1}):
        assert (await desk.ask("ruth", "POST", place, wrong)).status == 422, wrong
    nothing = f"/conversations/{uuid4()}/exports"
    assert (await desk.ask("ruth", "POST", nothing, {"format": "json"})).status == 404


async def test_only_who_asked_for_it_is_told_of_it(desk: Desk) -> None:
    stands = await desk.made("ruth", "ruth")
    for path in (f"/exports/{stands['id']}", f"/exports/{stands['id']}/file"):
        for who in ("mira", "nour", "eli", "linden"):
            assert (await desk.ask(who, "GET", path)).status == 404, who
    for path in (f"/exports/{uuid4()}", f"/exports/{uuid4()}/file", "/exports/x", "/exports/x/file"):
        assert (await desk.ask("ruth", "GET", path)).status == 404
