"""A sealed identity stays sealed: every address of the program, asked by everybody, tells neither the name nor the address.

Ben has a marked name and address before his identity is sealed. Then his conversation is filled with everything that
comes into one, letters from that address wait in the screener, and every route is asked as each kind of person there is.
"""

import json
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from messaging.arriving import originals
from messaging.arriving.addresses import remember
from messaging.arriving.arrival import Arrival, Destination, Reading
from messaging.errors import Malformed
from messaging.people import Identity, Role
from messaging.practice.changing import Changes, change_person
from messaging.practice.founding import NewPerson
from messaging.practice.joining import join, people_of
from messaging.practice.operating import operator_of
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import send, write
from tests.channels.email.world import FakeRelay
from tests.web.hostile import Door, as_json
from tests.web.pages.staff.test_files import stored
from tests.web.sweeps.test_canaries import Asker, everywhere, filled, headers_of, instances
from web.commands.people import _fields, _line
from web.commands.provision import Desk

NAME = "Oystercatcher Quillfeather"
ADDRESS = "quillfeather@sealed.example"
MARKS = ("oystercatcher", "quillfeather", "sealed.example")
FURTHER = "quillfeather.further@sealed.example"


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    made = await FakeRelay().start()
    yield made
    await made.stop()


async def seal_ben(cast: Cast) -> None:
    known = Changes(name=NAME, email=ADDRESS)
    await change_person(cast.office, cast["nour"], cast["ben"].id, known)
    turned = Changes(identity=Identity.SEALED, pseudonym="Heron")
    listed = await change_person(cast.office, cast["mira"], cast["ben"].id, turned)
    assert (listed.person.name, listed.person.shown_email) == ("Heron", None)
    cast.people["ben"] = listed.person


async def held_from(cast: Cast, *, general: bool) -> None:
    """A letter from his own address that could not be proven: to a reply address of his, or to the practice's own."""
    conversation = None if general else cast.conversation("ben")
    arrival = Arrival("reply@mail.example", ADDRESS, "mail.example", None)
    where = Destination(cast.practice.id, conversation, None if general else cast["ben"].id)
    raw = f"From: {NAME} <{ADDRESS}>\r\nSubject: x\r\n\r\nHello.\r\n".encode()
    kept = await originals.keep(cast.office, where, arrival, raw)
    reading = Reading(uuid4(), ADDRESS, "x", "Hello.")
    reason = "general_address" if general else "other_address"
    await originals.hold(cast.office, await stored(cast, kept), reason, reading)


async def askers(cast: Cast) -> list[Asker]:
    return [Asker(name, await cast.token(name)) for name in cast.people if name != "ben"]


@pytest.mark.parametrize("seen", [True, False], ids=["identified", "sealed"])
async def test_no_address_of_the_program_tells_a_sealed_name_or_address(cast: Cast, seen: bool) -> None:
    """The same sweep over who is identified finds both: one that could find nothing would prove nothing."""
    if seen:
        known = Changes(name=NAME, email=ADDRESS)
        cast.people["ben"] = (await change_person(cast.office, cast["nour"], cast["ben"].id, known)).person
    else:
        await seal_ben(cast)
    world = await filled(cast)
    for general in (True, False):
        await held_from(cast, general=general)
    settling, _ = await cast.enter("mira", "ben", Deed.SETTLE)
    await remember(cast.office, settling, cast["ben"].id, FURTHER)
    door, told, asked = Door(cast.house), set[str](), 0
    for asker in await askers(cast):
        for method, template in everywhere():
            if method != "GET":
                continue
            for path in instances(world, template.replace("{person}", str(cast["ben"].id))):
                reply = await door.ask("GET", path, b"", headers_of(asker, form=False))
                asked += 1
                text = reply.body.decode("utf-8", "replace").casefold()
                told |= {f"{asker.name} {template} {mark}" for mark in MARKS if mark in text}
    assert asked > 500
    if seen:
        wanted = (
            "nour /admin",
            "mira /screener",
            "nour /api/v1/people",
            "mira /clients/{person}",
            "tess /me",
        )
        assert [one for one in wanted if not any(hit.startswith(f"{one} ") for hit in told)] == []
    else:
        assert sorted(told) == []


