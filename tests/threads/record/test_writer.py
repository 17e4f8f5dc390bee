"""Group commit against a real PostgreSQL: numbers without gaps, keys without doubles, rights under the lock."""

import asyncio
import uuid
from dataclasses import replace

import asyncpg
import pytest
from sqlalchemy import text

from messaging.errors import KeyReused, NoSession, NotFound, SessionLive
from messaging.inbox.listing import inbox
from messaging.letters.writing import Letter, write_letter
from messaging.memory.record import Verdict
from messaging.record.posting import say
from messaging.record.reading import entries_after
from messaging.sessions.holding import end_session, open_session
from messaging.trust.access import Deed, Work, errand
from tests.cast import Cast
from tests.conftest import TestDatabase
from threads.database import Database, connector, engine, uuid_array
from threads.schema import differences
from web.house import house


async def _live(cast: Cast, conversation: str = "ruth", who: str = "mira") -> None:
    held, _ = await cast.enter(who, conversation, Deed.HOLD_SESSION)
    await open_session(cast.office, held, beside=True)


async def test_numbers_are_gapless_and_in_the_order_of_arrival(cast: Cast) -> None:
    await _live(cast)
    ruth, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    mira, _ = await cast.enter("mira", "ruth", Deed.SAY)
    said = await asyncio.gather(
        *(say(cast.office, ruth if i % 2 else mira, uuid.uuid4(), str(i)) for i in range(300))
    )
    assert [o.number for o in said] == list(range(2, 302))
    kept = [e for start in (1, 101, 201) for e in await entries_after(cast.office, ruth, start, 100)]
    assert [e.body.text for e in kept] == [str(i) for i in range(300)]


async def test_the_same_key_again_gets_the_same_number(cast: Cast) -> None:
    await _live(cast)
    ruth, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    key = uuid.uuid4()
    together = await asyncio.gather(*(say(cast.office, ruth, key, "once") for _ in range(8)))
    later = await say(cast.office, ruth, key, "once")
    assert {o.number for o in [*together, later]} == {2}
    assert later.verdict is Verdict.KNOWN
    assert len(await entries_after(cast.office, ruth, 1)) == 1


async def test_a_key_with_other_words_is_refused_and_the_first_stand(cast: Cast) -> None:
    await _live(cast)
    ruth, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    key = uuid.uuid4()
    await say(cast.office, ruth, key, "first")
    with pytest.raises(KeyReused):
        await say(cast.office, ruth, key, "second")
    assert [e.body.text for e in await entries_after(cast.office, ruth, 1)] == ["first"]


async def test_other_words_under_a_key_of_the_same_batch_are_refused_too(cast: Cast) -> None:
    await _live(cast)
    ruth, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    keys = [uuid.uuid4() for _ in range(3)]
    said = [say(cast.office, ruth, key, text) for key in keys for text in ("first", "second", "first")]
    outcomes = await asyncio.gather(*said, return_exceptions=True)
    assert [isinstance(outcome, KeyReused) for outcome in outcomes] == [False, True, False] * 3
    assert [e.body.text for e in await entries_after(cast.office, ruth, 1)] == ["first"] * 3


async def test_live_words_need_a_live_session(cast: Cast) -> None:
    ruth, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    with pytest.raises(NoSession):
        await say(cast.office, ruth, uuid.uuid4(), "too early")
    mira, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    opened = await open_session(cast.office, mira)
    outcome = await say(cast.office, ruth, uuid.uuid4(), "in time")
    assert outcome.session == opened.id
    await end_session(cast.office, mira, opened)
    with pytest.raises(NoSession):
        await say(cast.office, ruth, uuid.uuid4(), "too late")
    assert [e.number for e in await entries_after(cast.office, ruth, 0)] == [1, 2, 3]


