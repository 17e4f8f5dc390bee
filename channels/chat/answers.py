"""Who waits for the answer to which key: `said` goes to the connection that asked, in the place of the message.

One question at a time for a key: the same key may come over two connections at once, with other words even, and whoever
asked second must not be answered for the first.
"""

import asyncio
from uuid import UUID

from channels.chat import frames
from channels.chat.closes import LAGGING
from channels.chat.connection import EVENTS, Connection
from channels.chat.streams import Stream
from messaging.ids import ConversationId, PersonId
from messaging.memory.record import Outcome

Asked = tuple[PersonId, ConversationId, UUID]
"""Whose words, in which conversation, under which key."""


class Answers:
    """The questions under way on this node."""

    def __init__(self) -> None:
        # bound: one for each connection: it has one question in hand
        self._asking: dict[Asked, Connection] = {}
        # bound: one for each connection, as above
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


def said(conversation: UUID, key: UUID, outcome: Outcome) -> str:
    """The acknowledgement, after the commit; the same for a repeat."""
    at = frames.moment(outcome.at) if outcome.at else None
    held = {"conversation": conversation, "key": key, "number": outcome.number, "id": outcome.id, "at": at}
    return frames.encode({"type": "said", **held})


def acknowledge(connection: Connection, stream: Stream | None, outcome: Outcome, frame: str) -> None:
    """`said` takes the message's place in the order of a connection that follows the conversation.

    Who says much and reads little is closed as lagging: its words are kept, and it is told so when it repeats their keys.
    """
    for reader in stream.readers if stream else ():
        if reader.connection is connection and reader.seen < outcome.number:
            if len(reader.own) >= EVENTS:
                connection.close(LAGGING)
                return
            reader.own[outcome.number] = frame
            return
    connection.push(frame)
