"""Forms of the practice's own, from the first version to what came back: by the API, and by a client's page."""

import hashlib
from typing import Any
from uuid import uuid4

import pytest

from messaging.exporting.at_the_machine import hand_out
from messaging.exporting.record import ExportFormat
from tests.cast import Cast
from tests.web.api.test_assignments_api import Api
from tests.web.exporting.reading_back import pieces, read_back
from tests.web.pages.client.test_given import Pages
from web.exporting.writing import written

QUESTIONS: list[dict[str, Any]] = [
    {"id": "sleep", "kind": "text", "text": "How do you sleep?", "optional": True},
    {"id": "when", "kind": "choice", "text": "When is it hard?", "options": ["Morning", "Night"]},
    {"id": "with", "kind": "choice", "text": "Who helps?", "options": ["Friends", "Family"], "several": True},
    {"id": "much", "kind": "scale", "text": "How much?", "from": 0, "to": 10},
    {"id": "since", "kind": "date", "text": "Since when?"},
    {"id": "record", "kind": "consent", "text": "My answers may be kept."},
]
ANSWERS = {"when": "Night", "with": ["Family"], "much": 7, "since": "2026-05-01", "record": True}


@pytest.fixture
def api(cast: Cast) -> Api:
    return Api(cast)


async def made(api: Api, **more: Any) -> dict[str, Any]:
    body = {"title": "Before we begin", "questions": QUESTIONS} | more
    found: dict[str, Any] = await api.ask("mira", "POST", "/forms", body, status=201)
    return found


async def test_what_is_answered_keeps_the_version_it_answers(api: Api) -> None:
    form = await made(api)
    body = {"kind": "form", "what": form["id"], "every": "session"}
    given = await api.ask("mira", "POST", f"{api.here()}/assignments", body, status=201)
    assert (given["title"], given["asked"]) == ("Before we begin", True)
    place = f"/assignments/{given['id']}/answers"
    key = str(uuid4())
    came = await api.ask("ruth", "POST", place, {"answers": ANSWERS, "key": key}, status=201)
    assert (came["version"], came["answers"]) == (1, ANSWERS)
    digest = hashlib.sha256(QUESTIONS[5]["text"].encode()).hexdigest()
    assert came["consents"] == {"record": digest}
    assert "When is it hard?\nNight" in came["text"]
    second = {"title": "Before we begin", "questions": [QUESTIONS[0] | {"text": "And now?"}], "after": 1}
    changed = await api.ask("nour", "POST", f"/forms/{form['id']}/versions", second, status=201)
    assert changed["version"] == 2
    await api.ask("nour", "POST", f"/forms/{form['id']}/versions", second | {"title": "x"}, status=409)
    again = await api.ask("ruth", "POST", place, {"answers": ANSWERS, "key": key}, status=200)
    assert again == came, "a retry answers what it answered then"
    (one,) = (await api.ask("mira", "GET", f"{api.here()}/assignments"))["assignments"]
    assert one["answers"][0]["text"] == came["text"]
    versions = (await api.ask("mira", "GET", f"/forms/{form['id']}"))["versions"]
    assert [len(version["questions"]) for version in versions] == [6, 1]


