"""Measures and assignments by the API: what the contract says of them, word for word."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.cast import Cast
from tests.web.hostile import Door, as_json


class Api:
    """One person after the other asks."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.door = cast, Door(cast.house)

    async def ask(
        self, who: str | None, method: str, path: str, body: Any = None, *, status: int = 200
    ) -> Any:
        headers = {"content-type": "application/json"}
        if who is not None:
            headers |= {"authorization": f"Bearer {await self.cast.token(who)}"}
        reply = await self.door.ask(method, f"/api/v1{path}", b"" if body is None else as_json(body), headers)
        assert reply.status == status, (method, path, reply.text)
        return json.loads(reply.body) if reply.body else None

    def here(self, name: str = "ruth") -> str:
        return f"/conversations/{self.cast.conversation(name)}"


@pytest.fixture
def api(cast: Cast) -> Api:
    return Api(cast)


async def test_a_measure_from_the_list_to_its_series(api: Api) -> None:
    told = {one["name"]: one for one in (await api.ask("ruth", "GET", "/measures"))["measures"]}
    assert set(told) == {"gad-7", "phq-9", "who-5"}
    phq = told["phq-9"]
    assert phq["bands"][3] == {
        "from": 15,
        "to": 19,
        "name": "moderately severe",
        "text": "moderately severe",
    }
    assert phq["items"][3]["text"] == "Feeling tired or having little energy"
    assert phq["options"][0] == {"value": 0, "text": "Not at all"}
    assert "Pfizer" in phq["licence"]
    german = (await api.ask("ruth", "GET", "/measures?language=de-AT"))["measures"][1]
    assert german["items"][3]["text"] == "Müdigkeit oder Gefühl, keine Energie zu haben"
    given = await api.ask(
        "mira", "POST", f"{api.here()}/assignments", {"kind": "measure", "what": "phq-9"}, status=201
    )
    assert (given["asked"], given["every"]) == (True, None)
    answers = {item["id"]: 2 for item in phq["items"]}
    place = f"/assignments/{given['id']}/answers"
    lacking = {name: value for name, value in answers.items() if name != phq["items"][8]["id"]}
    refused = await api.ask("ruth", "POST", place, {"answers": lacking}, status=422)
    assert "item 9" in refused["detail"]
    back = await api.ask("ruth", "POST", place, {"answers": answers}, status=201)
    alert = {"item": phq["items"][8]["id"], "value": 2}
    assert back == {"score": 18, "band": "moderately severe", "alerts": [alert]}
    twice = await api.ask("ruth", "POST", place, {"answers": answers}, status=409)
    assert twice["type"].endswith("/answered")
    for who in ("mira", "ruth"):
        (point,) = (await api.ask(who, "GET", f"{api.here()}/measures/phq-9"))["series"]
        assert (point["score"], point["band"], set(point)) == (
            18,
            "moderately severe",
            {"at", "score", "band"},
        )
        (one,) = (await api.ask(who, "GET", f"{api.here()}/assignments"))["assignments"]
        assert (one["id"], one["asked"], one["answers"][0]["alerts"]) == (given["id"], False, [alert])
    entry = (await api.ask("mira", "GET", f"{api.here()}/messages"))["messages"][-1]
    assert (entry["type"], entry["event"], entry["facts"]["score"]) == ("event", "answered", "18")


async def test_a_task_is_answered_with_how_it_went(api: Api) -> None:
    wish = {
        "kind": "task",
        "what": "Walk to the gate.",
        "due": "2027-01-07",
        "why": "To see it.",
        "every": "2 weeks",
    }
    given = await api.ask("mira", "POST", f"{api.here()}/assignments", wish, status=201)
    assert {name: given[name] for name in wish} == wish
    place = f"/assignments/{given['id']}"
    back = await api.ask("ruth", "POST", f"{place}/answers", {"state": "partly", "text": "Half."}, status=201)
    assert back == {"state": "partly", "text": "Half."}
    await api.ask("mira", "DELETE", place, status=204)
    ended = await api.ask("ruth", "POST", f"{place}/answers", {"state": "done"}, status=409)
    assert ended["type"].endswith("/not_asked")


async def test_who_may_not_is_told_nothing_and_what_is_not_agreed_is_named(api: Api) -> None:
    here = f"{api.here()}/assignments"
    given = await api.ask("mira", "POST", here, {"kind": "task", "what": "Walk."}, status=201)
    for who in ("linden", "eli", "nour"):
        await api.ask(who, "GET", here, status=404)
        await api.ask(who, "GET", f"{api.here()}/measures/phq-9", status=404)
        await api.ask(who, "POST", here, {"kind": "task", "what": "Run."}, status=404)
        await api.ask(who, "POST", f"/assignments/{given['id']}/answers", {"state": "done"}, status=404)
        await api.ask(who, "DELETE", f"/assignments/{given['id']}", status=404)
    await api.ask("ruth", "POST", here, {"kind": "task", "what": "Run."}, status=404)
    await api.ask("ruth", "DELETE", f"/assignments/{given['id']}", status=404)
    await api.ask("ruth", "POST", f"/assignments/{uuid4()}/answers", {"state": "done"}, status=404)
    await api.ask("mira", "GET", f"{api.here()}/measures/phq-10", status=404)
    await api.ask(None, "GET", "/measures", status=401)
    for wrong in (
        {"kind": "task"},
        {"what": "Walk."},
        {"kind": "dance", "what": "Walk."},
        {"kind": "task", "what": "Walk.", "colour": "green"},
        {"kind": "task", "what": "Walk.", "every": "0 weeks"},
        {"kind": "task", "what": "Walk.", "every": "often"},
        {"kind": "task", "what": "Walk.", "due": "soon"},
        {"kind": "measure", "what": "phq-10"},
    ):
        await api.ask("mira", "POST", here, wrong, status=422)
    assert len((await api.ask("mira", "GET", here))["assignments"]) == 1


async def test_a_plan_is_the_clients_to_change(api: Api) -> None:
    place = f"{api.here()}/plan"
    empty = await api.ask("mira", "GET", place)
    assert (len(empty["parts"]), empty["version"]) == (6, 0)
    parts = [{"name": one["name"], "text": f"My {one['name']}."} for one in empty["parts"]]
    made = await api.ask("ruth", "PUT", place, {"parts": parts, "version": 0})
    assert (made["parts"], made["version"]) == (parts, 1)
    await api.ask("mira", "PUT", f"{place}/remarks", {"part": parts[0]["name"], "text": "Keep them."})
    crossed = await api.ask("ruth", "PUT", place, {"parts": parts[:1], "version": 1}, status=409)
    assert crossed["type"].endswith("/crossed")
    stands = await api.ask("ruth", "GET", place)
    assert (stands["version"], stands["remarks"][0]["text"]) == (2, "Keep them.")
    for who in ("linden", "eli", "nour"):
        await api.ask(who, "GET", place, status=404)
        await api.ask(who, "PUT", place, {"parts": parts}, status=404)
    await api.ask("mira", "PUT", place, {"parts": parts}, status=404)
    await api.ask("ben", "GET", f"{api.here('ben')}/plan", status=404)
    await api.ask("ruth", "PUT", place, {"parts": parts, "colour": 1}, status=422)
