"""Snippets are their writer's own, over a real PostgreSQL; what of a letter comes from one is found again."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from messaging.errors import Conflict, Malformed, NotFound, TooLong
from messaging.letters.snippets import (
    MOST,
    Snippet,
    from_snippets,
    keep_snippet,
    snippets_of,
    throw_snippet_away,
)
from tests.cast import Cast
from threads.database import Database


async def names(cast: Cast, who: str = "mira") -> list[str]:
    return [one.name for one in await snippets_of(cast.office, cast[who])]


async def test_they_are_ones_own_sealed_changed_and_thrown_away(cast: Cast) -> None:
    office, mira = cast.office, cast["mira"]
    first = uuid4()
    await keep_snippet(office, mira, first, "  Between\nletters ", "canarybird of mine")
    await keep_snippet(office, mira, uuid4(), "an end", "Until [day], then.")
    assert await names(cast) == ["an end", "Between letters"]
    for other in ("eli",):
        assert await names(cast, other) == []
        await throw_snippet_away(office, cast[other], first)
        await keep_snippet(office, cast[other], first, "Eli's", "Of the same id.")
    assert await names(cast) == ["an end", "Between letters"]
    for stranger in ("ruth", "nour"):
        with pytest.raises(NotFound):
            await snippets_of(office, cast[stranger])
        with pytest.raises(NotFound):
            await keep_snippet(office, cast[stranger], first, "Name", "Words.")
    base: Database = office.memory.people._database  # type: ignore[attr-defined]
    async with base.within(cast.practice.id) as connection:
        rows = "".join(await connection.scalars(text("select to_jsonb(s)::text from snippets s")))
    assert "canarybird" not in rows
    assert b"canarybird".hex() not in rows
    await keep_snippet(office, mira, first, "Between letters", "Other words.")
    assert [one.text for one in await snippets_of(office, mira) if one.id == first] == ["Other words."]
    await throw_snippet_away(office, mira, first)
    assert await names(cast) == ["an end"]


async def test_there_are_few_and_they_are_short(cast: Cast) -> None:
    office, mira = cast.office, cast["mira"]
    made = [uuid4() for _ in range(MOST)]
    for place, one in enumerate(made):
        await keep_snippet(office, mira, one, f"Number {place}", "Words.")
    with pytest.raises(Conflict):
        await keep_snippet(office, mira, uuid4(), "One more", "Words.")
    await keep_snippet(office, mira, made[0], "Changed", "Words.")
    for name in ("", "  ", "n" * 81, 7):
        with pytest.raises(Malformed):
            await keep_snippet(office, mira, made[0], name, "Words.")
    with pytest.raises(TooLong):
        await keep_snippet(office, mira, made[0], "Long", "w" * 2_001)


def test_a_line_that_stands_as_the_snippet_has_it_is_the_snippets() -> None:
    some = [
        Snippet(uuid4(), "breath", "Breathe in, and count to four.\n\nThen out."),
        Snippet(uuid4(), "end", "Until [day], then."),
    ]
    assert from_snippets("Dear Ruth,\n\n  Breathe in,  and count to four.\n\nMira", some) == ("breath",)
    assert from_snippets("Until [day], then.\nThen out.", some) == ("end",)
    assert from_snippets("Breathe in, and count to five.\nThen out.", some) == ()
