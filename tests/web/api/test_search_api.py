"""POST /search, at a real server: what was found, in the words of the contract."""

import logging

import pytest

from tests.cast import Cast, nobody
from tests.conftest import RunningServer
from tests.journeys.talking import call
from tests.messaging.searching.asked import found, wrote

WORD = "canarybird"


async def test_a_search_is_answered_in_the_words_of_the_contract(server: RunningServer, cast: Cast) -> None:
    number = await wrote(cast, f"Tonight I heard the {WORD}. Only to the road.")
    mira = await cast.token("mira")
    status, told = await call(server, mira, "POST", "/search", {"q": WORD.upper()})
    assert (status, told["complete"]) == (200, True)
    (place,) = told["results"]
    assert place.pop("at").endswith("Z")
    assert place == {
        "conversation": str(cast.conversation("ruth")),
        "number": number,
        "kind": "letter",
        "author": str(cast["ruth"].id),
        "excerpt": f"Tonight I heard the {WORD}. Only to the road.",
    }
    asked = {"q": WORD, "conversation": place["conversation"], "kind": "letter", "from": "2020-01-01"}
    assert len((await call(server, mira, "POST", "/search", asked))[1]["results"]) == 1
    assert (await call(server, mira, "POST", "/search", {**asked, "until": "2020-01-02"}))[1] == {
        "results": [],
        "complete": True,
    }


async def test_nobody_else_searches_and_what_is_wrong_is_named(server: RunningServer, cast: Cast) -> None:
    for who in ("ruth", "nour"):
        assert (await call(server, await cast.token(who), "POST", "/search", {"q": WORD}))[0] == 404
    mira = await cast.token("mira")
    foreign = {"q": WORD, "conversation": str(cast.conversation("omar"))}
    assert (await call(server, mira, "POST", "/search", foreign))[0] == 404
    assert (await call(server, mira, "POST", "/search", {"q": WORD, "conversation": str(nobody())}))[0] == 404
    for asked, named in (
        ({}, "`q`"),
        ({"q": WORD, "kind": "mail"}, "`kind`"),
        ({"q": WORD, "limit": 3}, "limit"),
    ):
        status, problem = await call(server, mira, "POST", "/search", asked)
        assert status == 422
        assert named in problem["detail"]
    assert (await call(server, mira, "GET", f"/search?q={WORD}"))[0] in (404, 405)


async def test_no_word_of_a_search_is_logged(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    await wrote(cast, WORD)
    with caplog.at_level(logging.DEBUG):
        await found(cast, WORD)
    assert WORD not in caplog.text
