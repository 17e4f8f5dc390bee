"""One connection to an IMAP server (RFC 9051, RFC 3501), blocking: it lives in a thread of its own.

Every command fetches by BODY.PEEK, which leaves \\Seen alone; what is marked is marked by `seen` and `leave` only.
"""

import contextlib
import socket
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

from imapclient import SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from channels.email.access import MECHANISM, Access, answering
from channels.email.fetching.named import FIELDS
from channels.email.fetching.selecting import Selected, select
from channels.email.fetching.speech import Client
from channels.email.mime.headers import HEADER_LIMIT, Headers, split_letter
from channels.email.terms import ImapAccount

CONNECT_SECONDS: Final = 15.0
READ_SECONDS: Final = 60.0
"""Without a byte, while an answer is due."""
LOOKS: Final = 20
"""Searches in a row, each told of a letter that the next does not find: some servers tell of all of them with every answer.
After so many it is believed that there is nothing new; what there is, is found when IDLE tells of more, or is over."""
LEFT: Final = b"$QuietlineLeft"
"""The keyword on letters that were looked at and left where they are."""
SEEN: Final = b"\\Seen"
_WANTED: Final = f"BODY.PEEK[HEADER.FIELDS ({' '.join((*FIELDS, 'Return-Path'))})]<0.{HEADER_LIMIT}>"


@dataclass(frozen=True, slots=True)
class Head:
    """What is asked of a letter before the letter itself. `size` in octets."""

    size: int
    taken: datetime | None
    """When the mailbox got it (INTERNALDATE)."""
    fields: Headers = field(repr=False)


class NoMechanism(LoginError):  # type: ignore[misc]
    """The server does not offer to be signed in to by tokens."""


class Connection:
    """Signed in to one mailbox. Every act raises OSError or IMAPClientError; after either, a new one is needed."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._client: Any = None
        self._keywords = False

    def open(self) -> Selected:
        """Connects, signs in and opens the mailbox. Raises NoToken, LoginError when refused, ReadOnly."""
        at = self._account
        token = at.access.token() if at.access else ""  # first: without one nobody is called
        # Without a context the library would verify as well; it is named here so that nobody has to know.
        tls = at.tls or ssl.create_default_context()
        self._client = Client(
            at.host,
            at.port,
            ssl=at.security == "tls",
            ssl_context=tls,
            timeout=SocketTimeout(CONNECT_SECONDS, READ_SECONDS),
        )
        self._client.normalise_times = False  # with their zone, not by this machine's clock
        if at.security == "starttls":
            self._client.starttls(tls)
        if at.access:
            self._sign_in_by(at.access, token)
        else:
            self._client.login(at.username, at.password)
        opened = select(self._client, at.folder)
        self._keywords = opened.keywords
        return opened

    def _sign_in_by(self, access: Access, token: str) -> None:
        if not self._client.has_capability(f"AUTH={MECHANISM}"):
            raise NoMechanism("the server offers no tokens")
        try:
            # The library's own answers every challenge with the token, also the one that says why it was not taken.
            self._client._command_and_check(
                "authenticate", MECHANISM, answering(self._account.username, token)
            )
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            access.refused(token)
            raise LoginError("the token was not taken") from None

    @property
    def idles(self) -> bool:
        """Whether the server tells of new letters by itself (RFC 2177)."""
        return bool(self._client.has_capability("IDLE"))

    def after(self, uid: int) -> list[int]:
        """The letters behind this one, oldest first; none: the server has told of none that is not found by now."""
        told = self._client._imap.untagged_responses
        for _ in range(LOOKS):
            told.pop("EXISTS", None)
            # `n:*` names the last letter even where its number is below n (RFC 9051 section 6.4.9).
            found = sorted(one for one in self._client.search(f"UID {uid + 1}:*") if one > uid)
            # A letter that comes while the server searches is not found, but told of in the same answer, and never
            # again: whoever waits for IDLE to tell of it waits until the next letter.
            if found or "EXISTS" not in told:
                return found
        return []

    def there(self, uids: Sequence[int]) -> set[int]:
        """Those that the mailbox still holds."""
        return set(self._client.search(f"UID {','.join(map(str, uids))}"))

    def unseen(self, first: int, last: int) -> list[int]:
        """Letters in this range that are neither seen nor left."""
        left = f" UNKEYWORD {LEFT.decode()}" if self._keywords else ""
        return sorted(self._client.search(f"UID {first}:{last} UNSEEN{left}"))

    def heads(self, uids: Sequence[int]) -> dict[int, Head]:
        """Size and fields of those that the server gives."""
        answers = self._client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE", _WANTED])
        return {
            uid: Head(int(told[b"RFC822.SIZE"]), told.get(b"INTERNALDATE"), split_letter(content)[0])
            for uid, told in answers.items()
            if b"RFC822.SIZE" in told and (content := _content(told)) is not None
        }

    def letter(self, uid: int, limit: int) -> bytes | None:
        """The letter, as the server has it; None when it is larger than the limit. Raises when it is not given."""
        answers = self._client.fetch([uid], [f"BODY.PEEK[]<0.{limit + 1}>"])
        raw = _content(answers.get(uid, {}))
        if not raw:
            raise IMAPClientError("a letter was not given")
        return raw if len(raw) <= limit else None

    def seen(self, uids: Iterable[int]) -> None:
        """Marks letters that are kept."""
        self._client.add_flags(list(uids), [SEEN], silent=True)

    def leave(self, uids: Iterable[int]) -> None:
        """Flags letters that stay here, where the server allows flags of one's own."""
        if self._keywords:
            self._client.add_flags(list(uids), [LEFT], silent=True)

    def idle(self, seconds: float) -> None:
        """Waits until the server says something, at most so long."""
        self._client.idle()
        if not self._told_already():
            told = self._client.idle_check(timeout=seconds)
            if any(one[0] == b"BYE" for one in told):
                raise IMAPClientAbortError("the server says goodbye")
        self._client.idle_done()

    def _told_already(self) -> bool:
        """A letter that comes as we begin to wait is told of in the same breath: that is in the library's buffer by then,
        and its wait, which looks at the socket, would miss it for minutes."""
        held = self._client.socket()
        held.setblocking(False)
        try:
            return bool(self._client._imap.file.peek(1))
        except OSError:  # TLS says in this way that there is nothing
            return False
        finally:
            held.settimeout(READ_SECONDS)

    def close(self) -> None:
        """Says goodbye, if that is still possible."""
        if self._client is not None:
            with contextlib.suppress(OSError, IMAPClientError):
                self._client.logout()
            with contextlib.suppress(OSError):  # where it was not said, the socket is still open
                self._client.shutdown()

    def cut(self) -> None:
        """Ends the connection from another thread: whoever waits for it wakes with an error."""
        if self._client is not None:
            with contextlib.suppress(OSError):
                # Below TLS, whose own objects must not be touched by two threads.
                socket.socket.shutdown(self._client.socket(), socket.SHUT_RDWR)


def _content(told: dict[bytes, Any]) -> bytes | None:
    """None where the server said NIL, or nothing: a letter without such fields has at least an empty line."""
    return cast(
        bytes | None, next((value for name, value in told.items() if name.startswith(b"BODY[")), None)
    )
