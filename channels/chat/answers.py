"""Who waits for the answer to which key: `said` goes to the connection that asked, in the place of the message.

One question at a time for a key: the same key may come over two connections at once, with other words even, and whoever
asked second must not be answered for the first.
"""

import asyncio
from uuid import UUID

from channels.chat.connection import Connection
from messaging.ids import ConversationId, PersonId

Asked = tuple[PersonId, ConversationId, UUID]
"""Whose words, in which conversation, under which key."""


class Answers:
    """The questions under way on this node."""

    def __init__(self) -> None:
        self._asking: dict[Asked, Connection] = {}
        self._waiting: dict[Asked, list[asyncio.Future[None]]] = {}

    def asking(self, asked: Asked) -> Connection | None:
        """The connection that is to be answered."""
        return self._asking.get(asked)

    async def turn(self, asked: Asked) -> None:
        """Waits until nobody else asks this."""
        while asked in self._asking:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(asked, []).append(turn)
            await turn

    def expect(self, asked: Asked, connection: Connection) -> None:
        """This connection asks now; it is its turn."""
        self._asking[asked] = connection

    def forget(self, asked: Asked) -> None:
        """It was answered."""
        del self._asking[asked]
        for turn in self._waiting.pop(asked, ()):
            if not turn.done():
                turn.set_result(None)
