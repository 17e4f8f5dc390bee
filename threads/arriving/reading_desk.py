"""What the readers of mail ask of memory: the next letters to be read, in order, and what became of those that did not
enter a conversation. Each one round trip; decisions many at a time, as postings are (`gathering`).
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from messaging.ids import ConversationId, OriginalId, PersonId, PracticeId
from messaging.keeping import Keep
from messaging.memory.arriving import OriginalState, StoredOriginal
from threads.batches import Gathering, Weight
from threads.bell import CHANNEL
from threads.connection.limits import Limits
from threads.database import Connect, Row, uuid_array

CLAIM: Final = "select * from claim_letters($1, $2, $3, $4) order by arrived"
DECIDE: Final = "select * from decide_letters($1, $2, $3, $4, $5, $6, $7, $8)"
RING: Final = "select pg_notify($1, payload) from unnest($2::text[]) as rung (payload)"
OCTETS: Final = 8 * 1024 * 1024
"""Of letters claimed at once, or of held ones written at once; a single one may have more."""


@dataclass(frozen=True, slots=True)
class Claim:
    """At most `most` letters that are due at `at`, for this reader alone until `until`."""

    at: datetime
    until: datetime
    most: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What a letter becomes. With `letter`, the key of what it says, it becomes DUPLICATE where the same letter stood
    for the same person before.
    """

    original: StoredOriginal
    state: OriginalState
    reason: str | None
    summary: bytes | None = field(default=None, repr=False)
    letter: UUID | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """What it became. `first`: it stood as the reader knew it, so this decision and no other holds."""

    state: OriginalState
    first: bool


class ReadingDesk:
    """The desk of this process. `run` owns its tasks."""

    def __init__(self, connect: Connect, limits: Limits | None = None) -> None:
        # A claim that is asked again after a lost answer finds the next letters; the first ones wait for their lease.
        self._claims: Gathering[Claim, list[StoredOriginal]] = Gathering(connect, _claimed, limits, batch=1)
        self._rings: Gathering[str, None] = Gathering(connect, _rung, limits)
        self._decisions: Gathering[Decision, Decided] = Gathering(
            connect, _decided, limits, weight=Weight(OCTETS, _octets)
        )

    async def claim(self, claim: Claim) -> list[StoredOriginal]:
        """Letters in the order they were kept; of each conversation the first that wait, and nobody else has any of it.
        Raises Busy.
        """
        return await self._claims.ask(claim)

    async def decide(self, decision: Decision) -> Decided:
        """After the commit. Raises Busy."""
        return await self._decisions.ask(decision)

    async def ring(self, payload: str) -> None:
        """The bell, outside any other transaction. Raises Busy."""
        await self._rings.ask(payload)

    async def run(self, keep: Keep) -> None:
        """Answers until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(keep("claims", self._claims.run))
            group.create_task(keep("decisions", self._decisions.run))
            group.create_task(keep("rings", self._rings.run))


async def _claimed(connection: asyncpg.Connection, claims: Sequence[Claim]) -> list[list[StoredOriginal]]:
    return [
        [
            original_of(row)
            for row in await connection.fetch(CLAIM, one.at, one.until, one.most, OCTETS, record_class=Row)
        ]
        for one in claims
    ]


async def _decided(connection: asyncpg.Connection, decisions: Sequence[Decision]) -> list[Decided]:
    """Asked again after a lost answer it changes nothing."""
    originals = [one.original for one in decisions]
    rows = await connection.fetch(
        DECIDE,
        uuid_array({o.practice for o in originals}),
        [o.practice for o in originals],
        [o.id for o in originals],
        [o.state for o in originals],
        [one.state for one in decisions],
        [one.reason for one in decisions],
        [one.summary for one in decisions],
        [one.letter for one in decisions],
    )
    found = {row["ord"]: Decided(OriginalState(row["state"]), row["decided"]) for row in rows}
    return [found[place] for place in range(1, len(decisions) + 1)]


async def _rung(connection: asyncpg.Connection, payloads: Sequence[str]) -> list[None]:
    """Rung twice after a lost answer, which does no harm."""
    await connection.execute(RING, CHANNEL, list(set(payloads)))
    return [None for _ in payloads]


def original_of(row: Any) -> StoredOriginal:
    """A letter as kept; without `raw` where that was not asked for."""
    return StoredOriginal(
        practice=PracticeId(row.practice_id),
        id=OriginalId(row.id),
        conversation=None if row.conversation_id is None else ConversationId(row.conversation_id),
        person=None if row.person_id is None else PersonId(row.person_id),
        state=OriginalState(row.state),
        reason=row.reason,
        received_at=row.received_at,
        attempts=row.attempts,
        envelope=row.envelope,
        raw=getattr(row, "raw", b""),
        summary=row.summary,
    )


def _octets(decision: Decision) -> int:
    return len(decision.summary or b"")
