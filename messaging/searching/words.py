"""What was asked and what was written, made alike: no case, no marks, one form for what looks the same (UAX #15, NFKD).

Folding goes character by character: what a text folds to is what its characters fold to, one after the other. So a place
in the folded text has one in the text itself, and nothing of it is ever cut in the middle of what was asked.
"""

import unicodedata
from collections.abc import Sequence
from typing import Final

from messaging.errors import Malformed
from messaging.messages import LONE_SURROGATE

LONGEST: Final = 200
"""Characters that may be asked for at once: a sentence."""
MOST_WORDS: Final = 16
BEFORE, AROUND = 60, 220
"""Characters of an excerpt before the first word that was found, and in all."""
_STEP: Final = 1024
"""Characters folded at a time while a place is looked for."""
_DROPPED: Final = frozenset({"Mn", "Me", "Cf"})
"""Marks, and what is not seen: accents, Arabic vowels, soft hyphens, directions."""
_TATWEEL: Final = 0x640


class _Kept(dict[int, int | None]):
    """What becomes of a character, found once. (`str.translate` asks.)"""  # bound: as many as Unicode has

    def __missing__(self, code: int) -> int | None:
        dropped = code == _TATWEEL or unicodedata.category(chr(code)) in _DROPPED
        kept = self[code] = None if dropped else code
        return kept


_kept: Final = _Kept()


def fold(text: str) -> str:
    """The text as it is compared."""
    return text.lower() if text.isascii() else _unmarked(text).translate(_kept)


def fold_to_ascii(text: str) -> str:
    """What of the folded text is ASCII, faster: a word that is not in here is not in the folded text either."""
    return _unmarked(text).encode("ascii", "ignore").decode("ascii")


def _unmarked(text: str) -> str:
    """Twice decomposed: what is decomposed may have a case (Ⅷ), and what lost it be composed (ΐ)."""
    return unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())


def words_of(asked: object) -> tuple[str, ...]:
    """The words of a search, folded, each once. Raises Malformed."""
    if not isinstance(asked, str):
        raise Malformed("`q` is missing or not a text.")
    if len(asked) > LONGEST:
        raise Malformed(f"`q` has more than {LONGEST} characters. Please search for fewer words.")
    if "\x00" in asked or LONE_SURROGATE.search(asked):
        raise Malformed("`q` holds a character that cannot be searched for.")
    words = tuple(dict.fromkeys(one for one in map(fold, asked.split()) if one))
    if not words:
        raise Malformed("`q` is empty. Please say at least one word.")
    if len(words) == 1 and len(words[0]) == 1 and words[0].isascii():
        raise Malformed("`q` is too short. Please say at least two letters.")
    if len(words) > MOST_WORDS:
        raise Malformed(f"`q` has more than {MOST_WORDS} words. Please search for fewer.")
    return words


def spans(text: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where the words stand in the text, in order, those that touch joined: what a page marks."""
    folded = fold(text)
    found = sorted(
        (at, at + len(word)) for word in words for at in range(len(folded)) if folded.startswith(word, at)
    )
    joined: list[tuple[int, int]] = []
    for begin, end in found:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return [(_place(text, begin), _place(text, end - 1) + 1) for begin, end in joined]


def excerpt(parts: Sequence[str], words: Sequence[str]) -> str:
    """A piece, in one line, around the first word found in the first part that has one; the beginning where none has."""
    for part in parts:
        folded = fold(part)
        found = min((at for at in map(folded.find, words) if at >= 0), default=-1)
        if found >= 0:
            return _piece(part, _place(part, found))
    return _piece(next((one for one in parts if one.strip()), ""), 0)


def _piece(text: str, at: int) -> str:
    begin, end = max(0, at - BEFORE), min(len(text), max(0, at - BEFORE) + AROUND)
    shown = text[begin:end]
    if begin > 0:
        head, blank, rest = shown.partition(" ")
        shown = "… " + (rest if blank and len(head) < at - begin else shown)
    if end < len(text):
        body, blank, tail = shown.rpartition(" ")
        shown = (body if blank and len(tail) < BEFORE // 2 else shown) + " …"
    return " ".join(shown.split())


def _place(text: str, at: int) -> int:
    """The character of the text that the folded character at `at` comes from."""
    if text.isascii():
        return at
    here = 0
    while (ahead := len(fold(text[here : here + _STEP]))) <= at and here < len(text):
        at, here = at - ahead, here + _STEP
    while here < len(text) - 1 and (ahead := len(fold(text[here]))) <= at:
        at, here = at - ahead, here + 1
    return here
