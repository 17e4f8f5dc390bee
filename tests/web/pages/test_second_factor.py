"""The second factor on pages, without scripts: set up, another one, recovery codes, going without."""

import asyncio
import html
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from messaging.entrance.second_factors import STEPPED_UP
from tests.cast import PASSWORD, Cast
from tests.web.phone import Phone, phone_in
from tests.web.visitor import Answer, Visitor
from web.pages.parts.qr import qr_of

AT = "/account/second-factor"
AGAIN = "/account/again"


def secret_on(page: Answer) -> str:
    found = re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', page.text)
    assert found is not None
    return found[1]


def codes_on(page: Answer) -> list[str]:
    return re.findall(r"<li><code>([a-z2-7-]+)</code></li>", page.text)


@pytest.fixture
def phone(people: Cast) -> Phone:
    return phone_in(people)


async def set_up(browser: Visitor, phone: Phone) -> list[str]:
    offered = await browser.submit(AT, AT)
    phone.scan(secret_on(offered))
    made = await browser.post(f"{AT}/confirm", offered.hidden(f"{AT}/confirm") | {"code": phone.later()})
    assert made.status == 200
    return codes_on(made)


async def signed_in(people: Cast, site: str, name: str, phone: Phone | None = None) -> Visitor:
    browser = Visitor(site)
    answer = await browser.sign_in(people, name)
    if phone is not None:
        assert answer.place.startswith("/sign-in/code")
        await browser.submit("/sign-in/code?own=yes", "/sign-in/code", code=phone.later())
    return browser


@pytest.mark.parametrize("name", ["ruth", "mira", "nour"])
async def test_it_is_set_up_by_three_forms_and_asked_for_from_then_on(
    people: Cast, site: str, phone: Phone, name: str
) -> None:
    browser, elsewhere = await signed_in(people, site, name), await signed_in(people, site, name)
    offered = await browser.submit(AT, AT)
    assert (offered.status, offered.headers["cache-control"]) == (200, "no-store")
    phone.scan(secret_on(offered))
    drawn = re.search(r'class="dark" d="([^"]+)"', offered.text)
    linked = re.search(r'href="(otpauth:[^"]+)"', offered.text)
    assert drawn
    assert linked
    assert drawn[1] == qr_of(html.unescape(linked[1])).path
    wrong = await browser.post(f"{AT}/confirm", offered.hidden(f"{AT}/confirm") | {"code": "000000"})
    assert wrong.status == 401
    assert "not right" in wrong.words
    code = phone.code()
    made = await browser.post(
        f"{AT}/confirm", wrong.hidden(f"{AT}/confirm") | {"code": f"{code[:3]} {code[3:]}"}
    )
    codes = codes_on(made)
    assert len(set(codes)) == 10
    page = await browser.get("/account")
    assert "10 recovery codes are left" in page.words
    assert not any(one in page.text for one in (*codes, secret_on(offered)))
    assert (await elsewhere.get("/account")).status == 303, "who came in by the password alone comes in anew"
    again = await signed_in(people, site, name, phone)
    assert (await again.get("/account")).status == 200


async def test_sent_twice_it_is_set_up_once(people: Cast, site: str, phone: Phone) -> None:
    ruth = await signed_in(people, site, "ruth")
    offered = await ruth.submit(AT, AT)
    phone.scan(secret_on(offered))
    fields = offered.hidden(f"{AT}/confirm") | {"code": phone.code()}
    first = await ruth.post(f"{AT}/confirm", fields)
    second = await ruth.post(f"{AT}/confirm", fields)
    assert len(codes_on(first)) == 10
    assert second.place == "/account?done=factor"


async def test_of_many_hands_that_confirm_at_once_one_is_shown_the_codes_that_count(
    people: Cast, site: str, phone: Phone
) -> None:
    ruth = await signed_in(people, site, "ruth")
    offered = await ruth.submit(AT, AT)
    phone.scan(secret_on(offered))
    fields = offered.hidden(f"{AT}/confirm") | {"code": phone.code()}
    hands = [Visitor(site, dict(ruth.cookies)) for _ in range(5)]
    answers = await asyncio.gather(*(one.post(f"{AT}/confirm", fields) for one in hands))
    shown = [codes for one in answers if (codes := codes_on(one))]
    assert len(shown) == 1
    for code in shown[0][:2]:
        browser = Visitor(site)
        await browser.sign_in(people, "ruth")
        assert (await browser.submit("/sign-in/code", "/sign-in/code", code=code)).status == 303


