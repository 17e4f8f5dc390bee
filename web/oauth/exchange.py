"""One question to a token endpoint (RFC 6749 section 5), and what its answer means. Blocking, bounded, without redirections.

Nothing of an answer is ever put into words: it holds the token, or an error text of somebody else's.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from channels.email.access import Lack, NoToken
from web.outbound.exchange import Bounds, Call, Longer, NotAnswered, exchange

BOUNDS: Final = Bounds(seconds=10.0, altogether=20.0, octets=64 * 1024)
"""Octets: tokens of Microsoft's are some 3 kB."""
USUAL: Final = 300.0
"""Seconds a token is taken to hold where the answer does not say."""
LONGEST: Final = 86_400.0
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/=-]{1,16384}")
"""RFC 6750 section 2.1. Anything else could end the line of SMTP or IMAP that it stands in."""
_CONSENT: Final = re.compile(r"[\x20-\x7e]{1,16384}")
"""RFC 6749 appendix A.17."""
_ENDED: Final = frozenset(
    {"invalid_grant", "interaction_required", "consent_required", "login_required", "access_denied"}
)
_BUSY: Final = frozenset({"temporarily_unavailable", "slow_down", "server_error"})
_REGISTRATION: Final = frozenset(
    {
        "invalid_client",
        "unauthorized_client",
        "unsupported_grant_type",
        "invalid_scope",
        "invalid_request",
        "invalid_target",
    }
)


@dataclass(frozen=True, slots=True)
class Grant:
    """What was given. `seconds`: how long the token holds."""

    token: str = field(repr=False)
    seconds: float
    consent: str | None = field(default=None, repr=False)
    """A refresh token; another than before where the provider rotates them (RFC 6749 section 6)."""


def ask(endpoint: str, form: Mapping[str, str]) -> Grant:
    """Asks once. Raises NoToken."""
    try:
        status, content = _posted(endpoint, urlencode(form))
    except Longer:
        raise NoToken(Lack.ODD) from None
    except NotAnswered:
        raise NoToken(Lack.AWAY) from None
    return read_answer(status, content)


def read_answer(status: int, content: bytes) -> Grant:
    """What an answer means. Raises NoToken, with nothing of it."""
    if status >= 500 or status == 429:
        raise NoToken(Lack.AWAY)
    said = _said(content)
    if status != 200:
        raise NoToken(_lack(said.get("error")))
    token, kind, consent = (
        said.get("access_token"),
        said.get("token_type", "bearer"),
        said.get("refresh_token"),
    )
    if not isinstance(token, str) or not _TOKEN.fullmatch(token) or str(kind).lower() != "bearer":
        raise NoToken(Lack.ODD)
    kept = consent if isinstance(consent, str) and _CONSENT.fullmatch(consent) else None
    return Grant(token, _seconds(said.get("expires_in")), kept)


def _lack(error: object) -> Lack:
    if error in _ENDED:
        return Lack.ENDED
    if error in _BUSY:
        return Lack.AWAY
    return Lack.REGISTRATION if error in _REGISTRATION else Lack.ODD


def _said(content: bytes) -> dict[str, Any]:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        raise NoToken(Lack.ODD) from None
    if not isinstance(said, dict) or len(content) > BOUNDS.octets:
        raise NoToken(Lack.ODD)
    error = said.get("error")
    return said if error is None or isinstance(error, str) else {**said, "error": None}


def _seconds(said: object) -> float:
    if (
        isinstance(said, str) and said.isascii() and said.isdigit() and len(said) < 10
    ):  # some write it as text
        said = int(said)
    if isinstance(said, bool) or not isinstance(said, int | float) or not said > 0:
        return USUAL
    return min(float(said), LONGEST)


def _posted(endpoint: str, form: str) -> tuple[int, bytes]:
    parts = urlsplit(endpoint)
    secure = parts.scheme == "https"
    call = Call(
        parts.hostname or "",
        parts.port or (443 if secure else 80),
        (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        method="POST",
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        body=form.encode("ascii"),
        secure=secure,
    )
    answer = exchange(call, BOUNDS)
    return answer.status, answer.content
