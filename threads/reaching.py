"""Knocking at the database before anything is built upon it, and saying why nobody answers."""

import asyncio
import socket
import ssl
from typing import Final

import asyncpg

from threads.connection.outages import is_outage
from threads.database import Connect

_WHY: Final = (
    (asyncpg.InvalidAuthorizationSpecificationError, "it refuses the name or the password"),
    (asyncpg.InvalidCatalogNameError, "there is no such database"),
    (asyncpg.TooManyConnectionsError, "it has no connection left"),
    (asyncpg.CannotConnectNowError, "it is starting or stopping"),
    (socket.gaierror, "there is no such host"),
    (ConnectionRefusedError, "nothing listens there"),
    (FileNotFoundError, "there is no such socket"),
    (PermissionError, "not permitted"),
    (TimeoutError, "no answer"),
    (ssl.SSLError, "TLS failed"),
)


class NoAnswer(Exception):
    """The database does not let us in. Its text is why, in a few words, and never the fault's own."""


async def knock(connect: Connect) -> tuple[int, int]:
    """One connection, opened and closed: the release that answered, as major and minor. Raises NoAnswer."""
    try:
        connection = await connect()
    except (asyncpg.InterfaceError, ValueError):
        raise NoAnswer("its address cannot be read") from None
    except (asyncpg.PostgresError, OSError) as fault:  # a TimeoutError is an OSError
        raise NoAnswer(_why(fault)) from None
    version = connection.get_server_version()
    await asyncio.wait_for(connection.close(), 10)
    return version.major, version.micro


def _why(fault: BaseException) -> str:
    for kind, words in _WHY:
        if isinstance(fault, kind):
            return words
    return "it cannot be reached" if is_outage(fault) else f"it answers with {type(fault).__name__}"
