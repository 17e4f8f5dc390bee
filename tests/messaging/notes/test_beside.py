"""Private sheets beside a reply are process notes; and a sentence of a note that stands in a letter is found."""

from uuid import uuid4

import pytest

from messaging.errors import Crossed, NotFound
from messaging.ids import SessionId
from messaging.letters.writing import Letter, write_letter
from messaging.notes.beside import (
    Lens,
    as_lenses,
    as_text,
    beside_letter,
    beside_session,
    keep_beside,
    kept_beside,
)
from messaging.notes.in_letters import borrowed_from_notes
from messaging.notes.note import Changed, Written
from messaging.notes.process import own_notes, write_own
from messaging.notes.progress import write_note
from messaging.practice.circles import join_circle
from messaging.sessions.holding import open_session
from messaging.trust.access import Deed
from tests.cast import Cast, nobody


def test_lenses_are_a_note_that_reads_and_comes_apart_again() -> None:
    said = {Lens.RESONANCE: "Tired.\n\nAnd glad.", Lens.PLAN: "Ask [slowly].\n[theme park]"}
    text = as_text(said)
    assert text == "[resonance]\nTired.\n\nAnd glad.\n\n[plan]\nAsk [slowly].\n[theme park]"
    assert as_lenses(text) == {**dict.fromkeys(Lens, ""), **said}
    assert as_lenses("Only words.")[Lens.RESONANCE] == "Only words."
    assert as_text({}) == ""


async def test_there_is_one_for_each_letter_and_session_and_it_is_a_process_note(cast: Cast) -> None:
    office = cast.office
    ruth, circle = await cast.enter("ruth", "ruth", Deed.WRITE)
    number = (await write_letter(office, ruth, circle, Letter(uuid4(), "I opened the gate."))).number
    held, _ = await cast.enter("mira", "ruth", Deed.NOTE)
    place = await beside_letter(office, held, number)
    assert await kept_beside(office, held, place) is None
    assert await keep_beside(office, held, place, Changed("  ")) is None
    first = await keep_beside(office, held, place, Changed("[plan]\nAsk."))
    assert first is not None
    second = await keep_beside(office, held, place, Changed("[plan]\nAsk slowly.", first.version))
    assert second is not None
    assert [(one.id, one.text) for one in await own_notes(office, held)] == [
        (first.id, "[plan]\nAsk slowly.")
    ]
    with pytest.raises(Crossed):
        await keep_beside(office, held, place, Changed("[plan]\nOf another page.", first.version))
    holding, _ = await cast.enter("mira", "ruth", Deed.HOLD_SESSION)
    session = await open_session(office, holding)
    margin = await beside_session(office, held, session.id)
    kept = await keep_beside(office, held, margin, Changed("Her hands."))
    assert kept is not None
    assert kept.session == session.id
    await keep_beside(office, held, place, Changed("", second.version))
    assert [one.text for one in await own_notes(office, held)] == ["Her hands."]


async def test_a_sheet_stands_beside_what_is_there_and_is_its_authors(cast: Cast) -> None:
    office = cast.office
    ruth, circle = await cast.enter("ruth", "ruth", Deed.WRITE)
    number = (await write_letter(office, ruth, circle, Letter(uuid4(), "I opened the gate."))).number
    held, _ = await cast.enter("mira", "ruth", Deed.NOTE)
    with pytest.raises(NotFound):
        await beside_letter(office, held, number + 40)
    with pytest.raises(NotFound):
        await beside_session(office, held, SessionId(nobody()))
    await keep_beside(office, held, await beside_letter(office, held, number), Changed("Mine."))
    await join_circle(office, cast["nour"], cast.conversation("ruth"), cast["eli"].id)
    eli, _ = await cast.enter("eli", "ruth", Deed.NOTE)
    with pytest.raises(NotFound):
        await beside_letter(office, eli, number)  # written before Eli came
    reading, _ = await cast.enter("mira", "ruth", Deed.READ)
    with pytest.raises(NotFound):
        await beside_letter(office, reading, number)


async def test_a_sentence_of_a_note_is_found_in_a_letter_and_nothing_that_is_anybodys(cast: Cast) -> None:
    office = cast.office
    held, _ = await cast.enter("mira", "ruth", Deed.NOTE)
    elsewhere, _ = await cast.enter("mira", "linden", Deed.NOTE)
    await write_note(
        office, held, Written(uuid4(), "Fear of asking, rather than of telling him. Sister informed.")
    )
    await write_own(
        office, held, Written(uuid4(), "I want her to walk\nthrough it. How much is that my wish?")
    )
    await write_own(office, elsewhere, Written(uuid4(), "This one is about somebody else entirely."))

    async def found(letter: str) -> list[tuple[str, bool]]:
        return [(one.sentence, one.own) for one in await borrowed_from_notes(office, held, letter)]

    assert await found("Dear Ruth, is it a FEAR of asking rather than of telling him? Yours.") == [
        ("Fear of asking, rather than of telling him", False)
    ]
    assert await found("You ask: how much is that my wish, after all.") == [
        ("How much is that my wish", True)
    ]
    for other in (
        "Sister informed.",
        "> Fear of asking, rather than of telling him.\n\nYou wrote this.",
        "This one is about somebody else entirely.",
        "Fear of asking, rather than of telling her.",
        "",
    ):
        assert await found(other) == [], other
