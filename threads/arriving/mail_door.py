"""What the mail door asks of memory while peers wait: where an address leads, and to keep a letter. Both many at a time."""

import asyncio
from collections.abc import Sequence
from typing import Final

import asyncpg

from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.keeping import Keep
from messaging.memory.arriving import ReplyRoute, StoredOriginal
from threads.batches import Gathering, Weight
from threads.connection.limits import Limits
from threads.database import Connect, uuid_array

KEEP: Final = "select keep_batch($1, $2, $3, $4, $5, $6, $7, $8)"
ROUTES: Final = "select * from reply_routes($1)"
TOGETHER: Final = 8 * 1024 * 1024
"""Octets of letters in one commit: many ordinary ones, or one with large attachments."""


class MailDoor:
    """The door of this process. `run` owns its tasks."""

    def __init__(self, connect: Connect, limits: Limits | None = None) -> None:
        self._keeping: Gathering[StoredOriginal, None] = Gathering(
            connect, keep_originals, limits, weight=Weight(TOGETHER, _octets)
        )
        self._asking: Gathering[bytes, ReplyRoute | None] = Gathering(connect, _routes, limits)

    def keep(self, original: StoredOriginal) -> "asyncio.Future[None]":
        """Commits a letter and queues it for reading. Raises Busy."""
        return self._keeping.ask(original)

    def route(self, hashed: bytes) -> "asyncio.Future[ReplyRoute | None]":
        """Where a reply address leads, as it stands now: nothing is remembered, so a revoked one is refused at once."""
        return self._asking.ask(hashed)

    async def run(self, keep: Keep) -> None:
        """Answers until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(keep("keeping letters", self._keeping.run))
            group.create_task(keep("reply addresses", self._asking.run))


async def keep_originals(connection: asyncpg.Connection, originals: Sequence[StoredOriginal]) -> list[None]:
    """Writes letters in one statement; those that are there already stay as they are."""
    await connection.execute(
        KEEP,
        uuid_array({o.practice for o in originals}),
        [o.practice for o in originals],
        [o.id for o in originals],
        [o.conversation for o in originals],
        [o.person for o in originals],
        [o.received_at for o in originals],
        [o.envelope for o in originals],
        [o.raw for o in originals],
    )
    return [None] * len(originals)


async def _routes(connection: asyncpg.Connection, hashes: Sequence[bytes]) -> list[ReplyRoute | None]:
    found = {row["hash"]: _route(row) for row in await connection.fetch(ROUTES, list(set(hashes)))}
    return [found.get(one) for one in hashes]


def _route(row: asyncpg.Record) -> ReplyRoute:
    return ReplyRoute(
        PracticeId(row["practice_id"]),
        ConversationId(row["conversation_id"]),
        PersonId(row["person_id"]),
        row["revoked"],
    )


def _octets(original: StoredOriginal) -> int:
    return len(original.raw)
