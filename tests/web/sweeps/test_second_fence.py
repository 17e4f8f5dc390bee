"""Row security holds alone: without one condition on the practice in any statement, nobody else's row is told or changed.

Everything the program can be asked for is asked by who may, over the rows of one practice. What the database was asked
meanwhile is asked again as another practice, with the same ids, its conditions on the practice taken out. As a proof that
this would be seen, the same is asked as the practice itself: then it tells, and changes; so it does where a table has lost
its fence.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from os import urandom
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select, text

from messaging.absence.consent import answer_question
from messaging.absence.declaring import Wanted, say_absence, today
from messaging.absence.offering import answer_offer
from messaging.absence.shown import own_absence
from messaging.arriving.addresses import remember
from messaging.conversations import CoverScope
from messaging.entrance.passkeys import ask_to_sign
from messaging.entrance.recovery_phrases import fresh_phrase
from messaging.entrance.signing_in import who
from messaging.forms import writing as forms
from messaging.forms.form import Form, Question, QuestionKind
from messaging.integrating.events import TYPES, events_after
from messaging.integrating.service_accounts import Scope, account_showing, add_account
from messaging.integrating.webhooks import add_webhook, tell_due, webhook_of
from messaging.letters.uploads import Coming, take
from messaging.letters.writing import Letter, write_letter
from messaging.memory.check_ins import StoredCodeWord
from messaging.memory.sign_ins import SignInKind
from messaging.office import Office
from messaging.practice.letting_back import wishes
from messaging.practice.ways_back import LINK
from messaging.pushing.sealing import CURVE, DeviceKeys
from messaging.pushing.subscriptions import Endpoint, subscribe, unsubscribe
from messaging.pushing.telling import Pushed, push_due
from messaging.record.files import pieces_of
from messaging.releasing.giving import releases_of
from messaging.releasing.reading import read_slice, released_to
from messaging.trust.access import Deed
from tests.cast import Cast, found_cast
from tests.conftest import TestDatabase
from tests.messaging.practice.test_passkeys import PARTY, enters, made
from tests.messaging.releasing.slices import Record
from tests.web.every_state_filled import found_world
from tests.web.hostile import Door, as_form, as_json
from tests.web.sweeping import Sweep
from tests.web.sweeps.fence import (
    CONDITION,
    OUTSIDE,
    TENANT,
    Asked,
    Fence,
    listening,
    marks_of,
    people_of,
)
from tests.web.sweeps.test_canaries import PREFIX, Asker, Filled, everywhere, filled, headers_of, instances
from tests.web.sweeps.test_hostile_requests import (
    API_ROUTES,
    FORM,
    JSON,
    PAGE_ROUTES,
    WHO,
    World,
    described,
    form_fields,
)
from threads.database import Database, connector, engine
from threads.law import install
from threads.tables.record import message_ids
from web.state import House

MUTATED = 105
"""Statements with a condition on the practice, at least: fewer were no broad walk."""
WOULD_TELL = 70
"""Of all statements so many tell or change something where row security lets them."""


BESIDE = (
    *("code_words", "further_addresses", "locked_letters", "message_ids"),
    *("absences", "covers"),
    *("passkeys", "recovery_codes", "recovery_phrases", "releases", "ways_back"),
)
"""Tables that no page comes to without a device or a mail; `asked_beside` does."""


async def walked(world: Filled) -> None:
    """Everything there is, by who may; each with a sign-in of its own, since some requests end it."""
    cast = world.cast
    sweep = Sweep(await found_world(cast))
    for reader in [one for some in sweep.world.clients.values() for one in some[:1]]:
        for place in ("/me", "/me/mail", "/me/check-in", "/me/sessions", "/me/letters", "/account"):
            await sweep.ask(reader, place)
    for conversation in sweep.world.conversations.values():
        for place in ("", "/check-ins", "/check-ins/record"):
            await sweep.ask(cast["mira"], f"/c/{conversation}{place}")
    asked = await World(cast).prepare()
    asked.ids |= {"person": cast["linden"].id}
    for method, template, route in (*API_ROUTES, *PAGE_ROUTES):
        is_api = template.startswith(PREFIX)
        fine = described(method, template) if is_api else form_fields(route, asked)
        body, kind = (as_json(fine), JSON) if is_api else (as_form(fine), FORM)
        for one in WHO:
            asked.tokens[one] = await cast.token(one)
            await asked.ask(one, method, asked.path(template), b"" if method == "GET" else body, **kind)
    door, mira = Door(cast.house), Asker("mira", await cast.token("mira"))
    for method, template in everywhere():
        for path in instances(world, template) if method == "GET" else ():
            await door.ask("GET", path, b"", headers_of(mira, form=False))


async def asked_beside(world: Filled) -> None:
    """What no page comes to without a device or a mail: memory is asked as the acts of those ask it, each thing twice, so
    that of the two askings one says something else than stands there.
    """
    cast, memory, practice = world.cast, world.cast.office.memory, world.cast.practice.id
    ruth, mira, now = cast["ruth"], cast["mira"], cast.office.clock()
    for one in ("first", "second"):
        await fresh_phrase(cast.office, ruth)
        await memory.second_factors.keep_codes(practice, mira.id, [urandom(32), urandom(32)])
        await memory.ways_back.keep_link(practice, ruth.id, urandom(32), now + LINK)
        await memory.check_ins.set_code_word(practice, ruth.id, StoredCodeWord(one, now), replace=True)
        await memory.person_keys.first_sender(practice, urandom(32), ruth.id)
    record = Record(cast, now)
    month = timedelta(days=30)
    told = await record.release(
        kinds=["letter", "note"],
        since=str((now - month).date()),
        until=None,
        expires=str((now + month).date()),
    )
    await read_slice(cast.office, cast["eli"], told.release.id)
    assert len(await released_to(cast.office, cast["eli"])) == 1
    assert len(await releases_of(cast.office, ruth, cast.conversation("ruth"))) == 1
    day = today(cast.practice, now)
    for scope in CoverScope:
        wanted = Wanted(day, day, cast["eli"].id, scope)
        absence = await say_absence(cast.office, mira, wanted)
        await answer_offer(cast.office, cast["eli"], absence.id, accepts=True)
        held, _ = await cast.enter("ruth", "ruth")
        await answer_question(cast.office, held, absence.id, agrees=scope is CoverScope.TAKE_OVER)
        assert await own_absence(cast.office, mira) is not None
    await memory.ways_back.wish(practice, ruth.id, now)
    assert [wish.person.id for wish in await wishes(cast.office, mira)] == [ruth.id]
    device = await made(cast, "ruth")
    assert await enters(cast, device.signs_in(ask_to_sign(cast.office, PARTY)))
    held, _ = await cast.enter("mira", "ben", Deed.SETTLE)
    await remember(cast.office, held, cast["ben"].id, "ben@further.example")
    assert len(await memory.further_addresses.of_person(practice, cast["ben"].id)) == 1
    assert await memory.threads.letters_by_message_ids(held, await message_ids_of(world))
    held, _ = await cast.enter("mira", "ben", Deed.WRITE)
    for words in (b"first", b"second"):
        brought = await take(
            cast.office, held, Coming("a.txt", "text/plain", 1_000), octets(words), cast.house.photos
        )
        assert [piece async for piece in pieces_of(cast.office, held, brought.id, brought.size)] == [words]
    await programs_and_devices(cast)


def ahead(office: Office, seconds: int) -> datetime:
    """Its clock, so far on."""
    return office.clock() + timedelta(seconds=seconds)


async def programs_and_devices(cast: Cast) -> None:
    """What is kept for programs of others, and of devices that are told by push."""
    office, nour, ruth = cast.office, cast["nour"], cast["ruth"]
    for name in ("first", "second"):
        _, token = await add_account(office, nour, name, [Scope.EVENTS])
        assert (await account_showing(office, token.text)).name == name
    hook = await add_webhook(office, nour, "https://a.example/", "secret", TYPES)
    asking = await who(office, await cast.token_of(ruth, SignInKind.COOKIE))
    point = ec.generate_private_key(CURVE).public_key()
    octets = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    await subscribe(office, asking, Endpoint("https://a.example/", DeviceKeys(octets, bytes(16))))
    held, circle = await cast.enter("mira", "ruth", Deed.WRITE)
    await write_letter(office, held, circle, Letter(uuid4(), "Words."))
    await events_after(office, nour, 0, 100)
    for seconds, answers in ((5, [False]), (60, [True] * 100)):
        said = iter(answers)

        async def tell(_hook: object, _event: object, said: Iterator[bool] = said) -> bool:
            return next(said, True)

        later = replace(office, clock=partial(ahead, office, seconds))
        while await tell_due(later, tell):
            pass
    assert (await webhook_of(office, nour, hook.id)).failing_since is None

    async def push(_endpoint: object) -> Pushed:
        return Pushed.TAKEN

    while await push_due(office, push):
        pass
    await unsubscribe(office, ruth)


async def forms_kept(cast: Cast) -> None:
    """Forms of the practice's own, from the first version to the end."""
    office, mira = cast.office, cast["mira"]
    asks = Form("First", (Question("one", QuestionKind.TEXT, "How?"),))
    for _ in ("first", "second"):
        made_now = await forms.make(office, mira, asks)
        await forms.change(office, mira, made_now.id, replace(asks, title="Second"))
        assert len(await forms.form_of(office, mira, made_now.id)) == 2
        assert await forms.forms_of(office, mira)
        await forms.end(office, mira, made_now.id)


