"""Every way of changing a trail behind the server's back, and what finds it: the chain, the anchors, or a signed head."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from messaging.ids import PracticeId
from messaging.memory.trail import Asked
from messaging.trail.heads import Stands, heads_due, looked_at, signer
from messaging.trust.noted import Door, Noted, coming_by
from messaging.trust.signed_heads import head_of
from tests.cast import Cast, found_cast
from tests.conftest import TestDatabase
from threads.trail.anchors import Anchors, Head
from threads.trail.trail import Trail
from web.house import house
from web.settings import Settings

LINES = 8


@pytest.fixture
def apart(database: TestDatabase, tmp_path: Path) -> Settings:
    settings = database.settings()
    return replace(
        settings, database=replace(settings.database, audit_anchors_file=tmp_path / "audit.anchors")
    )


@pytest.fixture
async def owner(database: TestDatabase) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(database.accesses.owner.url())
    yield connection
    await connection.close()


@pytest.fixture
async def kept(apart: Settings, owner: asyncpg.Connection) -> AsyncIterator[tuple[Cast, Trail, str, int]]:
    """A practice, its trail, its signed head of today, and how many lines there are."""
    async with house(apart) as built:
        cast = await found_cast(built)
        trail = cast.office.memory.trail
        assert isinstance(trail, Trail)
        for number in range(LINES):
            at = cast.office.clock() + timedelta(seconds=number)
            with coming_by(Door.PAGE):
                await trail.note(
                    cast.practice.id, at, cast["mira"].id, Noted.OPENED, cast.conversation("ruth")
                )
        (head,) = [one for one in await heads_due(cast.office, {}) if one.practice == cast.practice.id]
        lines, wrong = await trail.verify(cast.practice.id)
        assert wrong is None
        yield cast, trail, head.written(), lines
        # Other tests walk every trail of this database.
        await changed(owner, cast.practice.id, "delete from trail where practice_id = :practice")


async def changed(owner: asyncpg.Connection, practice: PracticeId, *statements: str) -> None:
    """By somebody who may do all to the rows, and has not the key of the chain."""
    async with owner.transaction():
        await owner.execute("select set_config('quietline.practices', $1, true)", f"{{{practice}}}")
        for one in statements:
            await owner.execute(one.replace(":practice", f"'{practice}'"))


WHERE = (
    "where practice_id = :practice and seq = (select max(seq) from trail where practice_id = :practice) - 3"
)
CHANGES = {
    "when": f"update trail set at = at - interval '1 day' {WHERE}",
    "who": f"update trail set actor_id = gen_random_uuid() {WHERE}",
    "what": f"update trail set action = 'listed_people' {WHERE}",
    "what for": f"update trail set action = 'opened: because' {WHERE}",
    "about whom": f"update trail set subject_id = gen_random_uuid() {WHERE}",
    "about nobody": f"update trail set subject_id = null {WHERE}",
    "by which way": f"update trail set door = 'api' {WHERE}",
    "by no way": f"update trail set door = null {WHERE}",
    "the link": f"update trail set mac = sha256(mac) {WHERE}",
    "a line is gone": f"delete from trail {WHERE}",
    "the first is gone": "delete from trail where practice_id = :practice and seq = 1",
    "one more": "insert into trail (practice_id, seq, at, actor_id, action, mac) "
    "select practice_id, max(seq) + 1, now(), gen_random_uuid(), 'opened', sha256('') from trail "
    "where practice_id = :practice group by practice_id",
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_changed_line_is_found_and_named(
    kept: tuple[Cast, Trail, str, int], owner: asyncpg.Connection, change: str
) -> None:
    cast, trail, _, lines = kept
    await changed(owner, cast.practice.id, CHANGES[change])
    _, wrong = await trail.verify(cast.practice.id)
    first = {"the first is gone": 2, "one more": lines + 1, "a line is gone": lines - 2}
    assert wrong == first.get(change, lines - 3)


async def test_lines_in_another_order_are_found(
    kept: tuple[Cast, Trail, str, int], owner: asyncpg.Connection
) -> None:
    """Each is as it was written; only their places are others'."""
    cast, trail, _, lines = kept
    a, b = lines - 3, lines - 2
    away = f"update trail set seq = {lines + 50} where practice_id = :practice and seq = {a}"
    swapped = f"update trail set seq = {a} where practice_id = :practice and seq = {b}"
    back = f"update trail set seq = {b} where practice_id = :practice and seq = {lines + 50}"
    await changed(owner, cast.practice.id, away, swapped, back)
    assert await trail.verify(cast.practice.id) == (a, a)


