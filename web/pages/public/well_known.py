"""Addresses that programs look for on every site (RFC 8615)."""

from datetime import UTC, datetime, time, timedelta
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from web.pages.parts.asking import go
from web.settings import WebSettings
from web.state import House

SECURITY: Final = "/.well-known/security.txt"
GOOD_FOR: Final = timedelta(days=180)
"""Whoever keeps a copy asks again by then. RFC 9116 recommends less than a year (section 2.5.5)."""


async def security(request: Request) -> Response:
    """GET /.well-known/security.txt: whom to tell of a weakness. Without the setting there is none."""
    house: House = request.state["house"]
    text = security_text(house.settings.web, house.office.clock())
    if text is None:
        raise HTTPException(404)
    return PlainTextResponse(text)


def security_text(web: WebSettings, now: datetime) -> str | None:
    """The file (RFC 9116); None where the operator named nobody."""
    if web.security_contact is None:
        return None
    until = datetime.combine(now.astimezone(UTC).date() + GOOD_FOR, time(), UTC)
    lines = [
        f"Contact: {web.security_contact}",
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
    ]
    if web.secure:  # on this machine itself there is no address that others could compare
        lines.append(f"Canonical: {web.base_url}{SECURITY}")
    return "".join(f"{line}\n" for line in lines)


async def change_password(_: Request) -> Response:
    """GET /.well-known/change-password: where password managers send people (W3C, A Well-Known URL for Changing Passwords)."""
    return go("/account")
