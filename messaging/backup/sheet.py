"""The recovery sheet: the master key in a form that can be written down, and typed again on a bare machine.

It is the key itself and not a second one beside it. Without the machine there is nothing else to begin with: whatever the
server kept to recognise a second secret would be lost with it, and the words are sealed under the master key, which is in no
backup. Letters and digits that are not taken for each other (RFC 4648 base32), in fourteen groups of four: 32 octets, and
three that tell a slip of the pen.
"""

import base64
import hashlib
from collections.abc import Iterator
from itertools import product
from typing import Final

from messaging.trust.encryption import KEY_BYTES

GROUPS: Final = 14
GROUP: Final = 4
_CHECK: Final = 3
_PER_LINE: Final = 7
_KNOWN: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_ALIKE: Final = 10
"""Letters that are tried both ways: a thousand readings, of which the check (24 bits) takes a wrong one as good as never."""


class NoSheet(Exception):
    """What was typed is no recovery sheet; one line for the operator."""


def groups_of(master: bytes) -> tuple[str, ...]:
    """Its groups, in order."""
    plain = base64.b32encode(master + _check(master)).decode()
    return tuple(plain[at : at + GROUP] for at in range(0, len(plain), GROUP))


def written(master: bytes) -> str:
    """Two lines of seven groups."""
    groups = groups_of(master)
    return "\n".join(" ".join(groups[at : at + _PER_LINE]) for at in range(0, GROUPS, _PER_LINE))


def as_written(text: str) -> str:
    """What was typed, as it stands on the sheet: case and whatever is no letter do not matter, nor 0, 1, 8 for O, I, B."""
    return "".join(filter(str.isalnum, text)).upper().translate(str.maketrans("018", "OIB"))


def typed(text: str) -> bytes:
    """The master key. L and I are tried for each other. Raises NoSheet."""
    kept = as_written(text)
    if len(kept) != GROUPS * GROUP:
        raise NoSheet(f"a recovery sheet has {GROUPS} groups of {GROUP}; this has {len(kept)} letters")
    if not set(kept) <= _KNOWN:
        raise NoSheet("a recovery sheet has only the letters A to Z and the digits 2 to 7")
    for meant in _meant(kept):
        raw = base64.b32decode(meant)
        if _check(raw[:KEY_BYTES]) == raw[KEY_BYTES:]:
            return raw[:KEY_BYTES]
    raise NoSheet("a letter of the recovery sheet is wrong: compare it with the paper once more")


def _meant(kept: str) -> Iterator[str]:
    """As it was typed first, then with I for L and L for I, which many hands and types write alike."""
    yield kept
    alike = [at for at, letter in enumerate(kept) if letter in "IL"][:_ALIKE]
    for choice in product("IL", repeat=len(alike)):
        letters = list(kept)
        for at, letter in zip(alike, choice, strict=True):
            letters[at] = letter
        yield "".join(letters)


def _check(master: bytes) -> bytes:
    return hashlib.sha256(b"quietline recovery sheet" + master).digest()[:_CHECK]
