"""Sealed entries for a search, in portions over one connection: of the process that opens them, and of nobody else."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg

from messaging.ids import PersonId, PracticeId
from messaging.memory.searching import Narrowed, SealedRow, Sort
from messaging.trust.access import Pass
from threads.connection.limits import Limits
from threads.connection.link import Link
from threads.searching.notes import Notes

ENTRIES: Final = 1000
OCTETS: Final = 2_000_000
"""Of one portion: entries, and what they weigh sealed; the first is always read. So much is in memory at a time."""

_COLUMNS: Final = """number, uuid_send(id) as id, uuid_send(author_id) as author, timestamptz_send(at) as at, kind, channel,
    uuid_send(letter_id) as letter, amends, sealed"""
_BELOW: Final = f"""
with near as materialized (
    select n.*, sum(octet_length(sealed)) over (order by number desc rows unbounded preceding)
                - octet_length(sealed) as ahead
      from (select * from entries
             where practice_id = $1 and conversation_id = $2 and number >= $3 and number < $4
               and ($5::text is null or kind = $5) and ($6::text is null or channel = $6)
               and ($7::text is null or channel <> $7)
               and ($8::timestamptz is null or at >= $8) and ($9::timestamptz is null or at < $9)
             order by number desc limit $10) n
), bounds as (select min(number) as first, max(number) as last from near where ahead < $11)
select {_COLUMNS}, false as beside from near where ahead < $11
union all
select {_COLUMNS}, true from entries, bounds
 where practice_id = $1 and conversation_id = $2 and amends between bounds.first and bounds.last
"""  # noqa: S608 - its columns are above
_NARROW: Final[Mapping[Sort | None, tuple[str | None, str | None, str | None]]] = {
    None: (None, None, None),
    Sort.LETTER: ("message", None, "chat"),
    Sort.CHAT: ("message", "chat", None),
    Sort.EVENT: ("event", None, None),
    Sort.FILE: ("message", None, None),
    Sort.NOTE: ("", None, None),
}
"""Of which kind, by which channel, by which not. Notes are no entries: nothing of the record is one."""


class Portions:
    """See `messaging.memory.searching.Portions`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def below(
        self, held: Pass, number: int, narrowed: Narrowed, most: int = ENTRIES
    ) -> Sequence[SealedRow]:
        """The newest below this number, the newest first, and beside them what amends them; none at its beginning."""
        return await self._connection.fetch(  # type: ignore[no-any-return]  # a record is a tuple
            _BELOW,
            held.practice,
            held.conversation,
            held.first,
            number,
            *_NARROW[narrowed.sort],
            narrowed.since,
            narrowed.until,
            min(most, ENTRIES),
            OCTETS,
        )


@asynccontextmanager
async def reading(
    access: Mapping[str, Any], practice: PracticeId, person: PersonId
) -> AsyncIterator[tuple[Portions, Notes]]:
    """A connection that sees this practice and no other, of process notes this person's, and can write nothing.

    `access`: as `asyncpg.connect` takes it.
    """
    limits = Limits()
    connection = await asyncpg.connect(
        **access,
        timeout=limits.connect,
        command_timeout=limits.command,
        connection_class=Link,
        server_settings={
            "application_name": "quietline search",
            "timezone": "UTC",
            "statement_timeout": str(limits.statement_ms),
            "lock_timeout": str(limits.lock_ms),
            "jit": "off",
        },
    )
    try:
        await connection.execute("begin read only")
        await connection.execute("select set_config('quietline.practices', $1, true)", f"{{{practice}}}")
        await connection.execute("select set_config('quietline.authors', $1, true)", f"{{{person}}}")
        yield Portions(connection), Notes(connection)
    finally:
        connection.terminate()  # nothing was written: nobody waits for a farewell
