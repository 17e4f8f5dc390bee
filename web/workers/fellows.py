"""The first one's fellows: started, started again when they die, replaced one after the other, and ended."""

import asyncio
import logging
import os
import socket
import time
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from messaging.errors import Busy
from messaging.practice.operating import practice_ids
from web.fair.shelf import Table, new_table
from web.house_database import Among
from web.state import House
from web.workers.channel import Channel, Gone, channel

log = logging.getLogger(__name__)

MOST: Final = 64
START: Final = 90.0
"""Seconds until a fellow listens, on a machine that is busy with others like it."""
PAUSES: Final = (0.2, 10.0)
"""Seconds before one that has died is started again: the first time, and doubled up to, while they die young."""
YOUNG: Final = 30.0
END: Final = 45.0
"""Seconds for a fellow to end by itself: its requests have 15, its writer 10."""
ASKED: Final = 5.0
"""Seconds for an answer."""
GLANCE: Final = 1.0
"""Seconds between looks whether there is a practice by now: until then one link leads to one process."""


class NotStarted(Exception):
    """A fellow that does not come."""


@dataclass(eq=False)
class Fellow:
    """One of them."""

    process: Process
    channel: Channel

    async def end(self) -> None:
        """Kindly; after END for certain."""
        with suppress(ProcessLookupError):
            self.process.terminate()
        try:
            async with asyncio.timeout(END):
                await self.process.wait()
        except TimeoutError:
            log.error("a worker does not end, it is killed")
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()  # bound: the kernel's
        finally:
            self.channel.close()


