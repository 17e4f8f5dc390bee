"""What a row of the inbox says of the letters that wait, over a real PostgreSQL."""

from uuid import uuid4

from messaging.inbox.awaited import Awaited
from messaging.inbox.listing import inbox
from messaging.letters.writing import Letter, write_letter
from messaging.trust.access import Deed
from tests.cast import Cast


async def wrote(cast: Cast, who: str, words: str, where: str = "ben") -> int:
    held, circle = await cast.enter(who, where, Deed.WRITE)
    return (await write_letter(cast.office, held, circle, Letter(uuid4(), words, None))).number


async def awaited(cast: Cast, where: str = "ben") -> Awaited | None:
    lines = await inbox(cast.office, cast["mira"])
    (line,) = [one for one in lines if one.conversation.id == cast.conversation(where)]
    return line.awaited


async def test_a_row_counts_letters_what_was_added_and_all_their_words(cast: Cast) -> None:
    assert await awaited(cast) is None
    await wrote(cast, "ben", "Dear Mira, one two three")
    await wrote(cast, "ben", "P.S. four")
    found = await awaited(cast)
    assert found is not None
    assert (found.letters, found.added, found.words) == (1, 1, 7)
    await wrote(cast, "tess", "five six")
    found = await awaited(cast)
    assert found is not None
    assert (found.letters, found.added, found.words, found.first.author) == (2, 1, 9, cast["ben"].id)


async def test_what_was_answered_or_is_ones_own_waits_no_more(cast: Cast) -> None:
    await wrote(cast, "ruth", "one two three", "ruth")
    await wrote(cast, "mira", "An answer.", "ruth")
    assert await awaited(cast, "ruth") is None
    await wrote(cast, "ruth", "four five", "ruth")
    found = await awaited(cast, "ruth")
    assert found is not None
    assert (found.letters, found.words) == (1, 2)
