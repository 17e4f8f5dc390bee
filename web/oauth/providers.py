"""Where tokens are asked for, and on which terms: what the settings say, as frozen values."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_TENANT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}")
_MICROSOFT: Final = "https://login.microsoftonline.com"
_OF_OUTLOOK: Final = "https://outlook.office.com"
_FORMS: Final = (
    "write it as google, microsoft:TENANT, microsoft-app:TENANT, or the https address of a token endpoint"
)


@dataclass(frozen=True, slots=True)
class Provider:
    """One that gives tokens. `page`: where somebody says yes (RFC 6749 4.1); none: consents are made elsewhere."""

    endpoint: str
    page: str | None = None
    scope: str = ""
    by_itself: bool = False
    """The application signs in as itself (RFC 6749 4.4): an administrator gave it the mailbox, and no consent is kept."""
    more: tuple[tuple[str, str], ...] = ()
    """What else its page wants to be asked with."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms tokens are asked for."""

    provider: Provider
    client: str
    consent: Path
    """The file that keeps the refresh token."""
    secret: str | None = field(default=None, repr=False)


def read_provider(raw: str) -> Provider:
    """Raises ValueError."""
    kind, colon, tenant = raw.partition(":")
    if raw == "google":
        return GOOGLE
    if kind in ("microsoft", "microsoft-app") and colon:
        if not _TENANT.fullmatch(tenant):
            raise ValueError("the tenant is its id, or one of its domains")
        return _microsoft(tenant) if kind == "microsoft" else _microsoft_app(tenant)
    return Provider(_endpoint(raw))


def read_client(raw: str) -> str:
    """The application's id. Raises ValueError."""
    if not re.fullmatch(r"[\x21-\x7e]{1,255}", raw):
        raise ValueError("it is the id the provider gave to the application, without blanks")
    return raw


GOOGLE: Final = Provider(
    "https://oauth2.googleapis.com/token",
    "https://accounts.google.com/o/oauth2/v2/auth",
    "https://mail.google.com/",
    # Without these it gives a consent only the first time somebody says yes.
    more=(("access_type", "offline"), ("prompt", "consent")),
)


def _microsoft(tenant: str) -> Provider:
    scope = f"{_OF_OUTLOOK}/IMAP.AccessAsUser.All {_OF_OUTLOOK}/SMTP.Send offline_access"
    at = f"{_MICROSOFT}/{tenant}/oauth2/v2.0"
    return Provider(f"{at}/token", f"{at}/authorize", scope)


def _microsoft_app(tenant: str) -> Provider:
    scope = "https://outlook.office365.com/.default"
    return Provider(f"{_MICROSOFT}/{tenant}/oauth2/v2.0/token", scope=scope, by_itself=True)


def _endpoint(raw: str) -> str:
    try:
        parts = urlsplit(raw)
        port = parts.port
    except ValueError:
        raise ValueError(_FORMS) from None
    plain = not re.search(r"[^\x21-\x7e]", raw) and not (parts.username or parts.password or parts.fragment)
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain or port == 0:
        raise ValueError(_FORMS)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ValueError("http is only for this machine itself; secrets must travel by https")
    return raw