async def stands(cast: Cast, *lines: str) -> list[Stands]:
    return [one.stands async for one in looked_at(cast.office, lines)]


async def test_a_head_fits_while_the_trail_only_grows(kept: tuple[Cast, Trail, str, int]) -> None:
    cast, trail, head, _ = kept
    assert await stands(cast, head) == [Stands.WHOLE]
    await trail.note(cast.practice.id, cast.office.clock(), cast["mira"].id, Noted.OPENED, None)
    assert await stands(cast, head, "", head) == [Stands.WHOLE] * 2


async def test_a_cut_end_is_found_by_the_head_where_the_anchors_were_cut_too(
    kept: tuple[Cast, Trail, str, int], owner: asyncpg.Connection, tmp_path: Path
) -> None:
    cast, trail, head, lines = kept
    cut = f"delete from trail where practice_id = :practice and seq > {lines - 2}"
    await changed(owner, cast.practice.id, cut)
    trail.anchors = Anchors(tmp_path / "others")
    assert await trail.verify(cast.practice.id) == (lines - 2, None), "nothing here remembers it"
    assert await stands(cast, head) == [Stands.CUT]


async def test_a_trail_made_anew_with_the_key_itself_is_found_by_the_head(
    kept: tuple[Cast, Trail, str, int], owner: asyncpg.Connection, tmp_path: Path
) -> None:
    """Whoever has the database and the master key makes a chain that fits; a head that is elsewhere they cannot reach."""
    cast, trail, head, lines = kept
    all_of = await cast.office.memory.trail_lines.newest(cast.practice.id, Asked(), None, lines)
    link, statements = b"", list[str]()
    for one in sorted(all_of, key=lambda one: one.seq):
        told = replace(one.line, actor=cast["eli"].id)
        link = cast.office.installation.audit_mac(link, told.canonical(one.seq))
        statements.append(
            f"update trail set actor_id = '{told.actor}', mac = '\\x{link.hex()}' "
            f"where practice_id = :practice and seq = {one.seq}"
        )
    await changed(owner, cast.practice.id, *statements)
    trail.anchors = Anchors(tmp_path / "others")
    trail.anchors.reached(cast.practice.id, Head(lines, link))
    assert await trail.verify(cast.practice.id) == (lines, None), "it fits together"
    assert await stands(cast, head) == [Stands.REWRITTEN]


@pytest.mark.parametrize("field", ["at", "practice", "lines", "head", "signature"])
async def test_a_changed_head_is_none_of_ours(kept: tuple[Cast, Trail, str, int], field: str) -> None:
    cast, _, head, lines = kept
    held = json.loads(head)
    other = {
        "at": "2026-01-01T00:00:00+00:00",
        "practice": str(uuid4()),
        "lines": lines - 1,
        "head": "00" * 32,
        "signature": "00" * 64,
    }
    assert await stands(cast, json.dumps(held | {field: other[field]})) == [Stands.NOT_OURS]
    broken = json.dumps({name: value for name, value in held.items() if name != field})
    assert await stands(cast, broken, head[:-4], "[]", "7") == [Stands.UNREADABLE] * 4


async def test_a_practice_that_is_gone_is_said(kept: tuple[Cast, Trail, str, int]) -> None:
    cast, _, head, _ = kept
    one = head_of(head)
    gone = signer(cast.office).sign(one.at, uuid4(), one.lines, one.link)
    assert await stands(cast, gone.written()) == [Stands.GONE]


async def test_a_practice_has_one_head_a_day(kept: tuple[Cast, Trail, str, int]) -> None:
    cast, _, head, _ = kept
    practice, made = cast.practice.id, head_of(head)
    assert not [
        one for one in await heads_due(cast.office, {practice: made.at.date()}) if one.practice == practice
    ]
    before = {practice: made.at.date() - timedelta(days=1)}
    assert [one.lines for one in await heads_due(cast.office, before) if one.practice == practice] == [
        made.lines
    ]
