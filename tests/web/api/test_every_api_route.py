"""Every address of the API, of health and of the demonstration that is read: for every role, over everything there can be.

The routes are the program's own tables: one that nothing here stands for fails, and so does any accident.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from starlette.routing import BaseRoute, Route

from channels.email.terms import Relay
from messaging.conversations import Kind
from messaging.ids import PracticeId
from messaging.people import Person, Role
from messaging.trust.roles import tasks_of
from tests.cast import Cast
from tests.web.every_state import STAFF, World
from tests.web.every_state_filled import found_world
from tests.web.hostile import Door
from tests.web.sweeping import Sweep
from threads.tables.record import attachments
from threads.tables.sessions import sessions
from web.api.routes import ROUTES as API
from web.demo import pages as demo
from web.demo.mailroom import Mailroom
from web.demo.people import CHARACTERS
from web.http import health

PREFIX = "/api/v1"
EVERYBODY = frozenset({None, *Role})
SIGNED_IN = frozenset(Role)
NO_ADMINISTRATOR = SIGNED_IN - {Role.ADMINISTRATOR}
CLINICIANS = frozenset(role for role in Role if role.is_clinician)


@dataclass(frozen=True)
class Place:
    """Who gets an answer there at all, and which are right; who is not signed in gets 401, all others 404."""

    whose: frozenset[Role | None]
    right: tuple[int, ...] = (200,)
    queries: tuple[str, ...] = ()


PLACES: Mapping[str, Place] = {
    "/me": Place(SIGNED_IN),
    "/me/sign-ins": Place(SIGNED_IN),
    "/me/push": Place(SIGNED_IN),
    "/me/absence": Place(CLINICIANS),
    "/me/step-up/passkey": Place(SIGNED_IN, (404,)),  # for who has one; test_passkeys_api asks
    "/people": Place(frozenset(role for role in Role if tasks_of(role))),
    "/people/{person}/identity": Place(
        frozenset()
    ),  # of nobody who is there; tests/web/api/test_identity_api.py asks
    "/conversations": Place(SIGNED_IN),
    "/inbox": Place(CLINICIANS),
    "/conversations/{conversation}/messages": Place(
        NO_ADMINISTRATOR, queries=("?after=3", "?limit=0", "?after=2147483647&limit=1")
    ),
    "/conversations/{conversation}/members": Place(SIGNED_IN - {Role.SUPERVISOR}),
    "/conversations/{conversation}/readers": Place(frozenset({Role.CLIENT})),
    "/conversations/{conversation}/releases": Place(NO_ADMINISTRATOR),
    "/releases": Place(CLINICIANS),
    **{
        path: Place(frozenset(), ()) for path in ("/releases/{release}", "/releases/{release}/messages")
    },  # theirs whom somebody let read: `test_releases_api` does
    "/conversations/{conversation}/whereabouts": Place(CLINICIANS),
    "/conversations/{conversation}/files/{file}": Place(NO_ADMINISTRATOR, (404,)),
    **{
        f"/conversations/{{conversation}}/notes/{kind}": Place(CLINICIANS) for kind in ("progress", "process")
    },
    **{
        f"/conversations/{{conversation}}/notes/{kind}/{{note}}": Place(CLINICIANS, (404,))
        for kind in ("progress", "process")
    },  # those there are: test_notes_api
    "/measures": Place(SIGNED_IN, queries=("?language=de",)),
    "/conversations/{conversation}/assignments": Place(NO_ADMINISTRATOR),
    "/conversations/{conversation}/ending": Place(NO_ADMINISTRATOR, (404,)),  # test_ending_api
    "/conversations/{conversation}/exchange-contract": Place(NO_ADMINISTRATOR),
    "/conversations/{conversation}/plan": Place(NO_ADMINISTRATOR, (200, 404)),
    "/conversations/{conversation}/measures/{measure}": Place(
        NO_ADMINISTRATOR, (404,)
    ),  # test_assignments_api
    "/documents": Place(frozenset({Role.ADMINISTRATOR})),
    "/documents/{document}": Place(
        frozenset({Role.ADMINISTRATOR}), (404,)
    ),  # those there are: test_agreements_api
    "/conversations/{conversation}/agreements": Place(NO_ADMINISTRATOR),
    "/drafts": Place(NO_ADMINISTRATOR, (404,)),  # it names its conversation in the query: asked for below
    "/exports/{export}": Place(frozenset(), ()),  # theirs who asked for it: `test_exports_api` does
    "/exports/{export}/file": Place(frozenset(), ()),
    "/sessions": Place(NO_ADMINISTRATOR),
    "/sessions/{session}/check-ins": Place(NO_ADMINISTRATOR),
    "/sessions/{session}/record": Place(CLINICIANS),
    "/me/margins": Place(CLINICIANS),
    "/slots": Place(NO_ADMINISTRATOR),
    "/session-rules": Place(SIGNED_IN),
    "/events": Place(frozenset({Role.ADMINISTRATOR}), queries=("?after=3", "?limit=0")),
    **{path: Place(frozenset({Role.ADMINISTRATOR})) for path in ("/webhooks", "/service-accounts")},
    "/webhooks/{webhook}": Place(frozenset()),  # those there are: test_integrating_api
    "/service-accounts/{account}": Place(frozenset()),
    "/openapi.json": Place(EVERYBODY),
}
HEALTH = {"/health/live": (200,), "/health/ready": (200, 503), "/metrics": (200, 404)}
DEMO = {"/demo": (200,), "/demo/be": (404,), "/demo/mailbox/{username}": (200, 404)}


def read(routes: object) -> set[str]:
    """The templates of what is read there."""
    assert isinstance(routes, list | tuple)
    return {one.path for one in routes if isinstance(one, Route) and "GET" in (one.methods or ())}


def demo_routes() -> list[BaseRoute]:
    room = Mailroom(one.email for one in CHARACTERS if one.email)
    return demo.routes(demo.Mailing(room, Relay("127.0.0.1", 1)), PracticeId(uuid4()))


def test_every_address_that_is_read_is_known() -> None:
    assert read(API.routes) == PLACES.keys()
    assert read(health.ROUTES) == HEALTH.keys()
    assert read(demo_routes()) == DEMO.keys()


@pytest.fixture
async def world(cast: Cast) -> World:
    return await found_world(cast)


async def test_the_api_answers_everybody_by_its_rule_whatever_there_is(world: World) -> None:
    sweep = Sweep(world)
    known = await Known.of(world)
    for template, place in PLACES.items():
        for path, name in instances(known, template):
            for reader in readers(world, name):
                wanted = right(place, reader, world, name)
                await sweep.ask(reader, PREFIX + path, *wanted)
                for query in place.queries if wanted == place.right else ():
                    await sweep.ask(reader, PREFIX + path + query, *wanted)
    for reader in (world.cast["mira"], world.clients[Kind.COUPLE][0]):
        for kind in ("chat", "letter"):
            query = f"?conversation={world.conversations[Kind.COUPLE]}&kind={kind}"
            await sweep.ask(reader, f"{PREFIX}/drafts{query}", 200)
    for file, state in known.files.items():
        path = f"{PREFIX}/conversations/{world.conversations['mails']}/files/{file}"
        if state != "clean":  # the world's files have no bytes; those that have are read in test_api_acts
            await sweep.ask(world.cast["mira"], path, 409)
    assert sweep.accidents() == ""
    assert sweep.asked > 400


@dataclass
class Known:
    """What is there to be asked for by its id."""

    world: World
    sessions: dict[UUID, str]
    files: dict[UUID, str]

    @classmethod
    async def of(cls, world: World) -> "Known":
        names = {conversation: name for name, conversation in world.conversations.items()}
        practice = world.cast.practice.id
        database = world.cast.house.office.memory.people._database  # type: ignore[attr-defined]
        async with database.within(practice) as connection:
            held = (await connection.execute(select(sessions.c.id, sessions.c.conversation_id))).all()
            files = (await connection.execute(select(attachments.c.id, attachments.c.state))).all()
        return cls(
            world, {row.id: names[row.conversation_id] for row in held}, {r.id: r.state for r in files}
        )


def instances(known: Known, template: str) -> Iterator[tuple[str, str]]:
    """The addresses of a place, and the conversation each is of; one of nothing that is there, too."""
    template = template.replace("{file}", str(uuid4())).replace("{export}", str(uuid4()))
    template = template.replace("{person}", str(uuid4())).replace("{note}", str(uuid4()))
    template = template.replace("{webhook}", str(uuid4())).replace("{account}", str(uuid4()))
    template = template.replace("{document}", str(uuid4()))
    if "{conversation}" in template:
        for name, conversation in known.world.conversations.items():
            yield template.replace("{conversation}", str(conversation)), name
    elif "{session}" in template:
        for session, name in known.sessions.items():
            yield template.replace("{session}", str(session)), name
    else:
        yield template, ""


def readers(world: World, name: str) -> list[Person | None]:
    """Nobody, everybody who cares or administers, who cares elsewhere, and clients here and elsewhere."""
    cast = world.cast
    if name and name != Kind.GROUP:  # who is refused, and who reads the same, is asked for in one of them
        return [cast["mira"], *world.clients[name][:1]]
    here = [some[0] for each, some in world.clients.items() if name in ("", each)]
    return [None, *(cast[one] for one in STAFF.values()), cast["eli"], cast["omar"], *here]


def right(place: Place, reader: Person | None, world: World, name: str) -> tuple[int, ...]:
    """The statuses that are right."""
    role = reader.role if reader else None
    if role in place.whose and (not name or is_inside(world, reader, name)):
        return place.right
    return (401,) if reader is None else (404,)


def is_inside(world: World, reader: Person | None, name: str) -> bool:
    if reader is None:
        return False
    left = {"no-clinician": reader.role.is_clinician, "no-client": not reader.role.is_clinician}
    inside = [*world.clients[name], *(world.cast[one] for one in STAFF.values())]
    return not left.get(name, False) and reader.id in {one.id for one in inside}


async def test_health_answers_and_the_demonstration_shows_each_of_its_people(world: World) -> None:
    door = Door(world.cast.house, demo_routes())
    token = await world.cast.token("mira")
    for path, statuses in HEALTH.items():
        assert (await door.ask("GET", path, b"", {})).status in statuses
    for one in (*(each.username for each in CHARACTERS), "nobody"):
        for headers in ({}, {"authorization": f"Bearer {token}"}):
            for path, statuses in DEMO.items():
                reply = await door.ask("GET", path.replace("{username}", one), b"", headers)
                assert reply.status in statuses, path
                assert not reply.fault
