"""`quietline mail consent`: somebody says yes in a browser, wherever that is, and what comes of it is kept.

The authorization code grant with PKCE (RFC 6749 4.1, RFC 7636). Their browser is led to `http://localhost`, where nobody
answers, and what stands in its address bar then is pasted here: so it works on a server without a browser, with both
providers (Google gives no mail to the device flow), and nothing has to listen.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

from channels.email.access import Lack, NoToken
from web.oauth.exchange import Grant, ask
from web.oauth.kept import alone, write_consent
from web.oauth.providers import Terms

BACK: Final = "http://localhost"


@dataclass(frozen=True, slots=True)
class Question:
    """One way to a yes: its page, and what only we know of it."""

    page: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


class NotGiven(Exception):
    """No consent came of it; one line for the operator."""


def ask_at(page: str, terms: Terms, who: str | None, random: bytes, state: bytes) -> Question:
    """The page that is to be opened. `random` are 32 bytes that nobody knows, `state` 16."""
    verifier, mark = _text(random), _text(state)
    asked = {
        "client_id": terms.client,
        "response_type": "code",
        "redirect_uri": BACK,
        "scope": terms.provider.scope,
        "state": mark,
        "code_challenge": _text(hashlib.sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
        **dict(terms.provider.more),
        **({"login_hint": who} if who else {}),
    }
    query = urlencode({name: value for name, value in asked.items() if value})
    return Question(f"{page}{'&' if '?' in page else '?'}{query}", mark, verifier)


def code_of(pasted: str, question: Question) -> str:
    """What the provider gave the browser to hand on. Raises NotGiven."""
    try:
        said = parse_qs(urlsplit(pasted.strip()).query)
    except ValueError:
        said = {}
    states, codes = said.get("state", [""]), said.get("code", [""])
    if "error" in said:
        raise NotGiven("the provider's page did not agree: nothing is kept")
    if len(states) != 1 or not hmac.compare_digest(states[0].encode(), question.state.encode()):
        raise NotGiven("that is not the address this question led to: start again, and paste it whole")
    if len(codes) != 1 or not codes[0]:
        raise NotGiven("that address holds no answer: start again, and paste it whole")
    return codes[0]


def granted(terms: Terms, question: Question, code: str) -> Grant:
    """Blocking. Raises NotGiven."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": question.verifier,
        "client_id": terms.client,
        **({"client_secret": terms.secret} if terms.secret is not None else {}),
    }
    try:
        return ask(terms.provider.endpoint, form)
    except NoToken as fault:
        raise NotGiven(f"nothing is kept: {_said_of(fault)}") from None


def _said_of(fault: NoToken) -> str:
    return (
        "the answer was used before, or is too old: start again"
        if fault.lack is Lack.ENDED
        else fault.lack.says
    )


def keep(terms: Terms, grant: Grant) -> None:
    """Blocking. Raises NotGiven, OSError."""
    if grant.consent is None:
        raise NotGiven(
            "nothing is kept: the provider gave access for now, but none that lasts (no refresh token)"
        )
    try:
        with alone(terms.consent):  # a server that asks with the former one must not put its answer over this
            write_consent(terms.consent, grant.consent)
    except NoToken as fault:
        raise NotGiven(f"nothing is kept: {fault.lack.says}") from None


def _text(octets: bytes) -> str:
    return urlsafe_b64encode(octets).decode().rstrip("=")
