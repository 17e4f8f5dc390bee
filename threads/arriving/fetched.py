"""Mailboxes elsewhere: whose turn it is to fetch, how far they were fetched, and which of their letters were kept.

A turn is an advisory lock, and everything is written over the connection that holds it: a node that lost the lock cannot
write any more, and a node that dies gives its turn back at once.
"""

from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

import asyncpg

from messaging.errors import Busy
from messaging.memory.arriving import Fetched, StoredOriginal
from threads.arriving.mail_door import keep_originals
from threads.connection.outages import is_outage
from threads.database import Connect, writing

T = TypeVar("T")


class Mailboxes:
    """The turns at mailboxes elsewhere."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect

    @asynccontextmanager
    async def turn(self, mailbox: bytes) -> "AsyncIterator[Turn | None]":
        """This node's turn at a mailbox, or None while another node has it. Raises Busy."""
        connection = await _asked(self._connect())
        try:
            lock = int.from_bytes(mailbox[:8], "big", signed=True)
            mine = await _asked(connection.fetchval("select pg_try_advisory_lock($1)", lock))
            yield Turn(connection, mailbox) if mine else None
        finally:
            connection.terminate()


class Turn:
    """What the holder may do. Every act raises Busy once the turn is lost."""

    def __init__(self, connection: asyncpg.Connection, mailbox: bytes) -> None:
        self._connection, self._mailbox = connection, mailbox

    async def position(self) -> Fetched | None:
        """How far the mailbox was fetched; None: never yet."""
        query = "select validity, last_uid from imap_positions where mailbox = $1"
        row = await _asked(self._connection.fetchrow(query, self._mailbox))
        return None if row is None else Fetched(row["validity"], row["last_uid"])

    async def kept(self, letter: bytes) -> bool:
        """Whether this letter was kept before, under whatever number."""
        query = "select exists (select from imap_kept where mailbox = $1 and letter = $2)"
        return bool(await _asked(self._connection.fetchval(query, self._mailbox, letter)))

    async def move(self, to: Fetched, letter: bytes | None, originals: Sequence[StoredOriginal]) -> None:
        """One transaction: the letter is kept (for each of those it is for), remembered, and the position is behind it."""
        await _asked(self._move(to, letter, originals))

    async def _move(self, to: Fetched, letter: bytes | None, originals: Sequence[StoredOriginal]) -> None:
        async with writing(self._connection):
            if originals:
                await keep_originals(self._connection, originals)
            if letter is not None:
                await self._connection.execute(
                    "insert into imap_kept (mailbox, letter) values ($1, $2) on conflict do nothing",
                    self._mailbox,
                    letter,
                )
            await self._connection.execute(
                "insert into imap_positions (mailbox, validity, last_uid) values ($1, $2, $3)"
                " on conflict (mailbox) do update set validity = $2, last_uid = $3",
                self._mailbox,
                to.validity,
                to.uid,
            )


async def _asked(question: Awaitable[T]) -> T:
    try:
        return await question
    except Exception as fault:  # an outage is a reason to wait, everything else a defect
        if is_outage(fault):
            raise Busy from fault
        raise