async def test_what_lets_another_in_asks_who_one_is_once_more(people: Cast, site: str, phone: Phone) -> None:
    ruth = await signed_in(people, site, "ruth")
    former = await set_up(ruth, phone)
    for purpose, action in (("new", AT), ("codes", f"{AT}/codes"), ("off", f"{AT}/off")):
        asked = await ruth.get(f"{AT}?do={purpose}")
        assert (asked.status, asked.place) == (303, f"{AGAIN}?do={purpose}")
        assert (await ruth.post(action, {"key": str(phone.now.timestamp())})).status == 422, "no form of ours"
        page = await ruth.get(asked.place)
        done = await ruth.post(action, page.hidden(AGAIN))
        assert done.place == f"{AGAIN}?do={purpose}", "and the form alone does not do it either"
    page = await ruth.get(f"{AGAIN}?do=codes")
    for password, code, status in (
        ("wrong", phone.later(), 403),
        (PASSWORD, "000000", 401),
        (PASSWORD, "", 401),
    ):
        said = await ruth.post(AGAIN, page.hidden(AGAIN) | {"password": password, "code": code})
        assert said.status == status
    said = await ruth.post(AGAIN, page.hidden(AGAIN) | {"password": PASSWORD, "code": phone.later()})
    assert said.place == f"{AT}?do=codes"
    fresh = codes_on(await ruth.submit(said.place, f"{AT}/codes"))
    assert len(fresh) == 10
    assert not set(fresh) & set(former)
    phone.now += STEPPED_UP
    assert (await ruth.get(f"{AT}?do=off")).place == f"{AGAIN}?do=off"


async def test_a_client_may_do_without_again_and_staff_may_not(people: Cast, site: str, phone: Phone) -> None:
    for name, may in (("ruth", True), ("mira", False), ("nour", False)):
        browser = await signed_in(people, site, name)
        await set_up(browser, phone)
        page = await browser.get(f"{AGAIN}?do=new")
        said = {"password": PASSWORD, "code": phone.later()}
        assert (await browser.post(AGAIN, page.hidden(AGAIN) | said)).status == 303
        asked = await browser.get(f"{AT}?do=off")
        assert asked.status == (200 if may else 404)
        assert ("Do without" in (await browser.get("/account")).words) is may
        gone = await browser.post(f"{AT}/off", page.hidden(AGAIN))
        assert gone.status == (303 if may else 404)
        answer = await Visitor(site).sign_in(people, name)
        assert answer.place.startswith("/sign-in/code") is not may


async def test_another_app_takes_the_place_of_the_former_once_it_is_confirmed(
    people: Cast, site: str, phone: Phone
) -> None:
    mira = await signed_in(people, site, "mira")
    await set_up(mira, phone)
    page = await mira.get(f"{AGAIN}?do=new")
    await mira.post(AGAIN, page.hidden(AGAIN) | {"password": PASSWORD, "code": phone.later()})
    offered = await mira.submit(f"{AT}?do=new", AT)
    former = phone.totp
    await signed_in(people, site, "mira", phone)
    phone.scan(secret_on(offered))
    await mira.post(f"{AT}/confirm", offered.hidden(f"{AT}/confirm") | {"code": phone.later()})
    new, phone.totp = phone.totp, former
    stale = Visitor(site)
    await stale.sign_in(people, "mira")
    assert (await stale.submit("/sign-in/code", "/sign-in/code", code=phone.later())).status == 401
    phone.totp = new
    assert (await stale.submit("/sign-in/code", "/sign-in/code", code=phone.code())).status == 303


async def test_a_first_one_asks_for_the_password_where_signing_in_is_long_past(
    people: Cast, site: str, phone: Phone, visitor: Callable[[], Visitor]
) -> None:
    """Whoever finds an open screen cannot lock its owner out."""
    ruth = await signed_in(people, site, "ruth")
    assert (await ruth.get(AT)).status == 200
    phone.now += STEPPED_UP + timedelta(seconds=1)
    assert (await ruth.get(AT)).place == f"{AGAIN}?do=new"
    page = await ruth.get(f"{AGAIN}?do=new")
    assert (await ruth.post(AT, page.hidden(AGAIN))).place == f"{AGAIN}?do=new"
    said = await ruth.post(AGAIN, page.hidden(AGAIN) | {"password": PASSWORD})
    assert said.place == f"{AT}?do=new"
    assert len(await set_up(ruth, phone)) == 10


def test_a_picture_of_a_secret_is_what_the_library_draws() -> None:
    import segno

    for text in ("a", "otpauth://totp/Notes?secret=" + "A" * 32, "ü" * 200):
        drawn, rows = qr_of(text), list(segno.make(text, micro=False, error="m").matrix_iter(border=4))
        dark = set()
        for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawn.path):
            dark |= {(int(x) + step, int(y)) for step in range(int(width))}
        assert dark == {(x, y) for y, row in enumerate(rows) for x, one in enumerate(row) if one}
        assert drawn.size == len(rows)
