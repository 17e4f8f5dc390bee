"""Texts that are being written: kept sealed on the server, on every device, and gone once they are sent."""

import asyncio
from datetime import UTC
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from messaging.errors import Malformed, NotFound, TooLong, TooManyDrafts
from messaging.letters.drafts import AT_MOST, Draft, DraftKind, Kept, Writing, drafts_of, drop, keep
from messaging.letters.writing import Letter, write_letter
from messaging.messages import LETTER_LIMIT
from messaging.record.posting import say
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed, Pass
from tests.cast import Cast
from tests.conftest import RunningServer
from tests.web.api.test_api import ask, bearer
from threads.database import Database, connector
from threads.tables.drafts import drafts as table
from web.state import House

TEXT = "Dear Mira, I nearly did not write"


async def writer(cast: Cast, who: str = "ruth", where: str = "ruth") -> Pass:
    held, _ = await cast.enter(who, where, Deed.WRITE)
    return held


def letter(text: object, draft: UUID, **more: Any) -> Writing:
    return Writing(draft, DraftKind.LETTER, text, **more)


async def kept(cast: Cast, held: Pass, text: object, draft: UUID, **more: Any) -> Kept:
    return await keep(cast.office, held, letter(text, draft, **more))


async def texts(cast: Cast, held: Pass) -> list[str]:
    return [draft.text for draft in await drafts_of(cast.office, held, DraftKind.LETTER)]


async def test_a_text_is_kept_revision_by_revision_and_only_for_its_writer(cast: Cast) -> None:
    ruth, draft = await writer(cast), uuid4()
    first = await kept(cast, ruth, TEXT, draft)
    second = await kept(cast, ruth, f"{TEXT} at all.", draft, revision=first.draft.revision)
    assert [first.draft.revision, second.draft.revision] == [1, 2]
    assert second.beside is None
    assert await texts(cast, ruth) == [f"{TEXT} at all."]
    assert await texts(cast, await writer(cast, "mira")) == []


async def test_two_devices_that_do_not_know_of_each_other_leave_two_drafts(cast: Cast) -> None:
    ruth, draft, laptop, phone = await writer(cast), uuid4(), uuid4(), uuid4()
    await kept(cast, ruth, TEXT, draft, page=laptop, turn=1)
    await kept(cast, ruth, f"{TEXT}, laptop", draft, revision=1, page=laptop, turn=2)
    other = await kept(cast, ruth, f"{TEXT}, phone", draft, revision=1, page=phone, turn=1)
    assert other.draft.id != draft
    assert other.beside is not None
    assert other.beside.text == f"{TEXT}, laptop"
    again = await kept(cast, ruth, f"{TEXT}, phone", draft, revision=1, page=phone, turn=2)
    assert again.draft.id == other.draft.id
    assert sorted(await texts(cast, ruth)) == [f"{TEXT}, laptop", f"{TEXT}, phone"]


async def test_a_page_goes_on_though_the_answer_to_its_last_save_was_lost(cast: Cast) -> None:
    ruth, draft, page = await writer(cast), uuid4(), uuid4()
    await kept(cast, ruth, "one", draft, page=page, turn=1)
    result = await kept(cast, ruth, "one two", draft, revision=0, page=page, turn=2)
    assert (result.draft.id, result.draft.revision, result.beside) == (draft, 2, None)


async def test_of_two_saves_that_overtake_each_other_the_later_text_stays(cast: Cast) -> None:
    ruth, draft, page = await writer(cast), uuid4(), uuid4()
    await kept(cast, ruth, "one two three", draft, page=page, turn=3)
    late = await kept(cast, ruth, "one two", draft, page=page, turn=2)
    assert late.draft.text == "one two three"
    assert await texts(cast, ruth) == ["one two three"]


async def test_saves_at_the_same_moment_lose_no_text(cast: Cast) -> None:
    ruth, draft = await writer(cast), uuid4()
    await kept(cast, ruth, "begun", draft)
    devices = [f"begun, device {i}" for i in range(4)]
    results = await asyncio.gather(
        *(kept(cast, ruth, text, draft, revision=1, page=uuid4(), turn=1) for text in devices)
    )
    assert sorted(result.draft.text for result in results) == devices
    assert sorted(await texts(cast, ruth)) == devices


async def test_what_was_sent_is_no_draft_any_more(cast: Cast) -> None:
    ruth, draft = await writer(cast), uuid4()
    await kept(cast, ruth, TEXT, draft)
    held, circle = await cast.enter("ruth", "ruth", Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(draft, TEXT))
    assert await texts(cast, ruth) == []
    # A save that comes late, from the other device, does not bring it back.
    await kept(cast, ruth, f"{TEXT}.", draft)
    assert await texts(cast, ruth) == []


async def test_words_that_were_said_under_a_drafts_id_are_no_draft_any_more(cast: Cast) -> None:
    mira, _ = await cast.enter("mira", "linden", Deed.HOLD_SESSION)
    await open_session(cast.office, mira)
    linden, _ = await cast.enter("linden", "linden", Deed.SAY)
    draft = uuid4()
    await keep(cast.office, linden, Writing(draft, DraftKind.CHAT, "half a"))
    assert [d.text for d in await drafts_of(cast.office, linden, DraftKind.CHAT)] == ["half a"]
    await say(cast.office, linden, draft, "half a sentence")
    assert await drafts_of(cast.office, linden, DraftKind.CHAT) == []


