"""Signing in with a second factor on pages: the password, then a code; each half is worth nothing alone."""

import asyncio
import re
from collections import Counter
from datetime import timedelta

import pytest

from messaging.entrance.half_way import HALF_WAY, PROOF_LENGTH
from messaging.entrance.own_ways import change_password
from messaging.entrance.second_factors import recovery_codes
from messaging.entrance.signing_in import who
from messaging.practice.changing import Changes, change_person
from tests.cast import PASSWORD, Cast
from tests.web.phone import Phone, phone_in
from tests.web.visitor import Answer, Visitor

HALF = "quietline-half"
CODE = "/sign-in/code"


@pytest.fixture
async def phone(people: Cast) -> Phone:
    """Dr Mira's and Ruth's, who have each set up a second factor with it; it is Mira's codes that it shows."""
    made = phone_in(people)
    people.people["mira"] = await made.set_up(people["mira"])
    return made


async def half_way(people: Cast, site: str, **more: str) -> Visitor:
    browser = Visitor(site)
    answer = await browser.sign_in(people, "mira", **more)
    assert (answer.status, answer.place.partition("?")[0]) == (303, CODE)
    return browser


async def say(browser: Visitor, code: str) -> Answer:
    return await browser.submit(f"{CODE}?own=yes", CODE, code=code)


async def test_a_code_is_asked_for_after_the_password_and_lets_in(
    people: Cast, site: str, phone: Phone
) -> None:
    browser = Visitor(site)
    answer = await browser.sign_in(people, "mira", next="/calendar")
    assert (answer.status, answer.place) == (303, f"{CODE}?next=%2Fcalendar&own=yes")
    kept = answer.headers["set-cookie"]
    assert "HttpOnly" in kept
    assert "SameSite=lax" in kept
    assert f"Max-Age={int(HALF_WAY.total_seconds())}" in kept
    assert browser.cookies.keys() == {HALF}, "half way is not in"
    assert (await browser.get("/inbox")).place.startswith("/?next=")
    asked = await browser.get(answer.place)
    assert PASSWORD not in asked.text
    assert 'inputmode="numeric"' in asked.text
    assert 'autocomplete="one-time-code"' in asked.text
    inside = await browser.post(CODE, asked.hidden(CODE) | {"code": phone.later()})
    assert (inside.status, inside.place) == (303, "/calendar")
    assert HALF not in browser.cookies
    assert (await browser.get("/calendar")).status == 200


async def test_wrong_used_and_old_codes_have_one_plain_answer(people: Cast, site: str, phone: Phone) -> None:
    used = phone.later()
    assert (await say(await half_way(people, site), used)).status == 303
    browser, pages = await half_way(people, site), set()
    for code in (used, phone.code(-1), "000000", "12", "", "x" * 5000, "aaaaaaaa-aaaaaaaa"):
        answer = await say(browser, code)
        assert answer.status == 401, code
        pages.add(answer.words)
    assert len(pages) == 1
    assert "This code is not right" in pages.pop()
    assert (await say(browser, phone.later())).status == 303


async def test_a_wrong_password_looks_alike_whoever_has_a_second_factor(
    people: Cast, site: str, phone: Phone
) -> None:
    seen = set()
    for name in ("mira", "nour", "nobody"):
        answer = await Visitor(site).sign_in(people, name, "not it")
        text = re.sub(r'value="[^"]*"', "", answer.text)
        seen.add((answer.status, text, "set-cookie" in answer.headers))
    assert len(seen) == 1


async def test_a_recovery_code_lets_in_once(people: Cast, site: str, phone: Phone) -> None:
    codes = await recovery_codes(phone.office, people["mira"])
    assert (await say(await half_way(people, site), codes[0].upper())).status == 303
    browser = await half_way(people, site)
    assert (await say(browser, codes[0])).status == 401
    assert (await say(browser, codes[1].replace("-", " "))).status == 303


