"""The second factor by the API: set up, asked for, each code once; and what asks for the password of a moment ago."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from messaging.entrance.second_factors import (
    PERIOD,
    STEPPED_UP,
    confirm_factor,
    is_due,
    offer_factor,
    pass_factor,
    recovery_codes,
)
from messaging.entrance.signing_in import who
from messaging.entrance.stepping_up import must_be_let_add_factor
from messaging.errors import NotFound, SecondFactor, StepUp, WrongCode
from messaging.memory.sign_ins import SignInKind
from messaging.people import Role
from messaging.practice.founding import NewPerson, add_person
from messaging.practice.joining import join
from messaging.record.reading import open_person, people_named
from tests.cast import PASSWORD, Cast, found_cast
from tests.conftest import RunningServer
from tests.journeys.talking import call, talking
from tests.web.phone import Phone, made_of


async def test_a_code_counts_once_and_only_around_its_time(cast: Cast) -> None:
    phone = Phone(cast.office)
    mira = await phone.set_up(cast["mira"])
    (stored,) = await cast.office.memory.people.find(mira.practice, [mira.id])

    async def passes(code: str | None) -> bool:
        try:
            await pass_factor(phone.office, stored, code)
        except SecondFactor:
            return False
        return True

    assert mira.second_factor
    assert not await passes(phone.code()), "the enrolment's code is spent"
    fresh = phone.later()
    assert await passes(fresh)
    assert not await passes(fresh)
    assert not await passes(phone.code(-1)), "all before it are spent too"
    assert await passes(phone.code(1))
    phone.later(4)
    for around in (-3, -2, 2, 3):
        assert not await passes(phone.code(around)), around
    for wrong in ("", None, "000000x", "12345", "１２３４５６", "\ud800" * 6, "x" * 5000):
        assert not await passes(wrong), wrong
    assert await passes(f" {phone.code()[:3]} {phone.code()[3:]} ")


async def test_of_fifty_hands_with_one_code_one_is_right(cast: Cast) -> None:
    phone = Phone(cast.office)
    mira = await phone.set_up(cast["mira"])
    codes = await recovery_codes(phone.office, mira)
    (stored,) = await cast.office.memory.people.find(mira.practice, [mira.id])
    for code in (phone.later(), codes[0]):
        tried = await asyncio.gather(
            *(pass_factor(phone.office, stored, code) for _ in range(50)), return_exceptions=True
        )
        assert sum(one is None for one in tried) == 1
        assert all(one is None or isinstance(one, WrongCode) for one in tried)


async def test_recovery_codes_let_their_owner_in_once_each(cast: Cast) -> None:
    phone = Phone(cast.office)
    with pytest.raises(NotFound):
        await recovery_codes(cast.office, cast["mira"])
    mira = await phone.set_up(cast["mira"])
    former, codes = await recovery_codes(phone.office, mira), await recovery_codes(phone.office, mira)
    (stored,) = await cast.office.memory.people.find(mira.practice, [mira.id])
    assert len({*former, *codes}) == 20
    for code in codes:
        await pass_factor(phone.office, stored, code.upper())
    for code in (*codes, *former):
        with pytest.raises(WrongCode):
            await pass_factor(phone.office, stored, code)


async def test_an_offer_changes_nothing_until_it_is_confirmed(cast: Cast) -> None:
    phone = Phone(cast.office)
    mira = await phone.set_up(cast["mira"])
    await offer_factor(phone.office, mira)
    (stored,) = await cast.office.memory.people.find(mira.practice, [mira.id])
    await pass_factor(phone.office, stored, phone.later())
    with pytest.raises(WrongCode):
        await confirm_factor(phone.office, mira, phone.later())


async def test_signing_in_asks_for_the_code_and_says_so(built: Any, server: RunningServer) -> None:
    cast = await found_cast(built, password=PASSWORD)
    token = await cast.token("mira")
    status, offered = await call(server, token, "POST", "/me/totp")
    assert status == 201
    assert offered["otpauth"].startswith("otpauth://totp/")
    totp, now = made_of(offered["secret"]), int(cast.office.clock().timestamp())
    assert (await call(server, token, "GET", "/me"))[1]["second_factor"] == "grace"
    wrong = await call(server, token, "PUT", "/me/totp", {"code": "000000"})
    assert (wrong[0], wrong[1]["type"]) == (401, "/problems/second_factor")
    assert (await call(server, token, "PUT", "/me/totp", {"code": totp.generate(now).decode()}))[0] == 204
    assert (await call(server, token, "GET", "/me"))[1]["second_factor"] == "on"
    claimed = {"username": f"mira-{cast.practice.slug}", "password": PASSWORD}
    status, problem = await call(server, "", "POST", "/sign-ins", claimed)
    assert (status, problem["type"]) == (401, "/problems/second_factor")
    status, problem = await call(server, "", "POST", "/sign-ins", claimed | {"password": "wrong guess"})
    assert (status, problem["type"]) == (401, "/problems/wrong_credentials")
    following = totp.generate(now + PERIOD).decode()
    assert (await call(server, "", "POST", "/sign-ins", claimed | {"code": following}))[0] == 201
    assert (await call(server, "", "POST", "/sign-ins", claimed | {"code": following}))[0] == 401


async def test_what_needs_it_asks_for_the_password_of_a_moment_ago(built: Any, server: RunningServer) -> None:
    cast = await found_cast(built, password=PASSWORD)
    token = await cast.token("ruth")
    _, offered = await call(server, token, "POST", "/me/totp")
    totp, now = made_of(offered["secret"]), int(cast.office.clock().timestamp())
    await call(server, token, "PUT", "/me/totp", {"code": totp.generate(now).decode()})
    for method, path in (("POST", "/me/totp"), ("POST", "/me/recovery-codes"), ("DELETE", "/me/totp")):
        status, problem = await call(server, token, method, path)
        assert (status, problem["type"]) == (403, "/problems/step_up"), path
    said = {"password": PASSWORD, "code": totp.generate(now + PERIOD).decode()}
    assert (await call(server, token, "POST", "/me/step-up", {"password": "wrong", "code": "1"}))[0] == 403
    assert (await call(server, token, "POST", "/me/step-up", {"password": PASSWORD}))[0] == 401
    assert (await call(server, token, "POST", "/me/step-up", said))[0] == 204
    status, codes = await call(server, token, "POST", "/me/recovery-codes")
    assert (status, len(codes["codes"])) == (201, 10)
    other = await cast.token("ruth")
    assert (await call(server, other, "POST", "/me/recovery-codes"))[0] == 403, "in that sign-in alone"
    assert (await call(server, token, "DELETE", "/me/totp"))[0] == 204
    assert (await call(server, token, "GET", "/me"))[1]["second_factor"] == "off"


async def test_who_must_have_one_has_two_weeks(cast: Cast) -> None:
    later = replace(cast.office, clock=lambda: cast.office.clock() + timedelta(days=14))
    for role in Role:
        person = await add_person(cast.office, cast.practice.id, NewPerson(role, f"new {role}", "New"))
        person = (await people_named(cast.office, cast.practice.id, [person.id]))[person.id]
        assert not is_due(cast.office, person)
        assert is_due(later, person) is (role is not Role.CLIENT)


STATES = ("off", "offered", "on", "due", "in grace")


@pytest.mark.parametrize("state", STATES)
async def test_who_must_set_one_up_first_reaches_their_own_ways_in_and_nothing_else(
    cast: Cast, server: RunningServer, state: str
) -> None:
    """Every role; over real sockets, which close like those of who is not signed in."""
    for role in Role:
        grace = timedelta(0) if state == "due" else timedelta(days=14)
        new = NewPerson(role, f"{role} {state} {cast.practice.slug}", "New", grace=grace)
        person = await add_person(cast.office, cast.practice.id, new)
        if state == "offered":
            await offer_factor(cast.office, person)
        if state == "on":
            await Phone(cast.office).set_up(person)
        shut = state == "due" and role is not Role.CLIENT
        token = await cast.token_of(person, SignInKind.COOKIE)
        async with talking(server, token) as line:
            if shut:
                assert await line.closed() == 4401, role
            else:
                assert await line.so_far() == [], role
        for path in ("/conversations", "/session-rules"):
            status, found = await call(server, token, "GET", path)
            assert (status, found.get("type")) == (
                (403, "/problems/second_factor_due") if shut else (200, None)
            ), (role, path)
        for path in ("/me", "/me/sign-ins"):
            assert (await call(server, token, "GET", path))[0] == 200, (role, path)
        program = await cast.token_of(person)
        assert (await call(server, program, "GET", "/conversations"))[0] == 200, "it can set up none"
        if shut:
            phone, (_, offered) = Phone(cast.office), await call(server, token, "POST", "/me/totp")
            phone.scan(offered["secret"])
            assert (await call(server, token, "PUT", "/me/totp", {"code": phone.code()}))[0] == 204
            assert (await call(server, token, "GET", "/conversations"))[0] == 200
        assert (await call(server, token, "DELETE", "/sign-ins/current"))[0] == 204


async def test_a_socket_that_is_open_when_the_time_is_over_closes(cast: Cast, server: RunningServer) -> None:
    soon = NewPerson(Role.THERAPIST, f"soon {cast.practice.slug}", "Soon", grace=timedelta(seconds=2))
    person = await add_person(cast.office, cast.practice.id, soon)
    async with talking(server, await cast.token_of(person, SignInKind.COOKIE)) as line:
        assert await line.closed() == 4401


async def test_who_is_invited_has_no_time_and_who_is_handed_a_password_has(cast: Cast) -> None:
    for role in Role:
        for password in (None, PASSWORD):
            new = NewPerson(role, "", f"{role} {password is None}", password=password)
            joined = await join(cast.office, cast["nour"], new)
            (stored,) = await cast.office.memory.people.find(cast.practice.id, [joined.listed.person.id])
            person = await open_person(cast.office, stored)
            assert is_due(cast.office, person) is (password is None and role is not Role.CLIENT)


async def test_a_first_second_factor_asks_who_has_been_in_for_a_while(cast: Cast) -> None:
    """One rule for pages and programs: an open screen, or a stolen token, must not lock its owner out."""
    phone = Phone(cast.office)
    kept = [await cast.token_of(cast["mira"], kind) for kind in (SignInKind.COOKIE, SignInKind.BEARER)]
    for token in kept:
        must_be_let_add_factor(phone.office, await who(phone.office, token))
    phone.now += STEPPED_UP + timedelta(seconds=1)
    for token in kept:
        with pytest.raises(StepUp):
            must_be_let_add_factor(phone.office, await who(phone.office, token))
        signed_in = await who(phone.office, token)
        until = phone.now + STEPPED_UP
        await cast.office.memory.sign_ins.step_up(signed_in.sign_in.practice, signed_in.sign_in.id, until)
        must_be_let_add_factor(phone.office, await who(phone.office, token))
