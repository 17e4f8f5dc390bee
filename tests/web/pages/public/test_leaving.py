"""Coming in and going: a sign-in is made anew each time, and what is left of it lets nobody in."""

import base64
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from messaging.entrance.signing_in import begin
from messaging.memory.sign_ins import SignInKind
from messaging.trust.tokens import new_token
from tests.cast import Cast
from tests.conftest import TestDatabase
from tests.web.visitor import Answer, Visitor
from threads.database import Database, connector
from threads.tables.people import sign_ins
from web.http.entrance import CLEAR

Leave = Callable[[Visitor], Awaitable[Answer]]
LEAVING: tuple[Leave, ...] = (
    lambda browser: browser.submit("/me", "/sign-out"),
    lambda browser: browser.ask("DELETE", "/api/v1/sign-ins/current", None, {"Origin": browser.base}),
)


async def test_a_cookie_that_was_there_before_signing_in_is_not_the_sign_in(people: Cast, site: str) -> None:
    """Fixation: somebody put a cookie of theirs into the browser and waits for it to become its owner's."""
    nour = people["nour"]
    planted = [
        (await people.token_of(nour, SignInKind.COOKIE)),
        "planted",
        (await begin(people.office, nour.practice, nour.id, SignInKind.COOKIE, -timedelta(hours=1))).text,
    ]
    for cookie in planted:
        browser = Visitor(site, {"quietline": cookie})
        assert (await browser.sign_in(people, "ruth")).status == 303
        assert browser.cookies["quietline"] != cookie
        assert (await browser.get("/me")).status == 200
        for place in ("/me", "/admin"):
            assert (await Visitor(site, {"quietline": cookie}).get(place)).place.startswith("/?next=")


async def test_two_sign_ins_share_nothing(people: Cast, site: str) -> None:
    shown = set[str]()
    for _ in range(3):
        browser = Visitor(site)
        await browser.sign_in(people, "ruth")
        shown.add(browser.cookies["quietline"])
    assert len(shown) == len({one[len(one) // 2 :] for one in shown}) == 3


async def test_what_the_database_keeps_of_a_sign_in_lets_nobody_in(
    people: Cast, site: str, database: TestDatabase
) -> None:
    await people.token("ruth")
    app = Database(connector(**database.accesses.app.connect_kwargs()), size=1)
    try:
        async with app.within(people.practice.id) as connection:
            kept = list(await connection.scalars(select(sign_ins.c.token_hash)))
    finally:
        await app.close()
    assert kept
    for one in kept:
        for shown in (
            one.hex(),
            base64.urlsafe_b64encode(one).decode(),
            new_token(people.practice.id, one).text,
        ):
            assert (await Visitor(site, {"quietline": shown}).get("/me")).place == "/?next=/me"


@pytest.mark.parametrize("leave", LEAVING, ids=["page", "api"])
async def test_every_way_out_clears_the_browser_and_help_is_still_there(
    people: Cast, ruth: Visitor, site: str, leave: Leave
) -> None:
    copied = Visitor(site, dict(ruth.cookies))
    out = await leave(ruth)
    assert out.headers["clear-site-data"] == CLEAR["Clear-Site-Data"] == '"cache"'
    assert "quietline" not in ruth.cookies
    assert (await copied.get("/me")).place == "/?next=/me"
    for browser in (ruth, copied, Visitor(site)):
        helped = await browser.get("/help-now")
        assert helped.status == 200
        assert "clear-site-data" not in helped.headers
        # The page that takes the other's place must be there at once: browsers clear before they show.
        assert "clear-site-data" not in (await browser.get("/exit")).headers
