"""What nodes tell each other about live sessions over the bell: the grammar, and the bounded queue of what is on its way.

    kind node conversation/session/at/person,person/what ...

Never stored, never words a person wrote. Items of one kind travel together: a storm of arrivals is few notifications.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import Final
from uuid import UUID

from channels.chat.frames import moment
from messaging.errors import Refusal
from messaging.ids import ConversationId, PersonId, SessionId

log = logging.getLogger(__name__)

WAITING: Final = 10_000
"""Signs not yet passed on; beyond that they are dropped, for a late sign is a wrong one. A roll follows anyway."""
PAYLOAD: Final = 7_000
"""Bytes of one notification; PostgreSQL takes 8000."""

Ring = Callable[[str], Awaitable[None]]


class Sign(StrEnum):
    """What is told."""

    PRESENCE = "p"
    """They came (`1`) or went (`0`), at that time."""
    QUESTION = "q"
    """They came; who else is there?"""
    ROLL = "h"
    """These are there through this node, all of them; repeated while there are any."""
    TYPING = "t"
    WORD = "w"
    """They said `what` by one tap."""


@dataclass(frozen=True, slots=True)
class Told:
    """One sign."""

    kind: Sign
    conversation: ConversationId
    session: SessionId
    at: datetime
    people: tuple[PersonId, ...]
    what: str = ""

    def __str__(self) -> str:
        people = ",".join(map(str, self.people))
        return f"{self.conversation}/{self.session}/{moment(self.at)}/{people}/{self.what}"


def payloads(node: str, signs: Iterable[Told]) -> Iterator[str]:
    """As few notifications as they fit, in their order."""
    for kind, group in groupby(signs, key=lambda told: told.kind):
        payload = head = f"{kind} {node}"
        for told in group:
            item = str(told)
            if len(payload) + len(item) >= PAYLOAD:
                yield payload
                payload = head
            payload += f" {item}"
        yield payload


def read(kind: str, items: str) -> Iterator[Told]:
    """The signs of a payload. What cannot be read is a newer node's."""
    for item in items.split():
        try:
            conversation, session, at, people, what = item.split("/")
            yield Told(
                Sign(kind),
                ConversationId(UUID(conversation)),
                SessionId(UUID(session)),
                datetime.fromisoformat(at),
                tuple(PersonId(UUID(one)) for one in people.split(",")),
                what,
            )
        except ValueError:
            continue


class Passing:
    """Passes signs on to the other nodes, without anybody waiting for it."""

    def __init__(self, node: str) -> None:
        self.node = node
        self._queue: asyncio.Queue[Told] = asyncio.Queue(maxsize=WAITING)

    def tell(self, told: Told) -> None:
        """Takes it, if there is room."""
        if not self._queue.full():
            self._queue.put_nowait(told)

    async def run(self, ring: Ring) -> None:
        """Rings until cancelled."""
        while True:  # bound: until cancelled; each turn waits for a sign
            signs = [await self._queue.get()]  # bound: until somebody tells
            while not self._queue.empty():
                signs.append(self._queue.get_nowait())
            for payload in payloads(self.node, signs):
                try:
                    await ring(payload)
                except Refusal:
                    log.warning("signs were not passed on")