async def test_a_second_session_is_refused_while_one_is_live(cast: Cast) -> None:
    mira, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    results = await asyncio.gather(
        *(open_session(cast.office, mira) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(r, SessionLive) for r in results) == 3


async def test_a_pass_outlived_by_the_membership_writes_nothing(cast: Cast) -> None:
    await _live(cast)
    ruth, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    await cast.house.office.memory.conversations.remove_member(
        errand(cast.practice.id, cast.conversation("ruth"), Work.FOUNDING),
        cast["ruth"].id,
        cast.office.clock(),
    )
    with pytest.raises(NotFound):
        await say(cast.office, ruth, uuid.uuid4(), "still here?")


async def test_a_pass_forged_for_another_conversation_writes_nothing(cast: Cast) -> None:
    await _live(cast, "omar", "eli")
    ruth, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    with pytest.raises(NotFound):
        await say(cast.office, replace(ruth, conversation=cast.conversation("omar")), uuid.uuid4(), "x")


async def test_who_waits_is_known_in_the_same_transaction(cast: Cast) -> None:
    ruth, circle = await cast.enter("ruth", "ruth", Deed.WRITE)
    asked = await write_letter(cast.office, ruth, circle, Letter(uuid.uuid4(), "Dear Mira"))
    again = await write_letter(cast.office, ruth, circle, Letter(uuid.uuid4(), "P.S."))
    assert asked.waiting_since == again.waiting_since == asked.at
    linden, others = await cast.enter("linden", "linden", Deed.WRITE)
    await write_letter(cast.office, linden, others, Letter(uuid.uuid4(), "Hello"))
    assert [line.circle.title() for line in await inbox(cast.office, cast["mira"])][:2] == ["Ruth", "Linden"]
    mira, circle = await cast.enter("mira", "ruth", Deed.WRITE)
    answered = await write_letter(cast.office, mira, circle, Letter(uuid.uuid4(), "Dear Ruth", answers=1))
    assert answered.waiting_since is None


async def test_two_nodes_share_one_order_and_never_deadlock(cast: Cast, database: TestDatabase) -> None:
    await _live(cast)
    await _live(cast, "ben")
    async with house(database.settings()) as other:
        offices = [cast.office, other.office]
        passes = [(await cast.enter(who, c, Deed.SAY))[0] for who, c in (("ruth", "ruth"), ("tess", "ben"))]
        said = await asyncio.gather(
            *(say(offices[i % 2], passes[i // 2 % 2], uuid.uuid4(), str(i)) for i in range(400))
        )
    for n, held in enumerate(passes):
        numbers = sorted(o.number for i, o in enumerate(said) if i // 2 % 2 == n)
        assert numbers == list(range(2, 202))
        assert len({e.number for e in await entries_after(cast.office, held, 1, 200)}) == 200


async def test_words_that_waited_for_the_end_of_a_session_are_judged_by_what_it_left(
    cast: Cast, database: TestDatabase
) -> None:
    await _live(cast)
    ruth, _ = await cast.enter("ruth", "ruth", Deed.SAY)
    elsewhere = await asyncpg.connect(**database.accesses.app.connect_kwargs())
    try:
        ending = elsewhere.transaction()
        await ending.start()
        await elsewhere.execute(
            f"select set_config('quietline.practices', '{uuid_array([cast.practice.id])}', true)"
        )
        await elsewhere.execute(
            "update conversations set live_session = null where id = $1", cast.conversation("ruth")
        )
        saying = asyncio.ensure_future(say(cast.office, ruth, uuid.uuid4(), "after the end"))
        async with asyncio.timeout(4):  # the server gives up on a lock after five seconds
            blocked = "select exists (select from pg_locks where not granted and pid <> pg_backend_pid())"
            while not await elsewhere.fetchval(blocked):
                assert not saying.done()
        await ending.commit()
        with pytest.raises(NoSession):
            await saying
    finally:
        await elsewhere.close()
    assert [e.number for e in await entries_after(cast.office, ruth, 0)] == [1]


async def test_without_a_practice_stated_nothing_is_seen(cast: Cast, database: TestDatabase) -> None:
    connection = await asyncpg.connect(**database.accesses.app.connect_kwargs())
    try:
        assert await connection.fetchval("select count(*) from people") == 0
        async with connection.transaction():
            await connection.execute(
                f"select set_config('quietline.practices', '{uuid_array([cast.practice.id])}', true)"
            )
            assert await connection.fetchval("select count(*) from people") == len(cast.people)
            assert await connection.fetchval("select count(distinct practice_id) from people") == 1
        assert await connection.fetchval("select count(*) from people") == 0
    finally:
        await connection.close()


async def test_every_tenant_table_forces_row_security_and_the_app_role_cannot_pass_it(
    cast: Cast, database: TestDatabase
) -> None:
    app = Database(connector(**database.accesses.app.connect_kwargs()))
    async with app.anywhere() as connection:
        tables = await connection.execute(
            text(
                "select c.relname, c.relrowsecurity and c.relforcerowsecurity as forced from pg_class c "
                "join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind = 'r'"
            )
        )
        unforced = {row.relname for row in tables if not row.forced}
        assert unforced == {
            "installation", "directory", "queue", "alembic_version", "imap_positions", "imap_kept",
        }  # fmt: skip
        for statement in (
            "update entries set sealed = ''",
            "delete from trail",
            "update trail set action = ''",
        ):
            with pytest.raises(Exception, match="permission denied"):
                async with connection.begin_nested():
                    await connection.execute(text(statement))
    await app.close()


async def test_the_migrated_schema_is_the_one_the_code_knows(cast: Cast, database: TestDatabase) -> None:
    owner = engine(connector(**database.accesses.owner.connect_kwargs()), size=1)
    async with owner.connect() as connection:
        found = await connection.run_sync(differences)
    # Before anything is claimed: a loop that ends over an open connection waits for it for ever.
    await owner.dispose()
    assert found == []
