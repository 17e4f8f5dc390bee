"""Why the server ends a connection: the close codes of `quietline.v1`."""

from typing import Final


class Close(int):
    """A close code of the protocol, with the words sent along."""

    reason: str

    def __new__(cls, code: int, reason: str) -> "Close":
        made = super().__new__(cls, code)
        made.reason = reason
        return made


ABUSE: Final = Close(4400, "protocol abuse")
SIGNED_OUT: Final = Close(4401, "signed out")
REVOKED: Final = Close(4403, "no longer open to you")
LAGGING: Final = Close(4408, "lagging: come back and resume")
TOO_LARGE: Final = Close(4413, "frame too large")
RESTARTING: Final = Close(1012, "restarting: come back")
CROWDED: Final = Close(1013, "too many connections of yours: try again later")
"""IANA's registry for RFC 6455, 7.4: "Try Again Later"."""
