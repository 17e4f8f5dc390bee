"""The browser's half of undoing: the slips of what somebody did a moment ago, in a cookie that goes with the moment."""

from collections.abc import Sequence
from typing import Final

from starlette.requests import HTTPConnection
from starlette.responses import Response

from messaging.errors import NotFound
from messaging.office import Office
from messaging.people import Person
from messaging.slips import UNDO, Slip, opened_slip
from web.http.guards import cookie_name
from web.settings import WebSettings
from web.state import House

MOST: Final = 3
"""Deeds that stand in the bar at once: who does more within half a minute sees the newest, and a cookie holds 4 kB."""

KeptSlip = tuple[str, Slip]
"""As the browser keeps it, and opened."""


def slips_cookie(web: WebSettings) -> str:
    """Sealed, and of no use to anybody else who sits down at this browser."""
    return f"{cookie_name(web)}-undo"


async def slips_of(connection: HTTPConnection, office: Office, person: Person) -> tuple[KeptSlip, ...]:
    """Those this person can still use, newest first; others' and old ones are as if they were not there."""
    house: House = connection.state["house"]
    shown = connection.cookies.get(slips_cookie(house.settings.web), "")
    found: list[KeptSlip] = []
    for text in shown.split(".", MOST)[:MOST] if shown else ():
        try:
            slip = await opened_slip(office, person.practice, person.id, text)
        except NotFound:
            continue
        if slip.left(office.clock()).total_seconds() > 0:
            found.append((text, slip))
    return tuple(found)


def keep_slips(answer: Response, web: WebSettings, slips: Sequence[KeptSlip]) -> None:
    """What the browser shows from now on; with none, nothing."""
    name, secure = slips_cookie(web), web.secure
    if not slips:
        answer.delete_cookie(name, "/", None, secure, httponly=True, samesite="lax")
        return
    value = ".".join(text for text, _ in slips[:MOST])
    lasts = int(UNDO.total_seconds())
    answer.set_cookie(name, value, max_age=lasts, path="/", secure=secure, httponly=True, samesite="lax")
