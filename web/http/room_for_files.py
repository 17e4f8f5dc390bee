"""Which requests may be as large as files are: known by where they go before anybody looks at who sends them.

They are taken piece by piece, and only from who may write there: what nobody takes is not held either.
"""

import re
from typing import Final

from messaging.letters.uploads import TIMES

MULTIPART: Final = "multipart/form-data"
SECONDS: Final = 25 * 60.0
"""For all of it: 30 MB at what the slowest mobile network still does, as of any other body."""
BESIDE: Final = 3 * 1024 * 1024
"""Octets of a request beside its files: the longest letter, and what stands between."""
_PLACES: Final = re.compile(
    r"/api/v1/conversations/[0-9A-Za-z-]{1,40}/files|/c/[0-9A-Za-z-]{1,40}/letters|/me/letters/write"
)


def may_bring_files(target: str, content_type: str) -> bool:
    """A form with files, to where those are taken. `target` with or without its query."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind == MULTIPART and _PLACES.fullmatch(target.partition("?")[0]) is not None


def most_of(size_limit: int) -> int:
    """Octets of such a request, where a file may have `size_limit`."""
    return TIMES * size_limit + BESIDE
