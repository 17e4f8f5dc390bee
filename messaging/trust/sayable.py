"""Words that nobody has to know: proquints (arXiv:0901.4016), each 16 random bits as five letters.

They can be said aloud and typed in any language, and there is no list of words to keep.
"""

from typing import Final

CONSONANTS: Final = "bdfghjklmnprstvz"
VOWELS: Final = "aiou"
LETTERS: Final = frozenset(CONSONANTS + VOWELS)
LETTERS_OF_A_WORD: Final = 5
SAID_MOST: Final = 200
"""Characters looked at of what somebody says they are."""


def written(random: bytes) -> str:
    """Two bytes a word: consonant, vowel, consonant, vowel, consonant."""
    pairs = (int.from_bytes(random[at : at + 2], "big") for at in range(0, len(random), 2))
    return " ".join(_word(pair) for pair in pairs)


def plain(said: str) -> str:
    """As they are compared: how they are parted, and in which letters they were written down, does not count."""
    return "".join(one for one in said[:SAID_MOST].casefold() if one in LETTERS)


def _word(pair: int) -> str:
    consonants = [CONSONANTS[pair >> place & 15] for place in (12, 6, 0)]
    vowels = [VOWELS[pair >> place & 3] for place in (10, 4)]
    return f"{consonants[0]}{vowels[0]}{consonants[1]}{vowels[1]}{consonants[2]}"