class Fellows:
    """Of one server. `again`: the command that starts another of its processes, but for what makes it a fellow."""

    def __init__(self, workers: int, again: Sequence[str]) -> None:
        self._workers, self._again = workers, tuple(again)
        self._table = new_table()
        self._here: dict[int, Fellow] = {}  # bound: one for each worker
        self._renew = {slot: asyncio.Event() for slot in range(2, workers + 1)}
        self._changed = asyncio.Condition()
        self._turn = asyncio.Lock()

    def close(self) -> None:
        """When none of them is to be started any more."""
        os.close(self._table)

    @property
    def among(self) -> Among:
        """What the first one is."""
        return Among(workers=self._workers, paces=Table(self._table).pace)

    @property
    def standing(self) -> tuple[int, int]:
        """How many serve, of how many, the first one among them."""
        return 1 + len(self._here), self._workers

    @asynccontextmanager
    async def running(self, house: House, host: str, port: int) -> AsyncIterator[None]:
        """All of them beside the first, at its port; those of a server that has a practice are there when this yields."""
        keep = house.keeper.keep
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(keep(f"worker {slot}", partial(self._fill, slot, house, host, port)))
                for slot in self._renew
            ]
            asked = house.reload.asked()
            tasks.append(group.create_task(keep("renewing workers", partial(self._renew_when, asked))))
            try:
                if await practice_ids(house.office):
                    await self._all_here()
                yield
            finally:
                self.tell_to_end()
                for task in tasks:
                    task.cancel()

    def tell_to_end(self) -> None:
        """All at once, before the first one begins to end: nobody waits for anybody."""
        for fellow in self._here.values():
            with suppress(ProcessLookupError):
                fellow.process.terminate()

    async def renew(self) -> None:
        """One after the other is replaced by a new one, which is there before the former goes. Twice at once is once."""
        if self._turn.locked():
            return
        async with self._turn:
            for slot, asked in self._renew.items():
                former = self._here.get(slot)
                asked.set()
                await self._until(partial(self._is_new, slot, former))

    async def _renew_when(self, asked: asyncio.Event) -> None:
        while True:  # bound: until cancelled; each turn waits for somebody to ask
            await asked.wait()  # bound: until asked
            asked.clear()
            await self.renew()

    async def metrics(self) -> dict[str, str]:
        """What each of them counts, by its number; who does not answer in time is left out."""
        asked = {slot: asyncio.create_task(_counted(fellow)) for slot, fellow in self._here.items()}
        return {str(slot): said for slot, one in asked.items() if (said := await one) is not None}

    def _is_new(self, slot: int, former: Fellow | None) -> bool:
        return self._here.get(slot) not in (None, former)

    async def _all_here(self) -> None:
        await self._until(lambda: len(self._here) == len(self._renew))

    async def _until(self, holds: Callable[[], bool]) -> None:
        with suppress(TimeoutError):  # who does not come is in the log, and started again
            async with asyncio.timeout(START), self._changed:
                await self._changed.wait_for(holds)

    async def _fill(self, slot: int, house: House, host: str, port: int) -> None:
        """A place that is never empty for long."""
        await _founded(house)
        pause = PAUSES[0]
        while True:  # bound: until cancelled; each turn waits for a process
            began = time.monotonic()
            try:
                await self._serve(slot, await self._started(slot, host, port), host, port)
            except NotStarted as why:
                log.error("a worker does not start", extra={"worker": slot, "why": str(why)})
            pause = PAUSES[0] if time.monotonic() - began > YOUNG else min(2 * pause, PAUSES[1])
            await asyncio.sleep(pause)

    async def _serve(self, slot: int, fellow: Fellow, host: str, port: int) -> None:
        """Until it dies, or is replaced by one that then stands in its place."""
        try:
            while True:  # bound: until it has died
                await self._stands(slot, fellow)
                if not await self._to_be_renewed(slot, fellow):
                    break
                former, fellow = fellow, await self._started(slot, host, port)
                await self._stands(slot, fellow)
                await former.end()
        finally:
            self._here.pop(slot, None)
            await asyncio.shield(fellow.end())
        log.warning(
            "a worker has ended, another is started",
            extra={"worker": slot, "code": fellow.process.returncode},
        )

    async def _stands(self, slot: int, fellow: Fellow) -> None:
        self._here[slot] = fellow
        async with self._changed:
            self._changed.notify_all()

    async def _to_be_renewed(self, slot: int, fellow: Fellow) -> bool:
        """True when somebody wants it replaced, False when it has ended."""
        self._renew[slot].clear()
        ended, asked = (asyncio.create_task(one) for one in (fellow.process.wait(), self._renew[slot].wait()))
        try:
            # bound: until the process ends, or somebody wants another
            await asyncio.wait({ended, asked}, return_when=asyncio.FIRST_COMPLETED)
            return not ended.done()
        finally:
            ended.cancel()
            asked.cancel()

    async def _started(self, slot: int, host: str, port: int) -> Fellow:
        """One that listens. Raises NotStarted."""
        made = await self._begun()
        made.channel.say(workers=self._workers, table=self._table, host=host, port=port)
        try:
            async with asyncio.timeout(START):
                await made.channel.hear()
        except (Gone, TimeoutError) as trouble:
            if isinstance(trouble, Gone):  # it is about to end by itself, and by which code is worth knowing
                with suppress(TimeoutError):
                    await asyncio.wait_for(made.process.wait(), ASKED)
            await made.end()
            raise NotStarted(f"it ended with {made.process.returncode}") from None
        except BaseException:  # cancelled: nobody else would end it
            await asyncio.shield(made.end())
            raise
        return made

    async def _begun(self) -> Fellow:
        """The process and the channel to it. Cancelled in between, the channel is closed, and the process ends by itself."""
        ours, theirs = socket.socketpair()
        with theirs:
            made = await channel(ours)
            handed = (theirs.fileno(), self._table)
            try:
                process = await asyncio.create_subprocess_exec(
                    *self._again,
                    "--fellow",
                    str(handed[0]),
                    pass_fds=handed,
                    stdin=DEVNULL,
                    # Ctrl-C is for the first one, which ends the others in their order.
                    start_new_session=True,
                )
            except BaseException:  # whatever it was, nobody else has the channel
                made.close()
                raise
        return Fellow(process, made)


async def _founded(house: House) -> None:
    while True:  # bound: until there is a practice; each turn sleeps
        with suppress(Busy):
            if await practice_ids(house.office):
                return
        await asyncio.sleep(GLANCE)


async def _counted(fellow: Fellow) -> str | None:
    try:
        async with asyncio.timeout(ASKED):
            fellow.channel.say(asked="metrics")
            return str((await fellow.channel.hear())["metrics"])
    except (Gone, TimeoutError, KeyError):
        return None
