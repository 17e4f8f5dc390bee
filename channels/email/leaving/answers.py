"""What an answer of the relay is about. Only what is about the letter in hand may ever end it.

    connect EHLO STARTTLS AUTH   the relay, whatever it says
    MAIL RCPT DATA dot           the session, the sender, this recipient or this content
    RSET QUIT                    the session

The enhanced code decides where there is one (RFC 3463), then the command and the code (RFC 5321 4.2.3, 4.3.2; RFC 4954 6;
RFC 7504). What is in doubt is the session's: a letter that waits can still go, one that was failed is gone.
"""

import re
from enum import StrEnum
from typing import Final, assert_never


class Stage(StrEnum):
    """What was answered."""

    CONNECT = "connect"
    EHLO = "ehlo"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"
    DOT = "dot"
    RSET = "rset"
    QUIT = "quit"


class About(StrEnum):
    """Whom an answer concerns."""

    RELAY = "relay"
    """The relay and us: every letter would be answered so."""
    SESSION = "session"
    """This connection: it is given up, and the letter goes over another."""
    SENDER = "sender"
    """The address our mail comes from: a matter for the operator, so the letter waits for them."""
    RECIPIENT = "recipient"
    CONTENT = "content"


_STATUS: Final = re.compile(r"[245]\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_WE_ARE_UNKNOWN: Final = frozenset({432, 454, 530, 534, 535, 538})
"""Who must sign in or encrypt (RFC 4954 6, RFC 3207 4)."""
_OUT_OF_STEP: Final = frozenset({500, 501, 502, 503, 504, 455, 555})
"""Not understood, or not in this order: what we say to it, never what it is about."""
_SENDERS_ADDRESS: Final = frozenset({7, 8})
"""X.1.7, X.1.8: the sender's address; the other X.1 are the recipient's."""
_NOT_OURS_TO_SEND_AS: Final = frozenset({(7, 60), (2, 252)})
"""5.7.60 and 5.2.252: Exchange, at the end of a letter, says that the account may not send as its sender."""
_NOT_OWNED: Final = 553
"""RFC 5321 4.2.3: a mailbox name that is not allowed. With 5.7.1 it is Postfix's word for a sender that is not the
account's, said only at RCPT."""


def status_of(words: str) -> str:
    """The enhanced code an answer begins with; "" where it has none."""
    found = _STATUS.match(words)
    return found[0] if found else ""


def about(stage: Stage, code: int, status: str = "") -> About:
    """Whom a refusal concerns. Anything but 4xx and 5xx is not understood, so it is the session's."""
    usual = _usual(stage)
    if usual in (About.RELAY, About.SESSION):
        return usual
    if not 400 <= code < 600 or code == 421:
        return About.SESSION
    if code in _WE_ARE_UNKNOWN or code == 521:
        return About.RELAY
    return _by_status(usual, stage, code, status) if status else _by_code(usual, stage, code)


def _usual(stage: Stage) -> About:
    match stage:
        case Stage.CONNECT | Stage.EHLO | Stage.STARTTLS | Stage.AUTH:
            return About.RELAY
        case Stage.RSET | Stage.QUIT:
            return About.SESSION
        case Stage.MAIL:
            return About.SENDER
        case Stage.RCPT:
            return About.RECIPIENT
        case Stage.DATA | Stage.DOT:
            return About.CONTENT
        case _:
            assert_never(stage)


def _by_code(usual: About, stage: Stage, code: int) -> About:
    if code in _OUT_OF_STEP or (stage is Stage.DATA and code == 554):
        return About.SESSION  # 554 to DATA: it knows of no recipient (RFC 5321 4.1.1.4)
    if stage is Stage.MAIL and code in (451, 452):
        return About.RELAY  # a fault of its own, a full disk: it has seen nothing of the letter yet
    return About.CONTENT if code == 552 and stage is Stage.MAIL else usual


def _by_status(usual: About, stage: Stage, code: int, status: str) -> About:  # noqa: PLR0911 - a row each
    subject, detail = (int(part) for part in status.split(".")[1:])
    if (subject, detail) in _NOT_OURS_TO_SEND_AS or (code == _NOT_OWNED and subject == 7):
        return About.SENDER
    if subject == 1:
        return About.SENDER if detail in _SENDERS_ADDRESS else About.RECIPIENT
    if (subject, detail) == (3, 4):  # too big for it
        return About.CONTENT
    if subject == 3 and stage is Stage.MAIL:
        return About.RELAY
    if subject == 5 and detail != 3:  # 5.3: too many recipients
        return About.SESSION
    if code in _OUT_OF_STEP and subject == 0:
        return About.SESSION
    return usual
