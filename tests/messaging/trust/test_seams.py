"""Assertions in pairs: each seam is broken once, and what would have been kept, told or sent is refused."""

import logging
import os
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from channels.chat.streams import Reader
from messaging.letters.writing import Letter, write_letter
from messaging.memory.record import Gate, Posting, Turn
from messaging.office import FrozenMail, Office
from messaging.record.reading import entries_after
from messaging.trust.access import Deed
from messaging.trust.alarms import LOGGER
from messaging.trust.encryption import DataKey, Place
from messaging.trust.seams import Seam, SeamBroken
from tests.cast import Cast
from threads.record.writing import outcome


def typed(stand_in: object) -> Any:
    """What the type checker may take for the real thing."""
    return stand_in


async def _sealed_with_a_flaw(cast: Cast) -> None:
    class Flawed:
        def __init__(self, sound: Any) -> None:
            self._sound = sound

        def encrypt(self, *given: bytes) -> bytes:
            whole: bytes = self._sound.encrypt(*given)
            return whole[:-1] + bytes([whole[-1] ^ 1])

        def decrypt(self, *given: bytes) -> bytes:
            return bytes(self._sound.decrypt(*given))

    key = DataKey(os.urandom(32))
    key._aes = typed(Flawed(key._aes))
    key.seal(Place("entries.sealed", uuid.uuid4(), uuid.uuid4(), uuid.uuid4()), b"words", os.urandom(12))


async def _a_pass_of_another_conversation(cast: Cast) -> None:
    held, _ = await cast.enter("mira", "ruth", Deed.WRITE)
    _, circle = await cast.enter("mira", "linden", Deed.WRITE)
    try:
        await write_letter(cast.office, held, circle, Letter(uuid.uuid4(), "for Ruth alone"))
    finally:
        for conversation in ("ruth", "linden"):
            entered, _ = await cast.enter("mira", conversation)
            assert await entries_after(cast.office, entered, 0) == []


async def _a_mail_made_for_somebody_else(cast: Cast) -> None:
    class Mistaken:
        def __init__(self, press: Any) -> None:
            self._press = press

        def __getattr__(self, name: str) -> Any:
            return getattr(self._press, name)

        async def freeze(self, order: Any) -> FrozenMail:
            mail: FrozenMail = await self._press.freeze(order)
            return replace(mail, recipient="linden@mail.example")

    office: Office = replace(cast.office, press=typed(Mistaken(cast.office.press)))
    held, circle = await cast.enter("mira", "ruth", Deed.WRITE)
    try:
        await write_letter(office, held, circle, Letter(uuid.uuid4(), "for Ruth alone"))
    finally:
        assert await entries_after(office, held, 0) == []


async def _an_answer_about_another_entry(cast: Cast) -> None:
    held, circle = await cast.enter("mira", "ruth", Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(uuid.uuid4(), "one"))
    (entry,) = await entries_after(cast.office, held, 0)
    posting = Posting(held.practice, entry, uuid.uuid4(), Gate.MEMBER, Turn.NEITHER, b"")
    verdict, number, revision, session, waiting_since = "new", 2, 1, None, None
    outcome((verdict, number, uuid.uuid4(), revision, session, waiting_since), posting)


async def _a_number_left_out(cast: Cast) -> None:
    told: list[str] = []

    class Deaf:
        push = told.append

    reader = Reader(typed(Deaf()), typed(None), seen=4, behind=False)
    reader.hand(5, "the fifth")
    try:
        reader.hand(7, "the seventh")
    finally:
        assert told == ["the fifth"]


BROKEN: dict[Seam, Callable[[Cast], Awaitable[None]]] = {
    Seam.SEALED: _sealed_with_a_flaw,
    Seam.ADMITTED: _a_pass_of_another_conversation,
    Seam.OWED: _a_mail_made_for_somebody_else,
    Seam.WRITTEN: _an_answer_about_another_entry,
    Seam.TOLD: _a_number_left_out,
}


def test_every_seam_is_broken_by_a_test() -> None:
    assert set(BROKEN) == set(Seam)


@pytest.mark.parametrize("seam", Seam)
async def test_a_broken_seam_refuses_and_rings(
    cast: Cast, seam: Seam, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL, LOGGER), pytest.raises(SeamBroken) as broken:
        await BROKEN[seam](cast)
    assert broken.value.seam is seam
    assert {(r.alarm, r.what) for r in caplog.records if hasattr(r, "alarm") and hasattr(r, "what")} == {
        ("seam", seam.name.lower())
    }