async def test_a_form_is_answered_as_it_was_read(api: Api) -> None:
    form = await made(api)
    given = await api.ask(
        "mira", "POST", f"{api.here()}/assignments", {"kind": "form", "what": form["id"]}, status=201
    )
    place = f"/assignments/{given['id']}/answers"
    for wrong in (
        {},
        ANSWERS | {"other": 1},
        ANSWERS | {"when": "Noon"},
        ANSWERS | {"with": ["Family", "Foes"]},
        ANSWERS | {"much": 11},
        ANSWERS | {"much": True},
        ANSWERS | {"since": "yesterday"},
        ANSWERS | {"record": "yes"},
        ANSWERS | {"sleep": "x" * 4_001},
    ):
        status = 413 if "sleep" in wrong else 422
        await api.ask("ruth", "POST", place, {"answers": wrong}, status=status)
    refused = await api.ask("ruth", "POST", place, {"answers": ANSWERS, "version": 2}, status=409)
    assert refused["type"].endswith("form_changed")
    await api.ask("mira", "DELETE", f"/forms/{form['id']}", status=204)
    await api.ask(
        "mira", "POST", f"{api.here()}/assignments", {"kind": "form", "what": form["id"]}, status=422
    )
    await api.ask("ruth", "POST", place, {"answers": ANSWERS, "version": 1}, status=201)


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"title": ""}, 422),
        ({"questions": []}, 422),
        ({"questions": [QUESTIONS[0], QUESTIONS[0]]}, 422),
        ({"questions": [QUESTIONS[0] | {"text": "<b>Now</b>"}]}, 422),
        ({"questions": [QUESTIONS[0] | {"text": "x" * 2_001}]}, 413),
        ({"questions": [QUESTIONS[1] | {"options": ["One"]}]}, 422),
        ({"questions": [QUESTIONS[1] | {"options": ["One", "One"]}]}, 422),
        ({"questions": [QUESTIONS[3] | {"to": 0}]}, 422),
        ({"questions": [QUESTIONS[0] | {"id": "a b"}]}, 422),
        ({"questions": [QUESTIONS[0] | {"colour": 1}]}, 422),
        ({"questions": [QUESTIONS[0] | {"id": f"q{n}"} for n in range(61)]}, 422),
    ],
    ids=range(11),
)
async def test_what_is_no_form_is_refused_whole(api: Api, more: dict[str, Any], status: int) -> None:
    await api.ask("mira", "POST", "/forms", {"title": "A form", "questions": QUESTIONS} | more, status=status)
    assert (await api.ask("nour", "GET", "/forms"))["forms"] == []


async def test_who_is_in_care_makes_none(api: Api) -> None:
    await api.ask("ruth", "POST", "/forms", {"title": "Mine", "questions": QUESTIONS}, status=404)
    form = await made(api)
    await api.ask("ruth", "GET", f"/forms/{form['id']}", status=404)


async def test_a_client_answers_on_their_page_and_what_is_refused_comes_back(api: Api) -> None:
    form = await made(api)
    body = {"kind": "form", "what": form["id"]}
    given = await api.ask("mira", "POST", f"{api.here()}/assignments", body, status=201)
    pages, path = Pages(api.cast), f"/me/given/{given['id']}"
    assert "When is it hard?" in (await pages.ask("ruth", path)).text
    fields = {"version": "1", "q1": "Hardly.", "q2": "Night", "q3.1": "on", "q5": "2026-05-01", "q6": "yes"}
    refused = await pages.ask("ruth", path, **fields)
    assert refused.status == 422
    assert "Hardly." in refused.text
    assert (await pages.ask("ruth", path, **fields, q4="7")).status == 303
    (one,) = (await api.ask("mira", "GET", f"{api.here()}/assignments"))["assignments"]
    assert one["answers"][0]["answers"] == ANSWERS | {"sleep": "Hardly."}


async def test_what_is_too_long_is_refused_in_words_and_what_was_taken_is_in_the_export(api: Api) -> None:
    form = await made(api)
    body = {"kind": "form", "what": form["id"]}
    given = await api.ask("mira", "POST", f"{api.here()}/assignments", body, status=201)
    pages, path = Pages(api.cast), f"/me/given/{given['id']}"
    refused = await pages.ask("ruth", path, version="1", q1="x" * 2 * 1024 * 1024)
    assert (refused.status, "too long" in refused.text) == (413, True)
    assert "Traceback" not in refused.text
    answers = ANSWERS | {"sleep": "Hardly, since the move."}
    await api.ask("ruth", "POST", f"/assignments/{given['id']}/answers", {"answers": answers}, status=201)
    for kind in ExportFormat:
        way, record = await hand_out(api.cast.office, api.cast.conversation("ruth"), kind)
        found = read_back(kind, await pieces(written(api.cast.office, way, record, kind)))
        words = found[record.last].text
        assert "Hardly, since the move." in words, kind
        assert "Night" in words, kind
