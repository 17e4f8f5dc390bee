"""How long process notes are kept, what keeps them, what ends them, and that their words are nobody else's meanwhile."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from messaging.ending.care import end_care
from messaging.ending.erasing import erase, weigh
from messaging.ending.legal_holds import end_hold, hold
from messaging.errors import Conflict, NotFound
from messaging.memory.ending import Erasable
from messaging.memory.trail import Asked
from messaging.notes.keeping import KEPT, OwnStanding, erase_due_own, own_standings
from messaging.notes.note import Changed, Written
from messaging.notes.process import change_own, own_notes, throw_away, write_own
from messaging.notes.progress import write_note
from messaging.office import Office
from messaging.people import Role
from messaging.practice.changing import Changes, change_person
from messaging.practice.circles import join_circle, leave_circle
from messaging.practice.founding import NewPerson, add_person
from messaging.record.reading import enter
from messaging.trust.access import Deed, Pass
from messaging.trust.noted import Noted
from tests.cast import Cast
from threads.ending.ledger import LedgerFile

MOMENT = timedelta(seconds=1)


async def own(cast: Cast, who: str = "mira", of: str = "ruth", text: str = "Mine.") -> Pass:
    held, _ = await enter(cast.office, cast[who], cast.conversation(of), Deed.NOTE)
    await write_own(cast.office, held, Written(uuid4(), text))
    return held


async def texts(cast: Cast, held: Pass) -> list[str]:
    return [one.text for one in await own_notes(cast.office, held)]


def at(cast: Cast, later: timedelta) -> Office:
    now = cast.office.clock() + later
    return replace(cast.office, clock=lambda: now)


async def standing(cast: Cast, later: timedelta = timedelta()) -> list[OwnStanding]:
    """Those of this practice."""
    found = await own_standings(at(cast, later))
    return [one for one in found if one.practice == cast.practice.id]


async def test_while_care_lasts_and_their_author_is_here_they_have_no_end(cast: Cast) -> None:
    await own(cast)
    assert await standing(cast, timedelta(days=4000)) == []


async def test_three_months_after_the_end_of_care_they_are_due_and_go_when_somebody_does_it(
    cast: Cast,
) -> None:
    held = await own(cast)
    other = await own(cast, of="linden")
    await end_care(cast.office, cast["mira"], cast.conversation("ruth"))
    (soon,) = await standing(cast, KEPT - timedelta(minutes=5))
    assert (soon.due, soon.notes.conversation) == (False, held.conversation)
    (due,) = await standing(cast, KEPT + MOMENT)
    assert due.due
    assert await texts(cast, held) == ["Mine."], "nothing goes by the clock alone"
    assert await erase_due_own(cast.office, [due], "the time is over") == [], "nor what is not due by now"
    gone = await erase_due_own(at(cast, KEPT + MOMENT), [due], "the time is over")
    assert [one.notes for one in gone] == [due.notes]
    assert (await texts(cast, held), await texts(cast, other)) == ([], ["Mine."])
    asked = Asked(acts=frozenset({Noted.OWN_NOTES_ERASED}))
    (line,) = await cast.office.memory.trail_lines.newest(cast.practice.id, asked, None, 10)
    assert line.line.subject == cast["mira"].id, "whose they were, and not about whom"


@pytest.mark.parametrize("how", ["leaves", "is let go"])
async def test_whose_author_is_gone_they_are_read_by_nobody_and_wait_for_them(cast: Cast, how: str) -> None:
    new = NewPerson(Role.PSYCHIATRIST, f"kim-{cast.practice.slug}", "Kim")
    kim = cast.people["kim"] = await add_person(cast.office, cast.practice.id, new)
    nour, conversation = cast["nour"], cast.conversation("ruth")
    await join_circle(cast.office, nour, conversation, kim.id)
    held = await own(cast, "kim")
    mira = await own(cast, text="Mira's.")
    if how == "leaves":
        await leave_circle(cast.office, nour, conversation, kim.id)
        with pytest.raises(NotFound):
            await enter(cast.office, kim, conversation, Deed.NOTE)
    else:
        await change_person(cast.office, nour, kim.id, Changes(active=False))
    (waits,) = await standing(cast)
    assert (waits.notes.author, waits.due) == (kim.id, False)
    if how == "leaves":
        await join_circle(cast.office, nour, conversation, kim.id)
    else:
        await change_person(cast.office, nour, kim.id, Changes(active=True))
    assert await standing(cast) == [], "they came back"
    assert await texts(cast, held) == ["Mine."]
    await change_person(cast.office, nour, kim.id, Changes(active=False))
    (due,) = await standing(cast, KEPT + MOMENT)
    await erase_due_own(at(cast, KEPT + MOMENT), [due], "the time is over")
    assert (await texts(cast, held), await texts(cast, mira)) == ([], ["Mira's."])


async def test_what_a_legal_hold_keeps_is_neither_changed_nor_thrown_away_nor_erased(cast: Cast) -> None:
    held = await own(cast)
    (note,) = await own_notes(cast.office, held)
    conversation = cast.conversation("ruth")
    await end_care(cast.office, cast["mira"], conversation)
    await hold(cast.office, Erasable.CONVERSATION, conversation, "a complaint")
    for deed in (
        change_own(cast.office, held, note.id, Changed("Other words.")),
        throw_away(cast.office, held, note.id),
    ):
        with pytest.raises(Conflict, match="legal hold"):
            await deed
    await own(cast, text="One more.")
    (due,) = await standing(cast, KEPT + MOMENT)
    assert due.held is not None
    assert await erase_due_own(at(cast, KEPT + MOMENT), [due], "the time is over") == []
    await end_hold(cast.office, Erasable.CONVERSATION, conversation, "settled")
    await throw_away(cast.office, held, note.id)
    assert await texts(cast, held) == ["One more."]


@pytest.mark.parametrize("what", [Erasable.CONVERSATION, Erasable.PERSON])
async def test_with_its_client_both_kinds_go_and_other_clients_notes_stay(
    cast: Cast, what: Erasable, tmp_path: Path
) -> None:
    held, other = await own(cast), await own(cast, of="linden", text="Of another.")
    await write_note(cast.office, held, Written(uuid4(), "The record's."))
    named = cast["ruth"].id if what is Erasable.PERSON else held.conversation
    weighed = await weigh(cast.office, what, named)
    assert (weighed.rows["process_notes"], weighed.rows["progress_notes"]) == (1, 1)
    await erase(cast.office, LedgerFile(tmp_path / "ledger"), weighed, "asked for")
    assert await cast.office.memory.process_notes.page(held, None, 10) == []
    assert await cast.office.memory.progress_notes.page(held, None, 10) == []
    assert await texts(cast, other) == ["Of another."]
