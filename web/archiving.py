"""The archive of the embedded database (role `jobs`), kept up by loops that never end the house."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from web.state import House


@asynccontextmanager
async def keeping_archive(house: House) -> AsyncIterator[None]:
    """Keeps it up until left; not where none is named. What takes changes away ends after the database, with the last."""
    if house.archive is None:
        yield
        return
    async with asyncio.TaskGroup() as group:
        loops = (("archive", house.archive.receive), ("base copies", house.archive.copy))
        keeping = [group.create_task(house.keeper.keep(name, loop)) for name, loop in loops]
        try:
            yield
        finally:
            for one in keeping:
                one.cancel()
