"""A request that went wrong here: its number, by which whoever tells of it and a line of the log are brought together."""

import logging
import os
from typing import Any, Final

from starlette.requests import Request

from messaging.faults import located

log = logging.getLogger(__name__)

NUMBER: Final = "request_number"
"""Where it stands in the request's state."""


def new_number() -> str:
    """Short enough to be read out, long enough not to come twice in a log. Ours alone: no header is believed."""
    drawn = os.urandom(4).hex()
    return f"{drawn[:4]}-{drawn[4:]}"


def note(request: Request, fault: Exception) -> str:
    """Logs where it happened, and nothing of what was sent or said. Returns the request's number."""
    number = str(request.scope.get("state", {}).get(NUMBER) or new_number())
    asked = {"request": number, "method": request.method, "route": route_of(request.scope)}
    log.error("request failed", extra={**asked, **located(fault)})
    return number


def route_of(scope: Any) -> str:
    """The pattern, without ids and without the query; `none` where it was not yet known."""
    path = getattr(scope.get("route"), "path", None)
    return "none" if path is None else f"{scope.get('root_path', '')}{path}"
