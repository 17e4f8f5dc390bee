"""People who keep talking whatever happens: they come back, resume by number, and repeat a key until it is answered."""

import asyncio
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, Final
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.journeys.history import History, View

AWAY: Final = 0.05
"""Seconds before a lost connection is tried again: a storm, for a browser would wait longer."""
BREATH: Final = 0.02
"""Seconds between a person's messages; two people and their repeats stay below the allowed pace."""
REPEATS: Final = 0.1
"""Share of messages that are sent twice at once, as an impatient page would."""
UNANSWERED: Final = 15.0
"""Seconds without an answer after which the connection is given up."""

_LOST: Final = (OSError, WebSocketException, TimeoutError, EOFError)


@dataclass
class Speaker:
    """One person in one conversation."""

    live: str
    token: str
    view: View
    history: History
    rng: random.Random
    others: tuple[str, ...] = ()
    """Where else to go when the line is lost."""
    seen: int = 0
    acks: int = 0
    connections: int = 0
    refused: "Counter[str]" = field(default_factory=Counter)
    codes: "Counter[int]" = field(default_factory=Counter)
    """How their lines ended: close codes of the server; 1006 is the network's."""
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever something was told or acknowledged; whoever waits clears it."""
    _pending: str | None = None
    _answered: asyncio.Event = field(default_factory=asyncio.Event)
    _resting: bool = False
    _home: str = ""

    @property
    def is_done(self) -> bool:
        """Nothing of theirs is unanswered."""
        return self._resting and self._pending is None

    @property
    def home(self) -> str:
        """Where they were heard last."""
        return self._home

    def rest(self) -> None:
        """Says no more once the last message is answered; goes on listening."""
        self._resting = True

    async def acks_reach(self, count: int) -> None:
        """Waits until so many of their messages were answered."""
        while self.acks < count:
            await self._move()

    async def sees(self, number: int) -> None:
        """Waits until they were told everything up to `number`."""
        while self.seen < number:
            await self._move()

    async def falls_silent(self) -> None:
        """Waits until they rest and all is answered."""
        while not self.is_done:
            await self._move()

    async def _move(self) -> None:
        self.moved.clear()
        await self.moved.wait()

    async def run(self) -> None:
        """Until cancelled."""
        homes = cycle((self.live, *self.others))
        while True:
            home = next(homes)
            try:
                async with connect(
                    home,
                    additional_headers={"Authorization": f"Bearer {self.token}"},
                    compression=None,
                    proxy=None,
                    ping_interval=None,
                ) as socket:
                    self.connections += 1
                    self._home = home
                    try:
                        await self._converse(socket)
                    finally:
                        if socket.close_code is not None:
                            self.codes[socket.close_code] += 1
            except* _LOST:
                pass
            await asyncio.sleep(AWAY * (0.5 + self.rng.random()))

    async def _converse(self, socket: ClientConnection) -> None:
        await socket.send(json.dumps({"type": "open", "conversation": self.view[0], "after": self.seen}))
        async with asyncio.TaskGroup() as group:
            talking = group.create_task(self._talk(socket))
            async for text in socket:
                self._hear(json.loads(text))
            talking.cancel()
            raise ConnectionResetError

    async def _talk(self, socket: ClientConnection) -> None:
        """One message at a time: a new key only when the last one is answered."""
        while self._pending is not None or not self._resting:
            if self._pending is None:
                self._pending = str(UUID(int=self.rng.getrandbits(128), version=4))
                self.history.ask(self.view[0], self._pending)
            self._answered.clear()
            said = {"conversation": self.view[0], "key": self._pending, "text": f"words of {self._pending}"}
            for _ in range(2 if self.rng.random() < REPEATS else 1):
                await socket.send(json.dumps({"type": "say", **said}))
            async with asyncio.timeout(UNANSWERED):
                await self._answered.wait()
            await asyncio.sleep(BREATH * (0.5 + self.rng.random()))
        self.moved.set()

    def _hear(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "message" | "event":
                self.history.tell(self.view, frame["number"], frame.get("key"))
                self.seen = frame["number"]
            case "said":
                self._said(frame["number"], frame["key"])
            case "refused":
                self.refused[frame["code"]] += 1
                self._answered.set()
            case _:
                return
        self.moved.set()

    def _said(self, number: int, key: str) -> None:
        """Takes the message's place if it is news; the answer to a repeat is not."""
        if number > self.seen:
            self.history.tell(self.view, number, key)
            self.seen = number
        self.history.ack(self.view[0], key, number)
        if key == self._pending:
            self._pending = None
            self.acks += 1
            self._answered.set()
