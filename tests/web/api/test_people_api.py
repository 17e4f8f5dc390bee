"""People by the API: who may add, change and let go whom, and what ends with it. Over real sockets."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from messaging.entrance.invitations import accept_invitation
from messaging.entrance.signing_in import Credentials, sign_in
from messaging.errors import NotSignedIn
from messaging.leaving.owing import reply_token
from messaging.office import Asking
from messaging.people import Role
from messaging.practice.founding import NewPerson, add_person
from tests.cast import PASSWORD, Cast, found_cast, nobody
from tests.conftest import RunningServer
from tests.journeys.talking import call, talking

TOLD = 2.0
"""Seconds within which who was let go is out (CONTRACT 7)."""


@dataclass
class Desk:
    """The API as one of the cast uses it."""

    server: RunningServer
    token: str

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        return await call(self.server, self.token, method, path, body)


@pytest.fixture
async def desks(server: RunningServer, cast: Cast) -> dict[Role, Desk]:
    """One for each role there is, of people who have no client yet but Dr Mira and Nour."""
    found = {Role.THERAPIST: Desk(server, await cast.token("mira"))}
    found[Role.ADMINISTRATOR] = Desk(server, await cast.token("nour"))
    found[Role.CLIENT] = Desk(server, await cast.token("ruth"))
    for role in Role:
        if role not in found:
            made = await add_person(cast.office, cast.practice.id, NewPerson(role, role.value, role.value))
            found[role] = Desk(server, await cast.token_of(made))
    return found


MAY_ADD = {
    Role.ADMINISTRATOR: set(Role),
    Role.THERAPIST: {Role.CLIENT},
    Role.PSYCHIATRIST: {Role.CLIENT},
    Role.SUPERVISOR: set[Role](),
    Role.CLIENT: set[Role](),
}


async def test_who_may_add_whom(desks: dict[Role, Desk]) -> None:
    assert MAY_ADD.keys() == set(Role)
    for by, desk in desks.items():
        for role in Role:
            status, body = await desk.ask("POST", "/people", {"role": role, "name": "Ana Lúcia"})
            assert status == (201 if role in MAY_ADD[by] else 404), (by, role, body)
        status, body = await desk.ask("GET", "/people")
        assert status == (200 if MAY_ADD[by] else 404)


async def test_a_clinician_has_their_own_clients_and_nobody_elses(
    desks: dict[Role, Desk], cast: Cast, built: Any
) -> None:
    mira, eve = desks[Role.THERAPIST], desks[Role.PSYCHIATRIST]
    _, added = await eve.ask("POST", "/people", {"role": "client", "name": "Ida"})
    _, listed = await mira.ask("GET", "/people")
    assert {one["name"] for one in listed["people"]} == {"Ruth", "Linden", "Ben", "Tess"}
    _, listed = await eve.ask("GET", "/people")
    assert [one["name"] for one in listed["people"]] == ["Ida"]
    elsewhere = (await found_cast(built))["ruth"].id
    deeds = (("PATCH", "", {"name": "Other"}), ("POST", "/invitation", None), ("DELETE", "/invitation", None))
    for person in (added["id"], cast["omar"].id, cast["nour"].id, cast["mira"].id, elsewhere, nobody(), "x"):
        for method, rest, body in deeds:
            status, _ = await mira.ask(method, f"/people/{person}{rest}", body)
            assert status == 404, (person, method)
    for desk in (desks[Role.CLIENT], desks[Role.SUPERVISOR]):
        for method, rest, body in deeds:
            assert (await desk.ask(method, f"/people/{cast['ruth'].id}{rest}", body))[0] == 404
    assert (await desks[Role.ADMINISTRATOR].ask("PATCH", f"/people/{elsewhere}", {"name": "x"}))[0] == 404


async def test_who_is_added_is_invited_once_and_signs_in(desks: dict[Role, Desk], cast: Cast) -> None:
    nour = desks[Role.ADMINISTRATOR]
    status, made = await nour.ask("POST", "/people", {"role": "client", "name": "Jörg Groß"})
    assert status == 201
    assert made["username"] == "jorg-gro"
    assert made["invitation"]["state"] == "waiting"
    again = (await nour.ask("POST", "/people", {"role": "client", "name": "Jörg Groß"}))[1]
    assert again["username"] == "jorg-gro2"
    first = made["invitation"]["url"].partition("#")[2]
    status, fresh = await nour.ask("POST", f"/people/{made['id']}/invitation")
    assert status == 201
    assert fresh["expires"]
    with pytest.raises(NotSignedIn):
        await accept_invitation(cast.office, first, PASSWORD)
    await accept_invitation(cast.office, fresh["url"].partition("#")[2], PASSWORD)
    with pytest.raises(NotSignedIn):
        await accept_invitation(cast.office, fresh["url"].partition("#")[2], PASSWORD)
    claimed = Credentials("jorg-gro", PASSWORD, cast.practice.slug)
    assert (await sign_in(cast.office, claimed, Asking("test", known=True))).person.name == "Jörg Groß"
    await nour.ask("POST", f"/people/{again['id']}/invitation")
    assert (await nour.ask("DELETE", f"/people/{again['id']}/invitation"))[0] == 204
    assert (await nour.ask("DELETE", f"/people/{again['id']}/invitation"))[0] == 204
    states = {
        one["username"]: one.get("invitation", {}).get("state")
        for one in (await nour.ask("GET", "/people"))[1]["people"]
    }
    assert states["jorg-gro"] is None
    assert states["jorg-gro2"] == "withdrawn"


async def test_one_reference_is_one_person_and_one_conversation(desks: dict[Role, Desk]) -> None:
    nour = desks[Role.ADMINISTRATOR]
    asked = {"role": "client", "name": "Ana", "email": "ana@mail.example", "ref": "emr-7"}
    first, again = await nour.ask("POST", "/people", asked), await nour.ask("POST", "/people", asked)
    assert (first[0], again[0]) == (201, 200)
    assert first[1]["id"] == again[1]["id"]
    status, problem = await nour.ask("POST", "/people", asked | {"name": "Bea"})
    assert (status, problem["type"]) == (409, "/problems/ref_reused")
    _, mira = await nour.ask("POST", "/people", {"role": "therapist", "name": "Mo", "ref": "emr-8"})
    circle = {"clients": [first[1]["id"]], "clinicians": [mira["id"]], "kind": "individual", "ref": "emr-7"}
    made, known = (
        await nour.ask("POST", "/conversations", circle),
        await nour.ask("POST", "/conversations", circle),
    )
    assert (made[0], known[0]) == (201, 200)
    assert made[1]["id"] == known[1]["id"]
    assert {one["role"] for one in made[1]["members"]} == {"client", "therapist"}
    assert (await nour.ask("POST", "/conversations", circle | {"kind": "couple"}))[0] == 409


async def test_a_clinician_begins_with_their_own_clients_only(desks: dict[Role, Desk], cast: Cast) -> None:
    mira, me = desks[Role.THERAPIST], str(cast["mira"].id)
    _, ida = await mira.ask("POST", "/people", {"role": "client", "name": "Ida"})
    circle: dict[str, Any] = {"clients": [ida["id"]], "clinicians": [me]}
    status, made = await mira.ask("POST", "/conversations", circle)
    assert (status, made["name"]) == (201, "Ida")
    assert made["id"] in {c["id"] for c in (await mira.ask("GET", "/conversations"))[1]["conversations"]}
    for wrong in (
        {"clients": [str(cast["omar"].id)]},
        {"clinicians": [str(cast["eli"].id)]},
        {"clients": [me]},
        {"clinicians": [ida["id"], me]},
        {"clients": [str(nobody())]},
        {"clients": ["x"]},
    ):
        assert (await mira.ask("POST", "/conversations", circle | wrong))[0] == 404, wrong
    malformed: tuple[dict[str, Any], ...] = (
        {"clients": []},
        {"clinicians": 3},
        {"kind": "crowd"},
        {"extra": 1},
        {"clients": [ida["id"]] * 2},
    )
    for wrong in malformed:
        assert (await mira.ask("POST", "/conversations", circle | wrong))[0] == 422, wrong
    for role in (Role.CLIENT, Role.SUPERVISOR):
        assert (await desks[role].ask("POST", "/conversations", circle))[0] == 404


async def test_who_is_let_go_is_out_within_two_seconds_and_can_come_back(
    server: RunningServer, desks: dict[Role, Desk], cast: Cast
) -> None:
    nour, token, ruth = desks[Role.ADMINISTRATOR], await cast.token("ruth"), cast["ruth"]
    address = await reply_token(cast.office, (await cast.enter("mira", "ruth"))[1], ruth)
    assert await leads_somewhere(cast, address)
    async with talking(server, token) as here:
        await here.so_far()
        began = time.monotonic()
        status, shown = await nour.ask("PATCH", f"/people/{ruth.id}", {"active": False})
        assert (status, shown["active"]) == (200, False)
        assert await here.closed() == 4401
        assert time.monotonic() - began < TOLD
    assert (await call(server, token, "GET", "/me"))[0] == 401
    assert not await leads_somewhere(cast, address)
    assert (await nour.ask("POST", f"/people/{ruth.id}/invitation"))[0] == 409
    assert (await nour.ask("PATCH", f"/people/{ruth.id}", {"active": True}))[1]["active"] is True
    assert (await call(server, token, "GET", "/me"))[0] == 401
    assert (await nour.ask("POST", f"/people/{ruth.id}/invitation"))[0] == 201
    assert not await leads_somewhere(cast, address)
    fresh = await reply_token(cast.office, (await cast.enter("mira", "ruth"))[1], ruth)
    assert await leads_somewhere(cast, fresh)


async def leads_somewhere(cast: Cast, token: str) -> bool:
    hashed = cast.office.installation.lookup("reply", token)
    found = await cast.office.memory.mailbox.reply_route(hashed)
    return found is not None and not found.revoked


async def test_another_address_ends_the_reply_addresses_of_the_old_one(
    desks: dict[Role, Desk], cast: Cast
) -> None:
    mira, ruth = desks[Role.THERAPIST], cast["ruth"]
    address = await reply_token(cast.office, (await cast.enter("mira", "ruth"))[1], ruth)
    path = f"/people/{ruth.id}"
    assert (await mira.ask("PATCH", path, {"name": "Ruth Ann", "email_mode": "notice"}))[1][
        "name"
    ] == "Ruth Ann"
    assert await leads_somewhere(cast, address)
    assert (await mira.ask("PATCH", path, {"email": "ruth@new.example"}))[1]["email"] == "ruth@new.example"
    assert not await leads_somewhere(cast, address)
    assert (await mira.ask("PATCH", path, {"email": None}))[1]["email"] is None
    for wrong in (
        {"email": "nowhere"},
        {"name": " "},
        {"role": "client"},
        {"active": 1},
        {"email_mode": "loud"},
    ):
        assert (await mira.ask("PATCH", path, wrong))[0] == 422, wrong


async def test_a_practice_keeps_somebody_who_administers_it(desks: dict[Role, Desk], cast: Cast) -> None:
    nour, path = desks[Role.ADMINISTRATOR], f"/people/{cast['nour'].id}"
    status, problem = await nour.ask("PATCH", path, {"active": False})
    assert (status, problem["type"]) == (409, "/problems/last_one")
    assert (await nour.ask("POST", "/people", {"role": "administrator", "name": "Second"}))[0] == 201
    assert (await nour.ask("PATCH", path, {"active": False}))[0] == 200
    assert (await nour.ask("GET", "/people"))[0] == 401


async def test_a_password_is_changed_and_every_other_sign_in_ends(built: Any, server: RunningServer) -> None:
    cast = await found_cast(built, password=PASSWORD)
    username = f"ruth-{cast.practice.slug}"
    claimed = {"username": username, "password": PASSWORD}
    (_, here), (_, there) = [await call(server, "", "POST", "/sign-ins", claimed) for _ in "ab"]
    one, other = Desk(server, here["token"]), Desk(server, there["token"])
    _, listed = await one.ask("GET", "/me/sign-ins")
    assert [row["current"] for row in listed["sign_ins"]].count(True) == 1
    assert len(listed["sign_ins"]) == 2
    assert listed["sign_ins"][0].keys() == {"id", "at", "last", "device", "current", "own_device"}
    change = {"old": PASSWORD, "new": "quiet rivers run deep"}
    assert (await one.ask("PUT", "/me/password", change | {"old": "wrong"}))[0] == 403
    for weak in ("short", "password1", "PASSWORD", "\ud800" * 9):
        assert (await one.ask("PUT", "/me/password", change | {"new": weak}))[0] == 422, weak
    assert (await one.ask("PUT", "/me/password", change))[0] == 204
    assert (await other.ask("GET", "/me"))[0] == 401
    assert (await one.ask("GET", "/me"))[0] == 200
    statuses = [(await one.ask("PUT", "/me/password", change))[0] for _ in range(5)]
    assert statuses[-1] == 429


async def test_a_sign_in_of_ones_own_is_ended_and_nobody_elses(cast: Cast, server: RunningServer) -> None:
    mine, lost = Desk(server, await cast.token("ruth")), Desk(server, await cast.token("ruth"))
    foreign = Desk(server, await cast.token("tess"))
    (_, rows), (_, theirs) = await lost.ask("GET", "/me/sign-ins"), await foreign.ask("GET", "/me/sign-ins")
    name = next(row["id"] for row in rows["sign_ins"] if row["current"])
    for wrong in (theirs["sign_ins"][0]["id"], str(uuid4()), "x"):
        assert (await mine.ask("DELETE", f"/me/sign-ins/{wrong}"))[0] == 404
    assert (await mine.ask("DELETE", f"/me/sign-ins/{name}"))[0] == 204
    assert (await lost.ask("GET", "/me"))[0] == 401
    assert (await mine.ask("GET", "/me"))[0] == 200


async def test_staff_choose_longer_passwords_than_clients(cast: Cast, desks: dict[Role, Desk]) -> None:
    nour, fourteen = desks[Role.ADMINISTRATOR], "fourteen chars"
    for role in Role:
        _, made = await nour.ask("POST", "/people", {"role": role, "name": f"New {role}"})
        token = made["invitation"]["url"].partition("#")[2]
        if role is not Role.CLIENT:
            with pytest.raises(Exception, match="15 to"):
                await accept_invitation(cast.office, token, fourteen)
        await accept_invitation(cast.office, token, fourteen if role is Role.CLIENT else f"{fourteen}!")


async def test_the_practice_is_changed_by_who_administers_it(desks: dict[Role, Desk]) -> None:
    numbers = [{"name": "Telefonseelsorge", "number": "142", "when": "day and night"}]
    for role, desk in desks.items():
        asked = {"name": "Haus Erle", "time_zone": "Europe/Lisbon", "numbers": numbers}
        asked |= {"workdays": ["tuesday", "sunday"], "holidays": [{"day": "2026-12-24", "name": "Eve"}]}
        asked |= {"mail_name": "Erle", "mail_subject": "Something for you"}
        status, body = await desk.ask("PUT", "/practice", asked)
        assert status == (200 if role is Role.ADMINISTRATOR else 404)
        if status == 200:
            assert {**body, **asked} == body
    nour = desks[Role.ADMINISTRATOR]
    assert (await nour.ask("PUT", "/practice", {}))[1]["numbers"] == numbers
    wrong: dict[str, Any]
    for wrong in (
        {"time_zone": "Mars"},
        {"name": ""},
        {"numbers": [{"name": "x", "number": "call me"}]},
        {"numbers": numbers * 13},
        {"zone": "UTC"},
        {"workdays": []},
        {"workdays": ["someday"]},
        {"workdays": "monday"},
        {"holidays": [{"day": "24.12.2026"}]},
        {"holidays": [{"day": "2026-12-24", "until": "2026-12-26"}]},
        {"holidays": ["2026-12-24"]},
        {
            "holidays": [
                {"day": f"{2030 + year}-{month:02}-01"} for year in range(30) for month in range(1, 13)
            ]
        },
        {"mail_name": "x" * 81},
        {"mail_subject": 3},
        {"mail_subject": "two\nlines"},
    ):
        assert (await nour.ask("PUT", "/practice", wrong))[0] == 422, wrong


async def test_who_cannot_be_read_can_still_be_let_go(desks: dict[Role, Desk], cast: Cast) -> None:
    nour, ruth = desks[Role.ADMINISTRATOR], cast["ruth"]
    (stored,) = await cast.office.memory.people.find(ruth.practice, [ruth.id])
    assert await cast.office.memory.people.reseal(ruth.practice, ruth.id, stored.sealed, b"not what it was")
    status, problem = await nour.ask("PATCH", f"/people/{ruth.id}", {"name": "Ruth"})
    assert (status, problem["type"]) == (409, "/problems/conflict")
    status, shown = await nour.ask("PATCH", f"/people/{ruth.id}", {"active": False})
    assert (status, shown["active"]) == (200, False)
