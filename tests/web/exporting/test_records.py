"""Records of a real database: what is handed out to whom, and that every conversation there can be is handed out whole."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from channels.email.workers.photo_desk import PhotoDesk
from channels.email.workers.reading_room import ReadingRoom
from messaging.errors import NotFound
from messaging.exporting.at_the_machine import hand_out
from messaging.exporting.record import ExportFormat, Line, lines_of, record_for
from messaging.facts import AutomaticMailFacts, LetterFacts, NumberFacts
from messaging.ids import ConversationId
from messaging.letters.uploads import Coming, take
from messaging.letters.writing import Letter, write_letter
from messaging.messages import Body, Channel, EventName
from messaging.record import reading
from messaging.record.files import PIECE
from messaging.record.reading import enter
from messaging.trust.access import Deed
from messaging.trust.noted import action_of
from tests.cast import Cast, nobody
from tests.web import every_state
from tests.web.every_state import World
from tests.web.every_state_filled import found_world
from tests.web.exporting.reading_back import pieces, read_back
from web.exporting.writing import written
from web.state import House

FORMS = pytest.mark.parametrize("form", ExportFormat)
SECRETS = ("first-words", "taken-back", "for-colleagues", "another@mail.example")


async def gathered(lines: AsyncIterator[Line]) -> list[Line]:
    return [one async for one in lines]


async def written_about(cast: Cast) -> World:
    """Words that were corrected and taken back, an absence note, and a letter that somebody else got too."""
    world = World(cast, {"ruth": cast.conversation("ruth")}, {"ruth": [cast["ruth"]]})
    ruth, mira = cast["ruth"].id, cast["mira"].id
    absent = Body(
        "", "for-colleagues", event=EventName.AUTOMATIC_MAIL, facts=AutomaticMailFacts("auto_reply")
    )
    lines = [
        every_state.Line(mira, Body("first-words"), Channel.CHAT),
        every_state.Line(
            mira, Body("better-words", event=EventName.CORRECTED, facts=NumberFacts(1)), amends=1
        ),
        every_state.Line(ruth, Body("taken-back"), Channel.CHAT),
        every_state.Line(ruth, Body("", event=EventName.WITHDRAWN, facts=NumberFacts(3)), amends=3),
        every_state.Line(ruth, absent, Channel.EMAIL),
        every_state.Line(
            mira, Body("Letter.", facts=LetterFacts(also=("another@mail.example",))), Channel.EMAIL
        ),
    ]
    await world.write("ruth", lines)
    return world


@FORMS
async def test_every_conversation_there_can_be_is_handed_out_whole(form: ExportFormat, cast: Cast) -> None:
    world = await found_world(cast)
    for conversation in world.conversations.values():
        way, record = await hand_out(cast.office, conversation, form)
        found = read_back(form, await pieces(written(cast.office, way, record, form)))
        assert list(found) == list(range(1, record.last + 1))


@FORMS
async def test_a_file_that_was_uploaded_is_whole_in_every_form(form: ExportFormat, cast: Cast) -> None:
    content = bytes(range(256)) * (2 * PIECE // 256) + b"the end"
    held, circle = await enter(cast.office, cast["ruth"], cast.conversation("ruth"), Deed.WRITE)

    async def octets() -> AsyncIterator[bytes]:
        yield content

    coming = Coming("lake.bin", "application/octet-stream", len(content))
    one = await take(cast.office, held, coming, octets(), PhotoDesk(ReadingRoom(1)))
    letter = Letter(uuid4(), "With a file.", files=(one.id,))
    number = (await write_letter(cast.office, held, circle, letter)).number
    way, record = await hand_out(cast.office, cast.conversation("ruth"), form)
    found = read_back(form, await pieces(written(cast.office, way, record, form)))
    assert found[number].files == [content]


@FORMS
async def test_a_client_gets_what_their_pages_show_and_who_cares_gets_all(
    form: ExportFormat, cast: Cast
) -> None:
    await written_about(cast)
    for who, whole in (("mira", True), ("ruth", False)):
        held, circle = await enter(cast.office, cast[who], cast.conversation("ruth"), Deed.READ)
        record = await record_for(cast.office, held, circle)
        assert record.whole is whole
        found = read_back(form, await pieces(written(cast.office, held, record, form)))
        text = "\n".join(one.text for one in found.values())
        assert [word for word in SECRETS if word in text] == (list(SECRETS) if whole else [])
        assert "better-words" in found[1].text


async def test_who_joined_later_gets_nothing_from_before(cast: Cast) -> None:
    await written_about(cast)
    held, circle = await enter(cast.office, cast["ruth"], cast.conversation("ruth"), Deed.READ)
    later = replace(held, first=5)
    record = await record_for(cast.office, later, circle)
    lines = await gathered(lines_of(cast.office, later, record))
    assert [line.entry.number for line in lines] == [5, 6]


async def test_a_record_is_read_by_pages_up_to_where_it_ended(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it is, a page of it is held; and what is said meanwhile belongs to the next export."""
    await written_about(cast)
    monkeypatch.setattr("messaging.exporting.record.PAGE", 2)
    way, record = await hand_out(cast.office, cast.conversation("ruth"), ExportFormat.JSON)
    asked: list[int] = []
    open_twice = reading.open_twice

    async def counted(office: Any, practice: Any, stored: Any) -> Any:
        asked.append(len(stored))
        return await open_twice(office, practice, stored)

    monkeypatch.setattr("messaging.exporting.record.open_twice", counted)
    lines = await gathered(lines_of(cast.office, way, replace(record, last=5)))
    assert [line.entry.number for line in lines] == [1, 2, 3, 4, 5]
    assert asked == [2, 2, 1]


async def test_the_trail_says_it_before_a_word_is_read(cast: Cast, built: House) -> None:
    noted: list[tuple[str, object]] = []
    note = type(cast.office.memory.trail).note

    def noting(self: Any, practice: Any, at: Any, actor: Any, act: Any, subject: Any) -> Any:
        noted.append((action_of(act), subject))
        return note(self, practice, at, actor, act, subject)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(cast.office.memory.trail), "note", noting)
        conversation = cast.conversation("ruth")
        await hand_out(cast.office, conversation, ExportFormat.MBOX, "court\n order")
        await hand_out(cast.office, conversation, ExportFormat.FHIR)
        assert noted == [("exported_mbox: court order", conversation), ("exported_fhir", conversation)]
        with pytest.raises(NotFound):
            await hand_out(cast.office, ConversationId(nobody()), ExportFormat.JSON)
        assert len(noted) == 2


@FORMS
async def test_a_record_that_ends_early_is_no_record(form: ExportFormat, cast: Cast) -> None:
    """Erased while it is read, or damaged: what was handed out by then must not pass for the whole."""
    await written_about(cast)
    way, record = await hand_out(cast.office, cast.conversation("ruth"), form)
    with pytest.raises(NotFound):
        await pieces(written(cast.office, way, replace(record, last=7), form))