async def test_unfinished_texts_are_bounded_in_number_and_length(cast: Cast) -> None:
    ruth = await writer(cast)
    with pytest.raises(TooLong):
        await kept(cast, ruth, "x" * (LETTER_LIMIT + 1), uuid4())
    with pytest.raises(Malformed):
        await kept(cast, ruth, "nul \x00", uuid4())
    for i in range(AT_MOST):
        await kept(cast, ruth, f"text {i}", uuid4())
    with pytest.raises(TooManyDrafts):
        await kept(cast, ruth, "one more", uuid4())
    first = (await drafts_of(cast.office, ruth, DraftKind.LETTER))[-1]
    await drop(cast.office, ruth, first.id)
    await drop(cast.office, ruth, first.id)
    await kept(cast, ruth, "one more", uuid4())


async def test_words_of_a_draft_stand_nowhere_in_the_clear(cast: Cast, database: Any) -> None:
    ruth, draft = await writer(cast), uuid4()
    await kept(cast, ruth, TEXT, draft)
    base = Database(connector(**database.accesses.app.connect_kwargs()))
    async with base.within(cast.practice.id) as connection:
        row = (await connection.execute(select(table).where(table.c.id == draft))).one()
    await base.close()
    assert b"nearly" not in row.sealed
    assert TEXT not in repr(Draft(draft, DraftKind.LETTER, 1, row.at.astimezone(UTC), TEXT))
    assert TEXT not in repr(letter(TEXT, draft))


async def test_one_persons_draft_does_not_open_for_another(cast: Cast, database: Any) -> None:
    """The row is moved to somebody else in the database: its words know whose they are."""
    ben, tess, draft = await writer(cast, "ben", "ben"), await writer(cast, "tess", "ben"), uuid4()
    await kept(cast, ben, "only for Mira", draft)
    base = Database(connector(**database.accesses.app.connect_kwargs()))
    async with base.within(cast.practice.id) as connection:
        await connection.execute(table.update().where(table.c.id == draft).values(person_id=tess.person))
    await base.close()
    with pytest.raises(Malformed):
        await drafts_of(cast.office, tess, DraftKind.LETTER)


async def test_the_api_keeps_lists_and_drops_a_draft(cast: Cast, built: House, server: RunningServer) -> None:
    token, conversation, draft = bearer(await cast.token("ruth")), str(cast.conversation("ruth")), uuid4()
    place, sent = f"/api/v1/drafts/{draft}", {"conversation": conversation, "kind": "letter", "text": TEXT}
    first = ask(server, "PUT", place, sent, **token)
    assert (first.status, first.json["revision"], first.json["beside"]) == (200, 1, None)
    stale = ask(server, "PUT", place, sent | {"text": "from the phone"}, **token)
    assert (stale.json["beside"]["id"], stale.json["beside"]["text"]) == (str(draft), TEXT)
    listed = ask(server, "GET", f"/api/v1/drafts?conversation={conversation}&kind=letter", **token)
    assert [one["text"] for one in listed.json["drafts"]] == ["from the phone", TEXT]
    assert ask(server, "DELETE", f"{place}?conversation={conversation}", **token).status == 204
    listed = ask(server, "GET", f"/api/v1/drafts?conversation={conversation}&kind=letter", **token)
    assert [one["text"] for one in listed.json["drafts"]] == ["from the phone"]


async def test_the_api_refuses_strangers_and_what_it_cannot_read(cast: Cast, server: RunningServer) -> None:
    conversation, place = str(cast.conversation("ruth")), f"/api/v1/drafts/{uuid4()}"
    sent = {"conversation": conversation, "kind": "letter", "text": TEXT}
    assert ask(server, "PUT", place, sent).status == 401
    assert ask(server, "PUT", place, sent, **bearer(await cast.token("omar"))).status == 404
    ruth = bearer(await cast.token("ruth"))
    for wrong in ({"kind": "poem"}, {"text": 7}, {"revision": -1}, {"turn": "x"}, {"text": " "}):
        assert ask(server, "PUT", place, sent | wrong, **ruth).status == 422, wrong
    assert ask(server, "PUT", "/api/v1/drafts/me", sent, **ruth).status == 404
    foreign = ruth | {"Origin": "https://evil.example"}
    assert ask(server, "PUT", place, sent, **foreign).status == 403


async def test_a_stranger_is_not_admitted(cast: Cast) -> None:
    with pytest.raises(NotFound):
        await writer(cast, "omar", "ruth")


async def test_what_is_said_takes_its_draft_along_and_late_saves_keep_no_place(cast: Cast) -> None:
    mira, _ = await cast.enter("mira", "linden", Deed.HOLD_SESSION)
    await open_session(cast.office, mira)
    held, _ = await cast.enter("linden", "linden", Deed.SAY)
    rows = cast.office.memory.drafts
    said = uuid4()
    await keep(cast.office, held, Writing(said, DraftKind.CHAT, "half a"))
    await say(cast.office, held, said, "half a sentence", drafted=True)
    assert await rows.count(held) == 0
    # A program that does not say so, and a page that keeps its text once more after it was sent.
    for number in range(AT_MOST + 1):
        key = uuid4()
        await keep(cast.office, held, Writing(key, DraftKind.CHAT, f"half a {number}"))
        await say(cast.office, held, key, f"half a sentence {number}")
    for number in range(AT_MOST - 1):
        await kept(cast, await writer(cast, "linden", "linden"), f"a letter {number}", uuid4())
