"""A page that looks for news by itself keeps nobody's screen open; whoever turns to a page, or sends a form, does."""

import pytest

from messaging.entrance.being_there import IDLE, TOUCH
from tests.cast import Cast
from tests.web.phone import phone_in
from tests.web.visitor import Visitor

HALF = IDLE[True] - TOUCH


@pytest.mark.parametrize(
    ("mode", "method", "stays"),
    [
        ("navigate", "GET", True),
        ("", "GET", True),
        ("cors", "GET", False),
        ("same-origin", "GET", False),
        ("cors", "POST", True),
    ],
)
async def test_half_an_hour_after_the_last_thing_somebody_did_they_are_out(
    people: Cast, mira: Visitor, mode: str, method: str, stays: bool
) -> None:
    phone = phone_in(people)
    phone.now += HALF
    said = {"Sec_Fetch_Mode": mode, "Sec_Fetch_Site": "same-origin"} if mode else {}
    if method == "GET":
        assert (await mira.get("/inbox/rows", **said)).status == 200
    else:
        assert (await mira.post("/account/told", {"key": "x"}, **said)).status == 422
    phone.now += HALF
    assert ((await mira.get("/inbox")).status == 200) is stays