async def octets(said: bytes) -> AsyncIterator[bytes]:
    """As they come from a browser."""
    yield said


async def message_ids_of(world: Filled) -> list[bytes]:
    """Of the mails that are owed for letters of the conversation, as their answers would name them."""
    database = world.cast.office.memory.people._database  # type: ignore[attr-defined]
    async with database.within(world.cast.practice.id) as connection:
        query = select(message_ids.c.hash).where(message_ids.c.conversation_id == world.conversation)
        return list((await connection.execute(query)).scalars())


async def telling(fence: Fence, asked: list[Asked], stated: UUID) -> Asked:
    """Of the askings of one statement one that tells or changes something; the last, where none does."""
    for one in asked[:-1]:
        if (await fence.again(one, stated)).through:
            return one
    return asked[-1]


async def told(fence: Fence, asked: list[Asked], stated: UUID) -> list[Asked]:
    """Those by which something of the other practice is told or changed, asked as this one."""
    return [one for one in asked if (await fence.again(one, stated)).through]


@asynccontextmanager
async def without_its_fence(database: TestDatabase, table: str) -> AsyncIterator[None]:
    """For a moment, to see that it would be seen."""
    owner = engine(connector(**database.accesses.owner.connect_kwargs()), size=1)
    try:
        async with owner.begin() as connection:
            await connection.execute(text(f"alter table {table} disable row level security"))
        yield
    finally:
        async with owner.begin() as connection:
            await install(connection)
        await owner.dispose()


