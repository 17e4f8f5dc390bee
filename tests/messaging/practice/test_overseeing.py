"""What an administrator sees: who is here and whether promises are kept, and no word."""

from uuid import uuid4

import pytest

from messaging.errors import NotFound
from messaging.letters.writing import Letter, write_letter
from messaging.practice.overseeing import everyone
from messaging.trust.access import Deed
from tests.cast import Cast


async def test_an_administrator_sees_everyone_with_counts(cast: Cast) -> None:
    held, circle = await cast.enter("ruth", "ruth", Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(uuid4(), "Heron."))
    seen = await everyone(cast.office, cast["nour"])
    assert {one.person.name: (one.conversations, one.overdue) for one in seen} == {
        "Ben": (1, 0),
        "Dr Mira": (3, 0),
        "Eli": (1, 0),
        "Linden": (1, 0),
        "Nour": (0, 0),
        "Omar": (1, 0),
        "Ruth": (1, 0),
        "Tess": (1, 0),
    }
    assert {one.listed.username for one in seen} >= {f"ruth-{cast.practice.slug}"}
    assert "Heron" not in repr(seen)


@pytest.mark.parametrize("name", ["mira", "ruth"])
async def test_nobody_else_does(cast: Cast, name: str) -> None:
    with pytest.raises(NotFound):
        await everyone(cast.office, cast[name])


async def test_that_people_were_listed_is_noted(cast: Cast) -> None:
    before, _ = await cast.office.memory.trail.verify(cast.practice.id)
    await everyone(cast.office, cast["nour"])
    assert await cast.office.memory.trail.verify(cast.practice.id) == (before + 1, None)
