"""Stepping up by a passkey over the API: as by the page, and refused alike for whatever does not fit."""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from messaging.entrance.passkeys import ask_to_sign, passkeys_of
from messaging.entrance.signing_in import who
from messaging.entrance.stepping_up import is_stepped_up
from messaging.trust.signed_challenges import Party
from tests.cast import Cast
from tests.conftest import RunningServer
from tests.journeys.talking import call
from tests.messaging.practice.test_passkeys import made
from tests.web.passkey_device import Device

PLACE = "/me/step-up/passkey"


@pytest.fixture
def named(server: RunningServer) -> RunningServer:
    """The same server, asked by a name: passkeys are for names."""
    return replace(server, addresses={"http": server.http.replace("127.0.0.1", "localhost")})


def device_at(server: RunningServer) -> Device:
    """One that signs for the pages of this server."""
    return Device(origin=f"http://{urlsplit(server.http).netloc}")


async def registered(cast: Cast, name: str, server: RunningServer) -> Device:
    """A passkey of theirs; it was made elsewhere, and signs here from now on."""
    return replace(await made(cast, name), origin=device_at(server).origin)


async def shown(server: RunningServer, token: str, signed: str) -> tuple[int, dict[str, Any]]:
    return await call(server, token, "POST", PLACE, {"credential": json.loads(signed)})


async def stepped_up(cast: Cast, token: str) -> bool:
    return is_stepped_up(cast.office, await who(cast.office, token))


@pytest.mark.parametrize("name", ["ruth", "mira", "nour"])
async def test_a_passkey_steps_up_once(named: RunningServer, cast: Cast, name: str) -> None:
    device, token = await registered(cast, name, named), await cast.token(name)
    assert not await stepped_up(cast, token)
    status, options = await call(named, token, "GET", PLACE)
    assert (status, options["userVerification"], options["rpId"]) == (200, "required", "localhost")
    signed = device.signs_in(options)
    assert (await shown(named, token, signed))[0] == 204
    assert await stepped_up(cast, token)
    again = await shown(named, token, signed)
    assert (again[0], again[1]["type"]) == (401, "/problems/wrong_credentials"), "an answer counts once"


async def test_what_does_not_fit_is_refused_alike_and_steps_nobody_up(
    named: RunningServer, cast: Cast
) -> None:
    device, token = await registered(cast, "ruth", named), await cast.token("ruth")
    other = await registered(cast, "mira", named)
    _, options = await call(named, token, "GET", PLACE)
    _, theirs = await call(named, await cast.token("ruth"), "GET", PLACE)
    signing_in = ask_to_sign(cast.office, Party("localhost", device.origin))
    for why, signed in {
        "to sign in": device.signs_in(signing_in),
        "in another sign-in": device.signs_in(theirs),
        "by somebody else": other.signs_in(options),
        "by a device nobody knows": replace(device_at(named), owner=device.owner).signs_in(options),
        "without showing whose it is": replace(device, verified=False).signs_in(options),
        "at another origin": replace(device, origin="https://elsewhere.example").signs_in(options),
        "for another host": replace(device, host="elsewhere.example").signs_in(options),
        "making one": replace(device).makes({**options, "user": {"id": "AAAA"}}),
        "nothing": "{}",
    }.items():
        status, problem = await shown(named, token, signed)
        assert (status, problem["type"]) == (401, "/problems/wrong_credentials"), why
        assert not await stepped_up(cast, token), why
    for said in ({}, {"credential": "{}"}, {"credential": None}, {"credential": {}, "password": "x"}):
        assert (await call(named, token, "POST", PLACE, said))[0] == 422
    assert (await shown(named, token, device.signs_in(options)))[0] == 204


async def test_who_has_none_any_more_is_asked_for_none(named: RunningServer, cast: Cast) -> None:
    device, token = await registered(cast, "ruth", named), await cast.token("ruth")
    signed = device.signs_in((await call(named, token, "GET", PLACE))[1])
    (kept,) = await passkeys_of(cast.office, cast["ruth"])
    await cast.office.memory.passkeys.remove(kept.practice, kept.person, kept.id, one_stays=False)
    assert (await call(named, token, "GET", PLACE))[0] == 404
    assert (await shown(named, token, signed))[0] == 401
    assert not await stepped_up(cast, token)


async def test_a_bare_address_and_nobody_have_none(server: RunningServer, cast: Cast) -> None:
    await made(cast, "ruth")
    for token, status in ((await cast.token("ruth"), 404), ("x", 401)):
        assert (await call(server, token, "GET", PLACE))[0] == status
        assert (await call(server, token, "POST", PLACE, {"credential": {}}))[0] == status