async def test_without_a_condition_on_the_practice_no_row_of_another_is_told_or_changed(
    built: House, database: TestDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = (await filled(await found_cast(built))).cast.practice.id
    with listening(monkeypatch) as heard:
        world = await filled(await found_cast(built))
        await walked(world)
        await asked_beside(world)
        await forms_kept(world.cast)
    theirs = world.cast.practice.id
    app = Database(connector(**database.accesses.app.connect_kwargs()), size=1)
    try:
        only = await marks_of(app, theirs) - await marks_of(app, ours)
        fence = Fence(app, theirs, frozenset(only), await people_of(app, theirs))
        asked = [await telling(fence, one, theirs) for one in heard.about_practices()]
        assert await told(fence, asked, ours) == []
        would = await told(fence, asked, theirs)
        for table in ("drafts", *BESIDE):
            async with without_its_fence(database, table):
                assert await told(fence, [one for one in asked if table in one.tables], ours) != [], table
    finally:
        await app.close()
    assert len({one.sql for one in asked if one.mutated}) >= MUTATED
    assert len({one.sql for one in would}) >= WOULD_TELL
    assert TENANT.keys() - OUTSIDE - {table for one in would for table in one.tables} == set()
    assert [one.sql for one in asked if CONDITION.search(one.open)] == []


def test_every_form_of_the_condition_is_taken_out() -> None:
    said = {
        "select 1 from people where people.practice_id = $1::UUID": "$1::uuid is not null",
        "update outbox set x = 1 where practice_id = $1 and id = $2": "$1::uuid is not null and id = $2",
        "select 1 from a join b on a.practice_id = b.practice_id": "true",
        "select 1 from a join unnest($1) as q (practice) on q.practice = a.id and a.practice_id = q.practice": "true",
    }
    for sql, left in said.items():
        assert Asked(sql, ()).open.endswith(left), sql
