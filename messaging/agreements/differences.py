"""What is different in a new version of a text, word by word, inside the new text.

Blocks (what blank lines part) are laid beside each other first, then the words of those that differ. What comes out is the
new text with signs around what is new and what is gone, which whoever shows it replaces; signs that stood in a text before
are taken out of it. Its cost is bounded: where two texts are too different, one is simply gone and the other new.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Final

NEW, NEW_ENDS, GONE, GONE_ENDS = "\ue000", "\ue001", "\ue002", "\ue003"
"""Private to us (Unicode, private use area)."""
SIGNS: Final = re.compile("[\ue000-\ue003]")
MOST: Final = 4_000_000
"""Comparisons at most: the longest of two texts by the other. Some tenths of a second."""
_BLANK: Final = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")
# What stands before a word: blanks, and at the beginning of a line what makes it a heading, an item or a quotation.
_WORD: Final = re.compile(r"((?:^|\n)[ \t]*(?:(?:\#{1,6}|[-*+>]|\d{1,3}[.)])[ \t]+)*|[ \t]+|)([^\s]+)")
_MARKUP: Final = str.maketrans("", "", "*_`#[]<>")
"""What is gone is shown as words: half of an emphasis would reach into what stands."""


@dataclass(frozen=True, slots=True)
class Marked:
    """The new text with signs in it, and at how many places it differs."""

    text: str = field(repr=False)
    places: int


def differences(before: str, now: str) -> Marked:
    """The new text, marked by what is different from the one before."""
    old, new = (_BLANK.split(SIGNS.sub("", text).strip()) for text in (before, now))
    found = list(_blocks(old, new))
    text = "\n\n".join(block for block, _ in found)
    return Marked(text, sum(places for _, places in found))


def _blocks(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, int]]:
    for what, i, j, k, m in _compared(old, new):
        if what == "equal":
            yield from ((block, 0) for block in new[k:m])
            continue
        both = min(j - i, m - k)
        for one, other in zip(old[i : i + both], new[k : k + both], strict=True):
            yield _words(one, other)
        yield from (_words(block, "") for block in old[i + both : j])
        yield from (_words("", block) for block in new[k + both : m])


def _words(old: str, new: str) -> tuple[str, int]:
    """Of one block; and at how many places it differs."""
    was, parts = [word for _, word in _WORD.findall(old)], _WORD.findall(new)
    said, places = list[str](), 0
    for what, i, j, k, m in _compared(was, [word for _, word in parts]):
        if what == "equal":
            said += [between + word for between, word in parts[k:m]]
            continue
        places += 1
        gone = GONE + " ".join(was[i:j]).translate(_MARKUP) + GONE_ENDS if i < j else ""
        if k < m:
            said += [parts[k][0], gone and f"{gone} ", *_fresh(parts[k:m])]
        elif m < len(parts):  # what makes the block a heading or an item stays first
            said.append(f"{parts[m][0]}{gone} ")
            parts[m] = ("", parts[m][1])
        else:
            said.append(f" {gone}" if said else gone)
    return "".join(said), places


def _fresh(parts: Sequence[tuple[str, str]]) -> Iterator[str]:
    """New words; no sign reaches over the end of a line, where another item may begin."""
    yield NEW + parts[0][1]
    for between, word in parts[1:]:
        yield f"{NEW_ENDS}{between}{NEW}{word}" if "\n" in between else between + word
    yield NEW_ENDS


def _compared(old: Sequence[str], new: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    if len(old) * len(new) > MOST:
        return [("replace", 0, len(old), 0, len(new))]
    return list(SequenceMatcher(None, old, new, autojunk=False).get_opcodes())
