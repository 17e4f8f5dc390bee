"""What waits for an answer in one conversation, in a few words: how many letters, how long, and what was added to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from messaging.messages import Entry


@dataclass(frozen=True, slots=True)
class Awaited:
    """Letters of those in care that nobody has answered. `words` are of all of them, and of what was added."""

    first: Entry = field(repr=False)
    """The one that waits longest."""
    letters: int
    added: int
    """What their writers added to a letter of theirs: a P.S. is no letter of its own."""
    words: int


def awaited_of(entries: Sequence[Entry]) -> Awaited | None:
    """Of letters in order, as they stand. None where none is left."""
    stand = [one for one in entries if not one.withdrawn]
    if not stand:
        return None
    added = sum(_joins(one, stand[:place]) for place, one in enumerate(stand))
    words = sum(len(one.body.text.split()) for one in stand)
    return Awaited(stand[0], len(stand) - added, added, words)


def _joins(one: Entry, before: Sequence[Entry]) -> bool:
    """Whether its writer added it to the letter of theirs that waits already."""
    joined = [other for other in before if one.letter is not None and other.letter == one.letter]
    return bool(joined) and joined[-1].author == one.author
