"""A passkey lets its owner in with both factors; whatever does not fit is refused alike, and each challenge counts once."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from messaging.entrance.passkeys import (
    LASTS,
    MOST,
    From,
    add_passkey,
    ask_to_make,
    ask_to_sign,
    passkeys_of,
    remove_passkey,
    sign_in_by_passkey,
)
from messaging.entrance.second_factors import STEPPED_UP
from messaging.entrance.signing_in import SignedIn, who
from messaging.errors import Conflict, Malformed, NotFound, StepUp, WrongCredentials
from messaging.ids import SignInId
from messaging.memory.sign_ins import SignInKind
from messaging.practice.changing import Changes, change_person
from messaging.practice.operating import reset_person
from messaging.trust.signed_challenges import LONGEST, Party
from tests.cast import PASSWORD, Cast, found_cast, nobody
from tests.web.passkey_device import Device
from tests.web.phone import Phone, phone_in
from web.state import House

PARTY = Party("localhost", "http://localhost")
HERE = From(PARTY, "Firefox on Linux")


async def stepped_up(cast: Cast, name: str) -> SignedIn:
    """Somebody in a browser who has said a moment ago who they are."""
    token = await cast.token_of(cast[name], SignInKind.COOKIE)
    signed_in = await who(cast.office, token)
    until = cast.office.clock() + STEPPED_UP
    await cast.office.memory.sign_ins.step_up(cast.practice.id, signed_in.sign_in.id, until)
    return await who(cast.office, token)


async def made(cast: Cast, name: str, device: Device | None = None) -> Device:
    """A device with a passkey of theirs."""
    device, signed_in = device or Device(), await stepped_up(cast, name)
    options = await ask_to_make(cast.office, signed_in, PARTY)
    await add_passkey(cast.office, signed_in, device.makes(options), HERE)
    return device


async def enters(cast: Cast, said: str, at: From = HERE) -> bool:
    try:
        await sign_in_by_passkey(cast.office, said, at)
    except WrongCredentials:
        return False
    return True


@pytest.mark.parametrize("name", ["ruth", "mira", "nour"])
async def test_a_passkey_lets_its_owner_in_with_both_factors(cast: Cast, name: str) -> None:
    phone = Phone(cast.office)
    cast.people[name] = await phone.set_up(cast[name])
    device = await made(cast, name)
    entered = await sign_in_by_passkey(cast.office, device.signs_in(ask_to_sign(cast.office, PARTY)), HERE)
    assert entered.person.id == cast[name].id
    assert (await who(cast.office, entered.token.text)).sign_in.device == "Firefox on Linux"
    (kept,) = await passkeys_of(cast.office, cast[name])
    assert kept.used_at is not None


async def test_what_a_device_shows_of_a_client_says_nothing(cast: Cast) -> None:
    for name, shown in (("ruth", "Notes"), ("mira", "Dr Mira")):
        options = await ask_to_make(cast.office, await stepped_up(cast, name), PARTY)
        assert (options["user"]["name"], options["user"]["displayName"]) == (shown, shown)
        assert options["authenticatorSelection"]["userVerification"] == "required"
        assert options["attestation"] == "none"


WRONG: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "http://localhost.example"},
    "another host": {"host": "evil.example"},
    "nobody shown": {"verified": False},
    "another key": {"key": Device().key},
    "another's name": {"owner": bytes(32)},
    "no name": {"owner": b""},
    "another passkey": {"credential": b"x" * 16},
}


@pytest.mark.parametrize("how", WRONG)
async def test_whatever_does_not_fit_is_refused_alike(cast: Cast, how: str) -> None:
    device = await made(cast, "ruth")
    wrong = replace(device, **WRONG[how])
    assert not await enters(cast, wrong.signs_in(ask_to_sign(cast.office, PARTY)))
    assert await enters(cast, device.signs_in(ask_to_sign(cast.office, PARTY)))


async def test_a_challenge_counts_once_also_of_many_hands_and_for_five_minutes(cast: Cast) -> None:
    device, phone = await made(cast, "ruth"), phone_in(cast)
    earlier = ask_to_sign(cast.office, PARTY)
    phone.now += timedelta(milliseconds=1)
    said = device.signs_in(ask_to_sign(cast.office, PARTY))
    assert sum(await asyncio.gather(*(enters(cast, said) for _ in range(8)))) == 1
    assert not await enters(cast, said)
    assert not await enters(cast, device.signs_in(earlier)), "what was made before is spent too"
    late = device.signs_in(ask_to_sign(cast.office, PARTY))
    phone.now += LASTS + timedelta(seconds=1)
    assert not await enters(cast, late)
    forged = {**ask_to_sign(cast.office, PARTY), "challenge": "A" * 86}
    assert not await enters(cast, device.signs_in(forged))


async def test_a_device_that_has_signed_less_often_than_before_is_a_copy(cast: Cast) -> None:
    device = await made(cast, "ruth", Device(signs=5))
    assert await enters(cast, replace(device, signs=6).signs_in(ask_to_sign(cast.office, PARTY)))
    for signs in (6, 5, 0):
        assert not await enters(cast, replace(device, signs=signs).signs_in(ask_to_sign(cast.office, PARTY)))
    assert await enters(cast, replace(device, signs=7).signs_in(ask_to_sign(cast.office, PARTY)))


async def test_one_is_made_in_the_sign_in_that_asked_and_by_whom_it_shows(cast: Cast) -> None:
    ruth, other, mira = [await stepped_up(cast, name) for name in ("ruth", "ruth", "mira")]
    options = await ask_to_make(cast.office, ruth, PARTY)
    said = Device().makes(options)
    for signed_in in (other, mira):
        with pytest.raises(Malformed):
            await add_passkey(cast.office, signed_in, said, HERE)
    for wrong in (Device(verified=False), Device(host="evil.example"), Device(origin="http://evil.example")):
        with pytest.raises(Malformed):
            await add_passkey(cast.office, ruth, wrong.makes(options), HERE)
    with pytest.raises(Malformed):
        await add_passkey(
            cast.office, ruth, Device().makes(ask_and(options, ask_to_sign(cast.office, PARTY))), HERE
        )
    await add_passkey(cast.office, ruth, said, HERE)
    with pytest.raises(Conflict):
        await add_passkey(cast.office, ruth, said, HERE)


def ask_and(options: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """The challenge of another purpose."""
    return {**options, "challenge": other["challenge"]}


HOSTILE = (
    "",
    "{}",
    "[]",
    "null",
    "1",
    "\ud800",
    "[" * 10_000,
    "x" * (LONGEST + 1),
    '{"rawId": 1, "response": {}}',
)


@pytest.mark.parametrize("said", HOSTILE, ids=range(len(HOSTILE)))
async def test_what_is_no_answer_is_a_wrong_one(cast: Cast, said: str) -> None:
    assert not await enters(cast, said)
    with pytest.raises(Malformed):
        await add_passkey(cast.office, await stepped_up(cast, "ruth"), said, HERE)


async def test_an_answer_with_any_part_broken_is_a_wrong_one(cast: Cast) -> None:
    device = await made(cast, "ruth")
    whole = json.loads(device.signs_in(ask_to_sign(cast.office, PARTY)))
    for part in whole["response"]:
        for value in ("", "AA", "not base64 !", None, 7, {"a": 1}):
            broken = {**whole, "response": {**whole["response"], part: value}}
            assert not await enters(cast, json.dumps(broken)), (part, value)
    assert await enters(cast, json.dumps(whole))


async def test_it_asks_who_one_is_and_there_are_not_too_many(cast: Cast) -> None:
    device, signed_in = await made(cast, "ruth"), await who(cast.office, await cast.token("ruth"))
    (kept,) = await passkeys_of(cast.office, cast["ruth"])
    for deed in (
        ask_to_make(cast.office, signed_in, PARTY),
        add_passkey(cast.office, signed_in, "{}", HERE),
        remove_passkey(cast.office, signed_in, kept.id),
    ):
        with pytest.raises(StepUp):
            await deed
    for name, passkey in (("mira", kept.id), ("ruth", nobody())):
        with pytest.raises(NotFound):
            await remove_passkey(cast.office, await stepped_up(cast, name), passkey)
    await remove_passkey(cast.office, await stepped_up(cast, "ruth"), kept.id)
    assert not await enters(cast, device.signs_in(ask_to_sign(cast.office, PARTY)))
    for _ in range(MOST):
        await made(cast, "ruth")
    with pytest.raises(Conflict):
        await made(cast, "ruth")


@pytest.mark.parametrize("how", ["left", "reset"])
async def test_who_has_left_or_lost_all_does_not_come_in_by_it(cast: Cast, how: str) -> None:
    device = await made(cast, "ruth")
    if how == "left":
        await change_person(cast.office, cast["nour"], cast["ruth"].id, Changes(active=False))
    else:
        await reset_person(cast.office, cast.practice.id, cast["ruth"].id, "lost her phone")
    assert not await enters(cast, device.signs_in(ask_to_sign(cast.office, PARTY)))


async def test_the_next_time_the_device_is_known_by_its_cookie(built: House) -> None:
    cast = await found_cast(built, password=PASSWORD)
    device = await made(cast, "ruth")
    first = await sign_in_by_passkey(cast.office, device.signs_in(ask_to_sign(cast.office, PARTY)), HERE)
    again = replace(HERE, proofs=[first.device])
    second = await sign_in_by_passkey(cast.office, device.signs_in(ask_to_sign(cast.office, PARTY)), again)
    known = [(await who(cast.office, one.token.text)).sign_in for one in (first, second)]
    listed = {
        one.id: one for one in await cast.office.memory.sign_ins.of_person(cast.practice.id, cast["ruth"].id)
    }
    assert [listed[SignInId(one.id)].known_device for one in known] == [False, True]
    assert first.told
    assert not second.told
