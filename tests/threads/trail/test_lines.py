"""What is asked of the trail: the answer is what a naive look would find, page after page, and each is found by an index."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect

from messaging.ids import PersonId
from messaging.letters.writing import Letter, write_letter
from messaging.memory.trail import Asked, Line, Mark, Stood
from messaging.trust.access import Deed
from messaging.trust.noted import Door, ForReason, Noted, act_of, coming_by
from tests.cast import Cast, found_cast
from tests.conftest import TestDatabase
from threads.trail.lines import lines, subjects_of

LINES = 160
ACTS = (Noted.OPENED, Noted.SIGNED_IN, Noted.LISTED_PEOPLE, Noted.MEMBER_LEFT)
SOME = frozenset({Noted.OPENED, Noted.MEMBER_LEFT})


async def scattered(cast: Cast) -> list[Stood]:
    """Lines of many hands at times that go back and forth, as those that waited in a file do; some at the same time."""
    chance, office, practice = random.Random(7), cast.office, cast.practice.id
    actors = [cast[name].id for name in ("mira", "eli", "nour", "ruth")]
    subjects = [None, cast["ruth"].id, cast.conversation("ruth"), cast.conversation("ben"), cast["ben"].id]
    begun = office.clock() - timedelta(days=9)
    for _ in range(LINES):
        act = chance.choice(ACTS)
        at = begun + timedelta(hours=chance.randrange(200))
        said = ForReason(act, "a: reason") if chance.random() < 0.3 else act
        with coming_by(chance.choice([None, *Door])):
            await office.memory.trail.note(practice, at, chance.choice(actors), said, chance.choice(subjects))
    assert await office.memory.trail.verify(practice) == (await _length(cast), None)
    return await leafed(cast, Asked(), 1_000)


async def _length(cast: Cast) -> int:
    return (await cast.office.memory.trail.verify(cast.practice.id))[0]


async def leafed(cast: Cast, asked: Asked, limit: int) -> list[Stood]:
    """Page after page to the end."""
    found: list[Stood] = []
    before: Mark | None = None
    while page := await cast.office.memory.trail_lines.newest(cast.practice.id, asked, before, limit):
        found += page
        before = page[-1].mark
    return found


def naive(all_of: Sequence[Stood], asked: Asked, about: set[UUID]) -> list[int]:
    """The numbers that are meant."""
    return [
        one.seq
        for one in all_of
        if asked.actor in (None, one.line.actor)
        and (not about or one.line.subject in about)
        and (not asked.acts or act_of(one.line.action)[0] in asked.acts)
        and (asked.since is None or one.line.at >= asked.since)
        and (asked.until is None or one.line.at < asked.until)
    ]


async def test_every_filter_and_their_combinations_find_what_a_naive_look_finds(cast: Cast) -> None:
    everything = await scattered(cast)
    assert len(everything) == await _length(cast)
    assert everything == sorted(everything, key=lambda one: (one.line.at, one.seq), reverse=True)
    ruths: set[UUID] = {cast["ruth"].id, cast.conversation("ruth")}
    now = cast.office.clock()
    days = (None, now - timedelta(days=6)), (None, now - timedelta(days=3))
    tried = 0
    for actor, about, acts, since, until in product(
        (None, cast["mira"].id), (None, cast["ruth"].id), (frozenset[Noted](), SOME), *days
    ):
        asked = Asked(actor, about, None, acts, since, until)
        meant = naive(everything, asked, ruths if about else set())
        for limit in (1_000, 7):
            assert [one.seq for one in await leafed(cast, asked, limit)] == meant, asked
        tried += bool(meant)
    assert tried == 32
    asked = Asked(conversation=cast.conversation("ben"))
    meant = naive(everything, asked, {cast.conversation("ben")})
    assert meant
    assert [one.seq for one in await leafed(cast, asked, 7)] == meant


async def test_lines_of_a_letter_or_mail_of_a_conversation_are_its_clients(cast: Cast) -> None:
    held, circle = await cast.enter("ruth", "ruth", Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(UUID(int=5), "Heron."))
    held, circle = await cast.enter("mira", "ruth", Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(UUID(int=6), "Heron too."))
    async with cast.house.office.memory.trail_lines._database.within(cast.practice.id) as connection:  # type: ignore[attr-defined]
        query = subjects_of(cast.practice.id, cast["ruth"].id, None)
        named = set((await connection.execute(query)).scalars())
    mails = named - {cast["ruth"].id, cast.conversation("ruth")}
    assert mails
    one = mails.pop()
    office, practice = cast.office, cast.practice.id
    await office.memory.trail.note(practice, office.clock(), cast["mira"].id, Noted.MAIL_AGAIN, one)
    found = await leafed(cast, Asked(about=cast["ruth"].id), 10)
    assert [stood.line.subject for stood in found] == [one]
    assert await office.memory.trail_lines.whose(practice, [one, cast.conversation("ben"), UUID(int=1)]) == {
        one: [cast["ruth"].id],
        cast.conversation("ben"): sorted([cast["ben"].id, cast["tess"].id]),
    }


async def test_another_practices_lines_are_not_there(cast: Cast) -> None:
    other = await found_cast(cast.house)
    office = cast.office
    await office.memory.trail.note(
        other.practice.id, office.clock(), other["mira"].id, Noted.OPENED, other.conversation("ruth")
    )
    for asked in (Asked(actor=other["mira"].id), Asked(about=other["ruth"].id)):
        assert await leafed(cast, asked, 10) == []
    assert await office.memory.trail_lines.whose(cast.practice.id, [other.conversation("ruth")]) == {}


def test_the_door_is_in_the_hash_and_lines_without_one_hash_as_ever(cast: Cast) -> None:
    line = Line(cast.practice.id, cast.office.clock(), PersonId(UUID(int=3)), Noted.OPENED.value, UUID(int=4))
    before = line.canonical(7)
    assert before.endswith(UUID(int=4).bytes + b"opened")
    assert len({before, *(replace(line, door=door).canonical(7) for door in Door)}) == 1 + len(Door)


MANY = 20_000
FILL = """
insert into trail (practice_id, seq, at, actor_id, action, subject_id, mac)
select $1, 1000000 + n, now() - make_interval(secs => n * 30),
       (array[$2, $3, $4]::uuid[])[1 + n % 3],
       case when n % 977 = 0 then 'identity_opened: why' when n % 5 = 0 then 'signed_in' else 'opened' end,
       case when n % 211 = 0 then $5::uuid else gen_random_uuid() end, ''
  from generate_series(1, $6) n
