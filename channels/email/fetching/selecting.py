"""What a server says of the mailbox it opens: the response codes of SELECT (RFC 9051 6.3.2, 7.1; RFC 3501 6.3.1).

Read here from the lines as they came: codes may be in any case (RFC 9051 section 9), which the library does not know, and
some servers leave out what they should say.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from imaplib import IMAP4
from typing import Any, Final

from imapclient.exceptions import IMAPClientError

_CODE: Final = re.compile(rb"\s*\S+ (?:OK|NO|BAD) \[([A-Z-]+)(?: ([^\]]*))?\]", re.IGNORECASE)
_LINES: Final = 10_000
"""Of one answer. A mailbox is opened with about ten."""


class Remark(StrEnum):
    """What a server left out, and how we go on without it."""

    NOT_SAID_WRITABLE = "read_write_not_said"
    """It should say [READ-WRITE]. Only [READ-ONLY] keeps us out: whoever says neither lets us mark what we keep."""
    NO_VALIDITY = "no_uidvalidity"
    """It numbers letters anew each time: after each new connection all of the mailbox is looked at, and known by content."""


class ReadOnly(IMAPClientError):  # type: ignore[misc]
    """What is kept could not be marked there, and what is left could not be flagged."""


@dataclass(frozen=True, slots=True)
class Selected:
    """An open mailbox. `validity` None: its UIDs mean nothing beyond this connection."""

    validity: int | None
    keywords: bool
    """Whether flags of our own may be set."""
    remarks: frozenset[Remark] = frozenset()


def select(client: Any, folder: str) -> Selected:
    """Opens a mailbox for writing. Raises ReadOnly, IMAPClientError, OSError."""
    with _listened_to(client._imap) as lines:
        try:
            client._command_and_check("select", client._normalise_folder(folder), False)
        except IMAP4.readonly:
            raise ReadOnly from None
    return selected(lines)


def selected(lines: Iterable[bytes]) -> Selected:
    """What the answer says. Raises ReadOnly."""
    said = {found[1].upper(): found[2] or b"" for line in lines if (found := _CODE.match(line))}
    if b"READ-ONLY" in said and b"READ-WRITE" not in said:
        raise ReadOnly
    number = said.get(b"UIDVALIDITY", b"").strip()
    sticky = number.isdigit() and b"UIDNOTSTICKY" not in said  # RFC 4315 section 2
    lacking = {Remark.NOT_SAID_WRITABLE: b"READ-WRITE" in said, Remark.NO_VALIDITY: sticky}
    return Selected(
        # No more digits than we can keep: what is longer is told apart by its end.
        int(number[-18:]) if sticky else None,
        b"\\*" in said.get(b"PERMANENTFLAGS", b""),
        frozenset(remark for remark, there in lacking.items() if not there),
    )


@contextmanager
def _listened_to(imap: Any) -> Iterator[list[bytes]]:
    """The lines that come meanwhile; the library keeps of them what it understands."""
    lines: list[bytes] = []  # bound: _LINES
    read = imap.readline

    def heard() -> bytes:
        line: bytes = read()
        if len(lines) < _LINES:
            lines.append(line)
        return line

    imap.readline = heard
    try:
        yield lines
    finally:
        del imap.readline
