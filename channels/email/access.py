"""Access tokens of a provider (OAuth 2.0, RFC 6749), as the mailbox and the relay ask for them; `web.oauth` gets them.

Both are signed in to by XOAUTH2: the same octets for IMAP and SMTP, in which the token stands where a password would.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Final, Protocol

MECHANISM: Final = "XOAUTH2"


class Lack(StrEnum):
    """Why there is no token."""

    NO_CONSENT = "no_consent"
    """None was given to this machine yet."""
    ENDED = "ended"
    """The provider takes the consent back, or somebody did: only a new one helps."""
    UNREADABLE = "unreadable"
    """The file that keeps the consent cannot be read, or others can read it."""
    REGISTRATION = "registration"
    """The provider does not know the application, or does not grant it what it asks for."""
    AWAY = "away"
    """The provider does not answer, or says that it cannot at the moment."""
    ODD = "odd"
    """It answers what is no answer."""

    @property
    def passes(self) -> bool:
        """Whether it may end by itself; all others wait for the operator."""
        return self in (Lack.AWAY, Lack.ODD)

    @property
    def says(self) -> str:
        """Cause and cure, for the operator."""
        return _SAYS[self]


_SAYS: Final = {
    Lack.NO_CONSENT: "no consent was given to Quietline on this machine yet; run: quietline mail consent",
    Lack.ENDED: "the consent given to Quietline has ended; run: quietline mail consent",
    Lack.UNREADABLE: "the file in QUIETLINE_OAUTH_CONSENT_FILE cannot be read, or others can read it; "
    "it must belong to the account Quietline runs as, with mode 0600",
    Lack.REGISTRATION: "the provider does not know this application, or does not grant it mail: look at "
    "QUIETLINE_OAUTH_CLIENT, at the secret in QUIETLINE_OAUTH_SECRET (they run out), at the tenant in QUIETLINE_OAUTH, and "
    "at the permissions in the application's registration",
    Lack.AWAY: "the provider gives no tokens at the moment, or cannot be reached; it is asked again",
    Lack.ODD: "what QUIETLINE_OAUTH names answers, but not as a token endpoint does",
}


class NoToken(Exception):
    """There is none. Its text names the lack and nothing else."""

    def __init__(self, lack: Lack) -> None:
        super().__init__(lack.value)
        self.lack = lack


class Access(Protocol):
    """Who has tokens for the account. All of a process share one."""

    def token(self) -> str:
        """One that holds for a while. Blocking, for seconds at most. Raises NoToken."""

    async def soon(self) -> str:
        """The same, without holding anybody up. Raises NoToken."""

    def refused(self, token: str) -> None:
        """A server did not take it. One that is not quite new is not handed out again."""


def sign_in_words(username: str, token: str) -> bytes:
    """What the mechanism sends, before base64."""
    return f"user={username}\x01auth=Bearer {token}\x01\x01".encode()


def answering(username: str, token: str) -> Callable[[bytes], bytes]:
    """Answers the server's challenges: the first is empty and asks for the token, another says why it was not taken."""
    return lambda challenge: b"" if challenge else sign_in_words(username, token)
