"""Check-ins over the API, against a real server: each role gets what is theirs, and the word tells nothing."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from messaging.conversations import Session
from messaging.sessions.holding import open_session
from messaging.sessions.recognising import choose_word
from messaging.trust.access import Deed
from tests.cast import Cast, nobody
from tests.conftest import RunningServer
from tests.web.api.test_api import Answer, ask, bearer

HOME = {"place": "Lend, Graz", "region": "AT", "alone": True, "phone": "+43 660 123 45 67"}


async def live(cast: Cast, conversation: str = "ruth") -> Session:
    held, _ = await cast.enter("mira", conversation, Deed.HOLD_SESSION)
    return await open_session(cast.office, held)


def path(session: Session) -> str:
    return f"/api/v1/sessions/{session.id}/check-ins"


async def post(server: RunningServer, cast: Cast, who: str, session: Session, **said: Any) -> Answer:
    token = bearer(await cast.token(who))
    return ask(server, "POST", path(session), {"key": str(uuid4()), **HOME, **said}, **token)


async def get(server: RunningServer, cast: Cast, who: str, session: Session) -> Answer:
    return ask(server, "GET", path(session), **bearer(await cast.token(who)))


async def test_a_client_posts_and_their_clinician_reads(cast: Cast, server: RunningServer) -> None:
    session = await live(cast)
    sent = await post(server, cast, "ruth", session)
    assert sent.status == 201
    assert sent.json["number"] == 2
    (read,) = (await get(server, cast, "mira", session)).json["check_ins"]
    assert {name: read[name] for name in HOME} == HOME
    assert (read["step"], read["word"], read["person"]) == ("answered", "none_set", str(cast["ruth"].id))


async def test_the_answer_to_a_client_is_the_same_whatever_the_word_was(
    cast: Cast, server: RunningServer
) -> None:
    session = await live(cast)
    await choose_word(cast.office, cast.practice.id, cast["ruth"].id, "Blauer Fuchs", instead=True)
    right = await post(server, cast, "ruth", session, word="blauer fuchs")
    wrong = await post(server, cast, "ruth", session, word="roter fuchs")
    assert (right.status, right.json.keys()) == (wrong.status, wrong.json.keys())
    own = (await get(server, cast, "ruth", session)).json["check_ins"]
    assert not any("word" in one for one in own)
    read = (await get(server, cast, "mira", session)).json["check_ins"]
    assert [one["word"] for one in read] == ["matches", "differs"]


async def test_the_same_key_again_is_the_same_check_in(cast: Cast, server: RunningServer) -> None:
    session, key = await live(cast), str(uuid4())
    first = await post(server, cast, "ruth", session, key=key)
    again = await post(server, cast, "ruth", session, key=key)
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json
    assert len((await get(server, cast, "mira", session)).json["check_ins"]) == 1


async def test_an_earlier_answer_of_ones_own_may_be_named(cast: Cast, server: RunningServer) -> None:
    session = await live(cast)
    await post(server, cast, "ruth", session)
    (first,) = (await get(server, cast, "ruth", session)).json["check_ins"]
    named = {"place_of": first["id"], "phone_of": first["id"], "place": "", "region": "", "phone": ""}
    assert (await post(server, cast, "ruth", session, **named)).status == 201
    last = (await get(server, cast, "mira", session)).json["check_ins"][-1]
    assert {name: last[name] for name in HOME} == HOME


async def test_nobodys_answers_are_named_or_read_by_the_other_half_of_a_couple(
    cast: Cast, server: RunningServer
) -> None:
    session = await live(cast, "ben")
    await post(server, cast, "ben", session)
    (bens,) = (await get(server, cast, "ben", session)).json["check_ins"]
    read = await get(server, cast, "tess", session)
    assert read.json == {"check_ins": [], "missing": [str(cast["tess"].id)]}
    borrowed = await post(server, cast, "tess", session, place_of=bens["id"])
    assert borrowed.status == 422
    assert (await get(server, cast, "mira", session)).json["missing"] == [str(cast["tess"].id)]


async def test_foreign_and_absent_sessions_look_alike_and_clinicians_do_not_check_in(
    cast: Cast, server: RunningServer
) -> None:
    session = await live(cast)
    absent = f"/api/v1/sessions/{nobody()}/check-ins"
    token = bearer(await cast.token("linden"))
    answers = [ask(server, "GET", one, **token) for one in (path(session), absent)]
    assert {one.status for one in answers} == {404}
    assert len({one.body for one in answers}) == 1
    for who in ("linden", "mira", "eli", "nour"):
        assert (await post(server, cast, who, session)).status == 404
    for who in ("eli", "nour"):
        assert (await get(server, cast, who, session)).status == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "x"},
        {"alone": "yes"},
        {"alone": None},
        {"place": 7},
        {"region": "XX"},
        {"phone": "no"},
        {"place_of": "x"},
        {"new_word": "x"},
        {"place": "a\ud800b"},
    ],
    ids=str,
)
async def test_what_cannot_be_read_keeps_nothing(
    cast: Cast, server: RunningServer, wrong: dict[str, Any]
) -> None:
    session = await live(cast)
    assert (await post(server, cast, "ruth", session, **wrong)).status == 422
    assert (await get(server, cast, "mira", session)).json["check_ins"] == []


async def test_a_session_far_ahead_takes_no_check_in(cast: Cast, server: RunningServer) -> None:
    starts = (cast.office.clock() + timedelta(hours=2)).isoformat()
    book = f"/api/v1/conversations/{cast.conversation('ruth')}/sessions"
    token = bearer(await cast.token("mira"))
    booked = ask(server, "POST", book, {"starts": starts}, **token).json
    sent = ask(
        server,
        "POST",
        f"/api/v1/sessions/{booked['id']}/check-ins",
        {"key": str(uuid4()), **HOME},
        **bearer(await cast.token("ruth")),
    )
    assert sent.status == 409


async def test_the_api_describes_its_check_ins(server: RunningServer) -> None:
    described = ask(server, "GET", "/api/v1/openapi.json").json["paths"]["/sessions/{session}/check-ins"]
    assert {"get", "post"} <= described.keys()
