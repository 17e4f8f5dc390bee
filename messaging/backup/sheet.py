"""The recovery sheet: the master key in a form that can be written down, and typed again on a bare machine.

It is the key itself and not a second one beside it. Without the machine there is nothing else to begin with: whatever the
server kept to recognise a second secret would be lost with it, and the words are sealed under the master key, which is in no
backup. Letters and digits that are not taken for each other (RFC 4648 base32), in fourteen groups of four: 32 octets, and
three that tell a slip of the pen.
"""

import base64
import binascii
import hashlib
from typing import Final

from messaging.trust.encryption import KEY_BYTES

GROUPS: Final = 14
GROUP: Final = 4
_CHECK: Final = 3
_PER_LINE: Final = 7


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
    """What was typed, as it stands on the sheet: case, spaces and hyphens do not matter, nor 0, 1 and 8 for O, I and B."""
    return "".join(text.split()).replace("-", "").upper().translate(str.maketrans("018", "OIB"))


def typed(text: str) -> bytes:
    """The master key. Raises NoSheet."""
    kept = as_written(text)
    if len(kept) != GROUPS * GROUP:
        raise NoSheet(f"a recovery sheet has {GROUPS} groups of {GROUP}; this has {len(kept)} letters")
    try:
        raw = base64.b32decode(kept.encode("ascii"))
    except (binascii.Error, UnicodeEncodeError):
        raise NoSheet("a recovery sheet has only the letters A to Z and the digits 2 to 7") from None
    master, check = raw[:KEY_BYTES], raw[KEY_BYTES:]
    if _check(master) != check:
        raise NoSheet("a letter of the recovery sheet is wrong: compare it with the paper once more")
    return master


def _check(master: bytes) -> bytes:
    return hashlib.sha256(b"quietline recovery sheet" + master).digest()[:_CHECK]
