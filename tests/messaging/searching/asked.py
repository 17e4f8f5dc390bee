"""Searching in tests: what somebody wrote, and what is found of it."""

from typing import Any
from uuid import uuid4

from messaging.letters.writing import Letter, write_letter
from messaging.searching.asking import Asked, Results, search
from messaging.trust.access import Deed
from tests.cast import Cast


async def wrote(cast: Cast, words: str, who: str = "ruth", where: str = "ruth", subject: str = "") -> int:
    """A letter; its number."""
    held, circle = await cast.enter(who, where, Deed.WRITE)
    return (await write_letter(cast.office, held, circle, Letter(uuid4(), words, subject or None))).number


async def results(cast: Cast, q: object, who: str = "mira", **more: Any) -> Results:
    """What is told of a search."""
    return await search(cast.office, cast[who], Asked(q, **more), cast.house.finder)


async def found(cast: Cast, q: object, who: str = "mira", **more: Any) -> list[tuple[int, str]]:
    """Where: numbers, and what it is, the newest first."""
    return [(hit.number, hit.sort.value) for hit in (await results(cast, q, who, **more)).hits]
