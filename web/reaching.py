"""Whether the database can be reached at the start: a refusal names setting, place and cause, in one line, at once."""

import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from web.settings import DatabaseSettings

Connect = Callable[[], Awaitable[Any]]
"""Opens one connection, which can be terminated."""


class NotReached(Exception):
    """One line for the operator. It holds no name and no password of a role."""


STATES: Final = {
    "28": "the role is refused: its name, its password, or pg_hba.conf",
    "3D": "there is no database of this name",
    "53": "it has no connection or memory left",
    "57": "it is starting or stopping",
}
KINDS: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (socket.gaierror, "the name of the host is not known"),
    (ConnectionRefusedError, "nothing listens there"),
    (FileNotFoundError, "there is no such socket"),
    (PermissionError, "its socket is closed to us"),
    (TimeoutError, "no answer"),
    (ssl.SSLError, "TLS failed"),
    (ValueError, "this is not the URL of a PostgreSQL"),
)


async def must_reach(settings: DatabaseSettings, owner: Connect, app: Connect) -> None:
    """Tries both roles of a database elsewhere. Raises NotReached."""
    if settings.url is None:
        return
    owners = "QUIETLINE_DATABASE_OWNER_URL" if settings.owner_url else "QUIETLINE_DATABASE_URL"
    for name, url, connect in (
        (owners, settings.owner_url or settings.url, owner),
        ("QUIETLINE_DATABASE_URL", settings.url, app),
    ):
        try:
            connection = await connect()
        except Exception as fault:  # whatever it was, it is one line for the operator
            raise NotReached(f"{name}: {place(url)}: {cause(fault)}") from fault
        connection.terminate()


def place(url: str) -> str:
    """Where it leads, without the role."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or parse_qs(parts.query).get("host", [""])[0]
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "a URL that cannot be read"
    return f"{host or 'this machine'}{port}{parts.path}"


def cause(fault: BaseException) -> str:
    """In plain words; never the fault's own, which may quote the URL."""
    state = str(getattr(fault, "sqlstate", None) or "")
    if state[:2] in STATES:
        return STATES[state[:2]]
    return next((words for kind, words in KINDS if isinstance(fault, kind)), type(fault).__name__)
