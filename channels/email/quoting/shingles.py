"""Our own last words, recognised in what comes back: in any language, any wrapping, marked or not."""

import re
from collections.abc import Sequence

LENGTH = 4  # words that must stand in one row; fewer would be found in anybody's letter
SHARE = 0.8  # of a line's words
WORDS_LIMIT = 50_000

_WORD = re.compile(r"\w+")


def recognised(lines: Sequence[str], own_recent: Sequence[str]) -> list[bool]:
    """Say for each line whether it consists of words we sent, in the order in which we sent them."""
    if not own_recent:
        return [False] * len(lines)
    sent = _shingles([word for text in own_recent for word in (*_words(text), "")][:WORDS_LIMIT])
    words: list[str] = []
    home: list[int] = []  # the line each word stands in
    for number, line in enumerate(lines):
        found = _words(line)
        words.extend(found)
        home.extend([number] * len(found))
    total, covered = [0] * len(lines), [0] * len(lines)
    reach = 0  # words before this one are covered by a row that began earlier
    for place, number in enumerate(home):
        if tuple(words[place : place + LENGTH]) in sent:
            reach = place + LENGTH
        total[number] += 1
        covered[number] += place < reach
    return [count > 0 and hit >= SHARE * count for count, hit in zip(total, covered, strict=True)]


def _shingles(words: list[str]) -> set[tuple[str, ...]]:
    rows = (tuple(words[place : place + LENGTH]) for place in range(len(words) - LENGTH + 1))
    return {row for row in rows if "" not in row}  # not over the end of one text into the next


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
