"""Mail under the house's roof: listeners and reader (`mail`), courier (`jobs`)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from web.state import House


@asynccontextmanager
async def mail_running(house: House, roles: frozenset[str]) -> AsyncIterator[dict[str, str]]:
    """Runs what the roles ask for; yields the addresses it listens on."""
    del house, roles
    yield {}
