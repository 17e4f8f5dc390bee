"""Erasing, as those see it who are there when it happens and those who come after."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from messaging.ending.erasing import erase, lost, remember, weigh
from messaging.errors import Conflict, Malformed, NotFound
from messaging.ids import SYSTEM, ConversationId
from messaging.memory.ending import Erasable, Erasing, LedgerTrouble
from messaging.office import Office
from messaging.practice.operating import verify_trail
from messaging.record.posting import say
from messaging.record.reading import ERASED, FORMER, enter, entries_after
from messaging.trust.access import Deed
from messaging.trust.noted import ForReason, Noted
from tests.cast import Cast
from tests.conftest import RunningServer, TestDatabase
from tests.journeys.talking import call, talking
from tests.journeys.test_live_chat import begin_session, finish_session
from threads.ending.ledger import LedgerFile
from web.house import house


@pytest.fixture
def ledger(tmp_path: Path) -> LedgerFile:
    return LedgerFile(tmp_path / "erased.ledger")


async def both_said(cast: Cast) -> None:
    """Ben, Tess and Dr Mira speak, in a session that is still live."""
    await begin_session(cast, "ben")
    for who, text in (("ben", "mine one"), ("tess", "hers"), ("mira", "yours"), ("ben", "mine two")):
        held, _ = await cast.enter(who, "ben", Deed.SAY)
        await say(cast.office, held, cast.office.new_id(), text)


async def gone(office: Office, ledger: LedgerFile, what: Erasable, named: UUID) -> None:
    await erase(office, ledger, await weigh(office, what, named), "their wish")


async def test_a_client_of_a_couple_goes_and_the_record_of_the_other_stands(
    server: RunningServer, cast: Cast, ledger: LedgerFile, caplog: pytest.LogCaptureFixture
) -> None:
    await both_said(cast)
    with pytest.raises(Conflict, match="live"):
        await gone(cast.office, ledger, Erasable.PERSON, cast["ben"].id)
    assert list(ledger.entered()) == [], "what is refused is not remembered as erased"
    await finish_session(cast, "ben")
    held, _ = await cast.enter("tess", "ben")
    before = await entries_after(cast.office, held, 0)
    ben = await cast.token("ben")
    async with talking(server, ben) as his, talking(server, await cast.token("tess")) as hers:
        for line in (his, hers):
            await line.open(cast.conversation("ben"))
        await gone(cast.office, ledger, Erasable.PERSON, cast["ben"].id)
        assert await his.closed() == 4401
        await hers.so_far()  # who stays is not sent away
    assert (await call(server, ben, "GET", "/me"))[0] == 401

    after = await entries_after(cast.office, held, 0)
    assert [one.number for one in after] == [one.number for one in before]
    for was, now in zip(before, after, strict=True):
        assert now.body.text == (ERASED if was.author == cast["ben"].id else was.body.text)
    assert "mine" not in str([one.body.text for one in after])
    assert not [one for one in caplog.records if "alarm" in one.message], "it was meant"
    _, circle = await cast.enter("tess", "ben")
    assert circle.people[cast["ben"].id].name == FORMER
    status, read = await call(
        server, await cast.token("tess"), "GET", f"/conversations/{held.conversation}/messages"
    )
    assert status == 200
    named = {one["author"].get("name") for one in read["messages"] if one.get("text") == ERASED}
    assert named == {FORMER}
    _, broken = await verify_trail(cast.office, cast.practice.id)
    assert broken is None


async def test_a_conversation_goes_under_the_eyes_of_who_has_it_open(
    server: RunningServer, cast: Cast, ledger: LedgerFile
) -> None:
    mira, place = await cast.token("mira"), f"/conversations/{cast.conversation('linden')}"
    async with talking(server, mira) as line:
        await line.open(cast.conversation("linden"))
        await gone(cast.office, ledger, Erasable.CONVERSATION, cast.conversation("linden"))
        assert await line.closed() == 4403
    assert (await call(server, mira, "GET", f"{place}/messages"))[0] == 404
    status, inbox = await call(server, mira, "GET", "/inbox")
    assert (status, str(cast.conversation("linden")) in str(inbox)) == (200, False)
    with pytest.raises(NotFound):
        await enter(cast.office, cast["linden"], cast.conversation("linden"), Deed.READ)
    status, _ = await call(server, await cast.token("linden"), "GET", "/me")
    assert status == 200, "the person is here still, and signs in to nothing"


async def test_where_the_ledger_cannot_be_written_nothing_is_said_to_be_erased(
    cast: Cast, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    lines, _ = await verify_trail(cast.office, cast.practice.id)
    for place in (tmp_path, tmp_path / "file" / "erased.ledger"):
        with pytest.raises(LedgerTrouble):
            await gone(cast.office, LedgerFile(place), Erasable.PERSON, cast["linden"].id)
    assert await verify_trail(cast.office, cast.practice.id) == (lines, None)


async def test_what_a_restored_backup_brings_back_is_erased_at_the_next_start(
    cast: Cast, database: TestDatabase, tmp_path: Path
) -> None:
    """As the ledger has it, Linden was erased: what stands in the database is from before."""
    path = tmp_path / "erased.ledger"
    now = cast.office.clock()
    LedgerFile(path).enter(Erasing(Erasable.PERSON, cast.practice.id, cast["linden"].id, now))
    LedgerFile(path).enter(Erasing(Erasable.CONVERSATION, cast.practice.id, cast.conversation("omar"), now))
    LedgerFile(path).enter(Erasing(Erasable.CONVERSATION, cast.practice.id, ConversationId(uuid4()), now))
    async with house(database.settings(QUIETLINE_LEDGER_FILE=str(path))) as started:
        for name in ("linden", "omar"):
            found = await started.office.memory.conversations.find(cast.practice.id, cast.conversation(name))
            assert found is None, name
        assert await started.office.memory.conversations.find(cast.practice.id, cast.conversation("ruth"))
        left = await started.office.memory.people.find(cast.practice.id, [cast["omar"].id])
        assert left[0].active, "a conversation was erased, not its client"


@pytest.mark.parametrize("reason", ["", " ", "x" * 201])
async def test_without_a_reason_nothing_goes(cast: Cast, ledger: LedgerFile, reason: str) -> None:
    weighed = await weigh(cast.office, Erasable.CONVERSATION, cast.conversation("ruth"))
    with pytest.raises(Malformed):
        await erase(cast.office, ledger, weighed, reason)
    assert list(ledger.entered()) == []


@pytest.mark.parametrize("name", ["mira", "nour"])
async def test_who_works_here_is_let_go_and_not_erased(cast: Cast, name: str) -> None:
    with pytest.raises(Conflict, match="works here"):
        await weigh(cast.office, Erasable.PERSON, cast[name].id)


@pytest.mark.parametrize("what", list(Erasable))
async def test_what_nobody_knows_is_not_found(cast: Cast, what: Erasable) -> None:
    with pytest.raises(NotFound):
        await weigh(cast.office, what, uuid4())


async def test_a_ledger_that_was_lost_is_seen_and_written_anew(
    cast: Cast, ledger: LedgerFile, tmp_path: Path
) -> None:
    office = cast.office
    await gone(office, ledger, Erasable.PERSON, cast["ruth"].id)
    await gone(office, ledger, Erasable.CONVERSATION, cast.conversation("ben"))
    said = {(one.what, one.id) for one in ledger.entered()}
    assert not {one.id for one in await lost(office, ledger)} & {named for _, named in said}
    # A line without its erasing: somebody pulled the plug before the ledger was written.
    linden = cast["linden"].id
    await office.memory.trail.note(
        cast.practice.id, office.clock(), SYSTEM, ForReason(Noted.PERSON_ERASED, "x"), linden
    )
    other = LedgerFile(tmp_path / "other.ledger")
    mine = [one for one in await lost(office, other) if one.practice == cast.practice.id]
    assert {(one.what, one.id) for one in mine} == said
    assert {(one.what, one.id) for one in await remember(office, other)} >= said
    assert await lost(office, other) == []
    assert linden not in {one.id for one in other.entered()}


async def test_a_practice_whose_ledger_was_lost_is_remembered(
    cast: Cast, ledger: LedgerFile, tmp_path: Path
) -> None:
    office, practice = cast.office, cast.practice.id
    await gone(office, ledger, Erasable.CONVERSATION, cast.conversation("ben"))
    await gone(office, ledger, Erasable.PRACTICE, practice)
    said = {(one.what, one.id) for one in ledger.entered()}
    other = LedgerFile(tmp_path / "other.ledger")
    assert {(one.what, one.id) for one in await lost(office, other) if one.practice == practice} == said
    await remember(office, other)
    assert said <= {(one.what, one.id) for one in other.entered()}
    assert await lost(office, other) == []