"""


@pytest.mark.parametrize("which", ["all", "days", "actor", "about", "act", "acts", "about by act", "older"])
async def test_each_question_is_answered_by_an_index(cast: Cast, database: TestDatabase, which: str) -> None:
    """Over a long trail, from its statistics: no reading of all of it, and nothing sorted but what is shown."""
    since, until = cast.office.clock() - timedelta(days=5), cast.office.clock() - timedelta(days=4)
    asked, about, before = {
        "all": (Asked(), None, None),
        "days": (Asked(since=since, until=until), None, None),
        "actor": (Asked(actor=cast["mira"].id), None, None),
        "about": (Asked(about=cast["ruth"].id), [cast["ruth"].id, cast.conversation("ruth")], None),
        "act": (Asked(acts=frozenset({Noted.IDENTITY_OPENED})), None, None),
        "acts": (Asked(acts=SOME), None, None),
        "about by act": (Asked(about=cast["ruth"].id, acts=SOME), [cast.conversation("ruth")], None),
        "older": (Asked(), None, Mark(since, 7)),
    }[which]
    query = lines(cast.practice.id, asked, about, before, 51)
    dialect = asyncpg_dialect()  # type: ignore[no-untyped-call]
    compiled = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    connection = await asyncpg.connect(database.accesses.owner.url())
    try:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute(
            "select set_config('quietline.practices', $1, true)", f"{{{cast.practice.id}}}"
        )
        people = [cast[name].id for name in ("mira", "eli", "nour")]
        await connection.execute(FILL, cast.practice.id, *people, cast.conversation("ruth"), MANY)
        await connection.execute("analyze trail")
        plan = "\n".join(row[0] for row in await connection.fetch("explain (costs off) " + compiled))
        await transaction.rollback()
    finally:
        await connection.close()
    assert "Seq Scan" not in plan, plan
    index = {"actor": "trail_actor_idx", "about": "trail_subject_idx", "about by act": "trail_subject_idx"}
    index |= {"act": "trail_act_idx", "acts": "trail_act_idx"}
    assert f"using {index.get(which, 'trail_at_idx')} " in plan, plan
    assert index.get(which, "trail_at_idx") == "trail_at_idx" or "trail_at_idx" not in plan, plan
    if not asked.acts:  # of acts with a reason, which are few, the newest are sorted
        below = plan.split("->  Limit")[1:] or [plan]
        assert all("Sort" not in part for part in below), plan
