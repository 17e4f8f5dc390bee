"""An installation founded in a browser a moment ago."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from messaging.backup.sheet import groups_of
from tests.cast import PASSWORD
from tests.web.visitor import Visitor
from threads.database import Database, connector
from threads.postgres.cluster import Cluster
from threads.tables.trail import trail
from web.app import application
from web.house import house
from web.master_key import read_master_key
from web.serve import web_running
from web.settings import read_settings
from web.state import House

SHEET = "/account/recovery-sheet"
ASK = f"{SHEET}/ask"
FIRST = {"practice": "Praxis für Ruhe", "time_zone": "Europe/Vienna", "name": "Dr Mira", "username": "mira"}


@dataclass
class Founded:
    """An installation that was set up a moment ago, and its founder's browser."""

    house: House
    folder: Path
    mira: Visitor
    place: str

    @property
    def groups(self) -> tuple[str, ...]:
        return groups_of(read_master_key(self.folder / "master.key").secret)

    async def answered(self, *, wrong: bool = False) -> dict[str, str]:
        """The form that asks two groups back, filled in from the paper."""
        asked = re.findall(r'name="(first|second)_number" value="(\d+)"', (await self.mira.get(ASK)).text)
        assert len({number for _, number in asked}) == 2
        said = {name: self.groups[int(number) - 1] for name, number in asked}
        numbers = {f"{name}_number": number for name, number in asked}
        return numbers | said | ({"second": "AAAA"} if wrong else {})

    async def keep(self) -> None:
        kept = await self.mira.submit(ASK, ASK, **await self.answered())
        assert (kept.status, kept.place) == (303, "/account?done=sheet")

    async def lines(self) -> list[str]:
        accesses = await Cluster(self.folder).attach()
        base = Database(connector(**accesses.owner.connect_kwargs()))
        try:
            found: list[str] = []
            for practice in await self.house.office.memory.directory.practices():
                async with base.within(practice) as connection:
                    found += await connection.scalars(select(trail.c.action).order_by(trail.c.seq))
            return found
        finally:
            await base.close()


@asynccontextmanager
async def founding(folder: Path, **more: str) -> AsyncIterator[Founded]:
    """From an empty directory; `more` are settings and fields of the form, by their names."""
    named = {name: value for name, value in more.items() if name.startswith("QUIETLINE_")}
    fields = {name: value for name, value in more.items() if name not in named}
    settings = read_settings({"QUIETLINE_DATA_DIR": str(folder), "QUIETLINE_HTTP": "127.0.0.1:0"} | named)
    async with house(settings, migrates=True) as built:
        built.setup_token = "once-and-never-again"
        async with web_running(built, application(built)) as base:
            mira = Visitor(base)
            place = f"/set-up?token={built.setup_token}"
            made = await mira.submit(place, "/set-up", **FIRST, **fields, password=PASSWORD)
            assert made.status == 303
            yield Founded(built, folder, mira, made.place)
