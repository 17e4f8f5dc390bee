"""Passwords: argon2id (RFC 9106) with the parameters OWASP names for 46 MiB and one pass.

Hashing costs about 70 ms and 46 MiB by design; who calls it bounds how many run at once.
"""

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from messaging.errors import Malformed

SHORTEST: Final = 8
"""Characters, for whoever sees their own record alone, and for what an operator sets."""
SHORTEST_STAFF: Final = 15
"""For whoever works here and has nothing beside it (NIST SP 800-63B-4, 3.1.1.2) ..."""
SHORTEST_SECONDED: Final = 12
"""... and with a second factor."""
LONGEST: Final = 1024

_hasher = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)
_NOBODY: Final = (
    f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    f"${'A' * 22}${'A' * 43}"
)
"""Verified against when there is no such person, so that absence takes as long as a wrong password: no password has this
hash. Written down and not made, which would cost every start of every command what one password costs."""


def checked_password(raw: object, shortest: int = SHORTEST) -> str:
    """A password that may be set. Raises Malformed. No composition rules: length is what helps (NIST SP 800-63B)."""
    if not isinstance(raw, str) or not shortest <= len(raw) <= LONGEST:
        raise Malformed(
            "A password has %(shortest)s to %(longest)s characters.",
            {"shortest": shortest, "longest": LONGEST},
        )
    if any(0xD800 <= ord(c) < 0xE000 for c in raw):
        raise Malformed("The password holds a character that cannot be kept.")
    return raw


def least_length(*, staff: bool, second_factor: bool = False) -> int:
    """Characters a password has at least that somebody chooses for themselves."""
    if not staff:
        return SHORTEST
    return SHORTEST_SECONDED if second_factor else SHORTEST_STAFF


def chosen_password(raw: object, *, staff: bool, second_factor: bool = False) -> str:
    """A password that somebody chooses for themselves. Whether many know it is asked apart. Raises Malformed."""
    return checked_password(raw, least_length(staff=staff, second_factor=second_factor))


def hash_password(password: str) -> str:
    """The encoded hash with its parameters and salt."""
    return _hasher.hash(password)


def verify_password(encoded: str | None, password: str) -> bool:
    """Whether it matches. `None` (no such person) does the same work and never matches."""
    # A guess may hold lone surrogates, which no password has: it is as wrong as any other, after the same work.
    guess = password[:LONGEST].encode("utf-8", "surrogatepass")
    try:
        return _hasher.verify(encoded or _NOBODY, guess) and encoded is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(encoded: str) -> bool:
    """Whether a better hash should replace this one at the next sign-in."""
    return _hasher.check_needs_rehash(encoded)
