"""A legal hold wins over every erasing that would touch what is held; and over nothing else."""

from itertools import product
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from messaging.ending.erasing import erase, replay, weigh
from messaging.ending.legal_holds import end_hold, hold, legal_holds
from messaging.errors import Conflict, Malformed, NotFound
from messaging.memory.ending import Erasable
from tests.cast import Cast
from threads.ending.ledger import LedgerFile
from threads.ending.legal_holds import ON, TOUCHED

CONVERSATION, PERSON = Erasable.CONVERSATION, Erasable.PERSON


@pytest.fixture
def ledger(tmp_path: Path) -> LedgerFile:
    return LedgerFile(tmp_path / "erased.ledger")


def test_every_kind_of_hold_meets_every_kind_of_erasing() -> None:
    assert set(TOUCHED) == set(product(ON, Erasable))
    assert set(ON) == set(Erasable) - {Erasable.PRACTICE}, "what is held of a practice is held one by one"


def what_of(cast: Cast, said: str) -> tuple[Erasable, UUID]:
    """`ben` a person, `of ben` a conversation."""
    name = said.removeprefix("of ")
    return (PERSON, cast[name].id) if name == said else (CONVERSATION, cast.conversation(name))


@pytest.mark.parametrize(
    ("held", "kept", "free"),
    [
        # Ben and Tess are a couple; Ruth is nobody's.
        ("ben", ("ben", "of ben", "tess"), ("ruth", "of ruth")),
        ("of ben", ("ben", "of ben", "tess"), ("ruth", "of ruth")),
        ("ruth", ("ruth", "of ruth"), ("ben", "of ben", "tess")),
        ("of ruth", ("ruth", "of ruth"), ("ben", "of ben")),
    ],
)
async def test_what_it_touches_is_kept_and_the_rest_is_not(
    cast: Cast, ledger: LedgerFile, held: str, kept: tuple[str, ...], free: tuple[str, ...]
) -> None:
    office = cast.office
    await hold(office, *what_of(cast, held), "a complaint")
    for one in kept:
        with pytest.raises(Conflict, match="legal hold"):
            await erase(office, ledger, await weigh(office, *what_of(cast, one)), "their wish")
    assert list(ledger.entered()) == [], "what is refused must not be erased at the next start"
    assert await replay(office, ledger) == []
    await erase(office, ledger, await weigh(office, *what_of(cast, free[-1])), "their wish")
    await end_hold(office, *what_of(cast, held), "it was settled")
    await erase(office, ledger, await weigh(office, *what_of(cast, kept[0])), "their wish")


@pytest.mark.parametrize("held", ["ben", "of ruth"])
async def test_a_practice_of_which_anything_is_held_stays_whole(
    cast: Cast, ledger: LedgerFile, held: str
) -> None:
    office, practice = cast.office, cast.practice.id
    await hold(office, *what_of(cast, held), "a court asks")
    with pytest.raises(Conflict, match="legal hold"):
        await erase(office, ledger, await weigh(office, Erasable.PRACTICE, practice), "it closed")
    assert list(ledger.entered()) == []
    await end_hold(office, *what_of(cast, held), "settled")
    await erase(office, ledger, await weigh(office, Erasable.PRACTICE, practice), "it closed")
    assert [(one.what, one.id) for one in ledger.entered()] == [(Erasable.PRACTICE, practice)]
    with pytest.raises(NotFound):
        await weigh(office, Erasable.PRACTICE, practice)


async def test_it_is_set_and_ended_once_each_with_a_line(cast: Cast) -> None:
    office, ruth = cast.office, cast["ruth"].id
    with pytest.raises(NotFound):
        await end_hold(office, PERSON, ruth, "asked for")
    await hold(office, PERSON, ruth, "a court asks")
    with pytest.raises(Conflict):
        await hold(office, PERSON, ruth, "again")
    (one,) = [held for held in await legal_holds(office) if held.practice == cast.practice.id]
    assert (one.what, one.id) == (PERSON, ruth)
    await end_hold(office, PERSON, ruth, "it is over")
    assert ruth not in {held.id for held in await legal_holds(office)}
    asked = "select action from trail where subject_id = :subject and action like 'person_h%' order by seq"
    async with office.memory.people._database.within(cast.practice.id) as connection:  # type: ignore[attr-defined]
        lines = (await connection.scalars(text(asked), {"subject": ruth})).all()
    assert lines == ["person_held: a court asks", "person_hold_ended: it is over"]


@pytest.mark.parametrize("who", ["mira", "nour"])
async def test_nothing_is_held_of_who_works_here(cast: Cast, who: str) -> None:
    with pytest.raises(NotFound):
        await hold(cast.office, PERSON, cast[who].id, "asked for")


async def test_what_is_not_there_is_not_held(cast: Cast, ledger: LedgerFile) -> None:
    office = cast.office
    for what in ON:
        with pytest.raises(NotFound):
            await hold(office, what, uuid4(), "asked for")
    with pytest.raises(Malformed):
        await hold(office, PERSON, cast["ruth"].id, "x" * 1_000)
    await erase(office, ledger, await weigh(office, PERSON, cast["ruth"].id), "their wish")
    with pytest.raises(NotFound):
        await hold(office, PERSON, cast["ruth"].id, "too late")


async def test_what_was_erased_before_stays_erased_though_a_backup_holds_it(
    cast: Cast, ledger: LedgerFile
) -> None:
    """The hold had ended when it was erased: the backup is older than both."""
    office, ruth = cast.office, cast["ruth"].id
    weighed = await weigh(office, PERSON, ruth)
    await hold(office, PERSON, ruth, "a court asks")
    ledger.enter(weighed.what)
    assert [one.id for one in await replay(office, ledger)] == [ruth]