async def test_what_is_answered_to_who_adds_and_changes_tells_neither(cast: Cast) -> None:
    door, nour = Door(cast.house), Asker("nour", await cast.token("nour"))
    new = {"role": "client", "name": NAME, "email": ADDRESS, "identity": "sealed", "ref": "q1"}
    answers = [
        await door.ask("POST", "/api/v1/people", as_json(new), headers_of(nour, form=False)) for _ in range(2)
    ]
    assert [one.status for one in answers] == [201, 200]
    made = json.loads(answers[0].body)
    assert made["identity"] == "sealed"
    assert made["email"] is None
    assert made["name"].startswith("Client ")
    place = f"/api/v1/people/{made['id']}"
    for change in ({"name": NAME + " II"}, {"email": "x" + ADDRESS}, {"pseudonym": "Heron"}, {"email": None}):
        answers.append(await door.ask("PATCH", place, as_json(change), headers_of(nour, form=False)))
        assert answers[-1].status == 200
    for change in ({"identity": "identified"}, {"identity": "pseudonymous"}):
        answers.append(await door.ask("PATCH", place, as_json(change), headers_of(nour, form=False)))
        assert answers[-1].status == 409
    answers.append(await door.ask("POST", f"{place}/invitation", b"", headers_of(nour, form=False)))
    answers.append(await door.ask("GET", "/api/v1/people", b"", headers_of(nour, form=False)))
    told = [one.body.decode().casefold() for one in answers]
    assert [text for text in told if any(mark in text for mark in MARKS)] == []


async def test_a_username_made_of_a_name_is_not_shown_once_the_name_is_sealed(cast: Cast) -> None:
    door, nour = Door(cast.house), Asker("nour", await cast.token("nour"))
    headers = headers_of(nour, form=False)
    made = json.loads(
        (await door.ask("POST", "/api/v1/people", as_json({"role": "client", "name": NAME}), headers)).body
    )
    assert len(made["username"]) > 5
    place = f"/api/v1/people/{made['id']}"
    sealing = {"identity": "sealed", "pseudonym": "Heron"}
    assert (await door.ask("PATCH", place, as_json(sealing), headers)).status == 200
    card = await door.ask("POST", f"/admin/people/{made['id']}/invite", b"", headers_of(nour, form=True))
    pages = [await door.ask("GET", path, b"", headers) for path in ("/api/v1/people", "/admin")]
    for answer in (card, *pages):
        text = answer.body.decode().casefold()
        assert not [mark for mark in (*MARKS, made["username"]) if mark in text]


async def test_commands_and_provisioning_tell_neither(cast: Cast) -> None:
    desk = Desk(cast.office, "https://practice.example", "a test")
    slug = cast.practice.slug
    line = {"practice": slug, "role": "client", "username": f"q-{slug}", "name": NAME, "email": ADDRESS}
    sealed = {**line, "identity": "sealed", "ref": "q2"}
    older = {**line, "ref": "q2"}
    told = [
        answer async for answer in desk.run([json.dumps({"person": one}) for one in (sealed, sealed, older)])
    ]
    assert desk.failed == 0
    assert len({one["id"] for one in told}) == 1
    for one in await people_of(cast.office, operator_of(cast.practice.id)):
        told += [_fields(one), {"line": _line(one)}]
    assert not any(mark in str(told).casefold() for mark in MARKS)


async def test_mail_goes_to_the_sealed_address_and_says_no_name(cast: Cast, relay: FakeRelay) -> None:
    """The server uses the address; no person sees it."""
    await seal_ben(cast)
    await write(cast, "ben")
    await send(cast.office, relay)
    mails = relay.to(ADDRESS)
    assert mails
    assert not any(b"oystercatcher" in raw.lower() for raw in mails)


async def test_nobody_but_they_themselves_gives_an_address_under_a_pseudonym(cast: Cast) -> None:
    door, nour = Door(cast.house), Asker("nour", await cast.token("nour"))
    new = {"role": "client", "name": "Heron", "identity": "pseudonymous"}
    refused = await door.ask(
        "POST", "/api/v1/people", as_json({**new, "email": ADDRESS}), headers_of(nour, form=False)
    )
    assert refused.status == 422
    assert b"theirs alone" in refused.body
    made = await door.ask("POST", "/api/v1/people", as_json(new), headers_of(nour, form=False))
    assert made.status == 201
    place = f"/api/v1/people/{json.loads(made.body)['id']}"
    for change in ({"email": ADDRESS}, {"email_mode": "full"}):
        reply = await door.ask("PATCH", place, as_json(change), headers_of(nour, form=False))
        assert reply.status == 422
        assert b"theirs alone" in reply.body


async def test_only_a_client_can_be_other_than_identified(cast: Cast) -> None:
    for identity in (Identity.SEALED, Identity.PSEUDONYMOUS):
        with pytest.raises(Malformed):
            await join(cast.office, cast["nour"], NewPerson(Role.THERAPIST, "", "Tilda", identity=identity))
