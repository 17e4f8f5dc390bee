"""A server's words in whatever case it writes them (RFC 9051 section 9: all keywords are case-insensitive).

The library knows them in capitals only, and takes `* ok` for noise that ends the connection.
"""

import re
from typing import Any, Final

from imapclient import IMAPClient
from imapclient.imap4 import IMAP4WithTimeout
from imapclient.tls import IMAP4_TLS

_KEYWORD: Final = re.compile(rb"\A(?:\* (?:\d+ )?|[A-Za-z]+\d+ )[A-Za-z-]+")
"""Up to the word that says what a line is: `* ok`, `* 1 exists`, `a1 no`. What follows is read by others, in any case."""


def capital(line: bytes) -> bytes:
    """The line with its keyword in capitals; its tag stays as we chose it, which is in capitals, too."""
    return _KEYWORD.sub(lambda found: found[0].upper(), line)


class _Plain(IMAP4WithTimeout):  # type: ignore[misc]
    def readline(self) -> bytes:
        return capital(super().readline())


class _Tls(IMAP4_TLS):  # type: ignore[misc]
    def readline(self) -> bytes:
        return capital(super().readline())


class Client(IMAPClient):  # type: ignore[misc]
    """The library's, over a connection that hears in this way."""

    def _create_IMAP4(self) -> Any:
        seconds = self._timeout.connect
        if self.ssl:
            return _Tls(self.host, self.port, self.ssl_context, seconds)
        return _Plain(self.host, self.port, seconds)