async def test_of_fifty_hands_with_one_code_one_is_in(people: Cast, site: str, phone: Phone) -> None:
    """At once they are fifty tries: ten are looked at, and of those one is right."""
    proof, code = (await half_way(people, site)).cookies[HALF], phone.later()
    hands = [Visitor(site, {HALF: proof}) for _ in range(50)]
    answers = await asyncio.gather(*(hand.post(CODE, {"code": code, "key": ""}) for hand in hands))
    statuses = Counter(one.status for one in answers)
    assert statuses[303] == 1
    assert statuses[401] <= 10 < statuses[429]
    assert statuses.total() == 50


async def test_only_wrong_codes_count_and_they_close_the_way_for_strangers_alone(
    people: Cast, site: str, phone: Phone
) -> None:
    own = await half_way(people, site)
    assert (await say(own, phone.later())).status == 303
    for _ in range(12):
        assert (await say(await half_way(people, site), phone.later())).status == 303
    stranger = await half_way(people, site)
    for _ in range(10):
        assert (await say(stranger, "000000")).status == 401
    closed = await say(stranger, phone.later())
    assert closed.status == 429
    assert 1 <= int(closed.headers["retry-after"]) <= 60
    assert "Too many wrong codes" in closed.words
    assert (await own.sign_in(people, "mira")).place == f"{CODE}?own=yes"
    assert (await say(own, phone.later())).status == 303, "the owner's own browser is not held up"
    assert (await Visitor(site).sign_in(people, "nour")).status == 303


async def test_half_way_is_over_after_five_minutes(people: Cast, site: str, phone: Phone) -> None:
    browser = await half_way(people, site)
    asked = await browser.get(CODE)
    phone.now += HALF_WAY - timedelta(seconds=1)
    assert (await browser.get(CODE)).status == 200
    phone.now += timedelta(seconds=1)
    assert (await browser.get(CODE)).place == "/"
    late = await browser.post(CODE, asked.hidden(CODE) | {"code": phone.code()})
    assert late.status == 401
    assert "begin again with your password" in late.words
    assert HALF not in browser.cookies


async def test_half_way_ends_with_the_password_it_was_made_under(
    people: Cast, site: str, phone: Phone
) -> None:
    first = await half_way(people, site)
    browser = await half_way(people, site)
    assert (await say(browser, phone.later())).status == 303
    inside = await who(phone.office, browser.cookies["quietline"])
    await change_password(phone.office, inside, PASSWORD, "another twelve and more")
    assert (await say(first, phone.later())).status == 401
    assert "quietline" not in first.cookies


async def test_a_proof_is_good_as_it_was_made_and_not_otherwise(
    people: Cast, site: str, phone: Phone
) -> None:
    proof = (await half_way(people, site)).cookies[HALF]
    assert len(proof) == PROOF_LENGTH
    known = Visitor(site)
    assert (await known.sign_in(people, "nour")).status == 303
    others = [proof[:at] + ("A" if proof[at] != "A" else "B") + proof[at + 1 :] for at in range(0, 154, 7)]
    for wrong in (
        "",
        "A" * PROOF_LENGTH,
        proof[:-1],
        proof + "A",
        known.cookies["quietline-device"],
        *others,
    ):
        browser = Visitor(site, {HALF: wrong} if wrong else {})
        assert (await browser.get(CODE)).place == "/", wrong
        assert (await browser.post(CODE, {"code": phone.later(), "key": ""})).status == 401, wrong
        assert "quietline" not in browser.cookies


async def test_who_leaves_the_practice_half_way_is_not_let_in(people: Cast, site: str, phone: Phone) -> None:
    browser = await half_way(people, site)
    await change_person(phone.office, people["nour"], people["mira"].id, Changes(active=False))
    assert (await say(browser, phone.later())).status == 401
    assert "quietline" not in browser.cookies


async def test_the_trail_knows_of_wrong_codes(people: Cast, site: str, phone: Phone) -> None:
    trail = people.office.memory.trail
    browser = await half_way(people, site)
    before, _ = await trail.verify(people.practice.id)
    await say(browser, "000000")
    after, broken = await trail.verify(people.practice.id)
    assert (after - before, broken) == (1, None)
