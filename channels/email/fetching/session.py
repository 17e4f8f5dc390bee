"""One session at a mailbox: what is behind the position is kept, letter by letter, or left and flagged.

head > whose is it? > the letter > kept, remembered and passed in one commit > \\Seen
"""

import hashlib
import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from imapclient.exceptions import IMAPClientAbortError, IMAPClientError

from channels.email.arriving.reception import NOT_OURS, Reception, Recipient
from channels.email.fetching.condition import Condition, Outcome
from channels.email.fetching.connection import Head
from channels.email.fetching.hands import Hands
from channels.email.fetching.named import envelope_sender, named
from channels.email.mime.parsing import Refusal, envelope_check
from messaging.arriving.arrival import Arrival, Destination
from messaging.arriving.originals import sealed
from messaging.errors import Busy
from messaging.faults import located
from messaging.memory.arriving import Fetched, Turn
from messaging.office import Office

log = logging.getLogger(__name__)

BATCH: Final = 20
"""Letters whose heads are asked for at once."""
AGAIN: Final = 50
"""Numbers before the position whose unseen letters are looked at once more: we may have died before we marked them."""
VANISHED: Final = 8
"""Times in a row, minutes all together, that the server may vanish at one letter before it is left."""
TRIES: Final = 3
"""Sessions a letter may end before it is left."""


Placed = tuple[Recipient, Destination]
"""An address that may be written to, and where it leads."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a session works with. `tries` outlives it; there is one for a letter that may come again."""

    office: Office
    reception: Reception
    condition: Condition
    tries: Counter[tuple[int, int]]
    gone: Counter[tuple[int, int]] = field(default_factory=Counter)  # bound: as `tries`
    """Letters during which the server vanished, and how often in a row."""


class Session:
    """One connection's work while the turn lasts."""

    def __init__(self, desk: Desk, turn: Turn, hands: Hands, at: Fetched) -> None:
        self._desk, self._turn, self._hands, self._at = desk, turn, hands, at
        self._seen: list[int] = []  # bound: BATCH, or AGAIN
        self._left: list[int] = []  # bound: BATCH, or AGAIN

    async def take_some(self) -> int:
        """Takes some of what is new; how many. Raises OSError, IMAPClientError, NoRoom, Busy."""
        connection = self._hands.connection
        new = (await self._hands(connection.after, self._at.uid))[:BATCH]
        await self._take(new)
        if new and self._at.uid < new[-1]:  # the last ones were left, or are gone
            self._at = Fetched(self._at.validity, new[-1])
            await self._turn.move(self._at, None, [])
        return len(new)

    async def mark_again(self) -> None:
        """Looks again at the last ones that are unseen: those that were kept are marked, others are taken after all."""
        last = self._at.uid
        if last:
            first = max(1, last - AGAIN)
            await self._take(await self._hands(self._hands.connection.unseen, first, last))

    async def _take(self, uids: list[int]) -> None:
        if not uids:
            return
        # A letter at which the server vanished stands alone, so that it is known which of them it was.
        suspected = any(self._vanished(uid) for uid in uids)
        for some in [[uid] for uid in uids] if suspected else [uids]:
            await self._take_together(some)
        await self._mark()

    async def _take_together(self, uids: list[int]) -> None:
        if len(uids) == 1 and self._vanished(uids[0]) >= VANISHED:
            log.error("the server vanishes at a letter each time", extra={"uid": uids[0]})
            self._note(uids[0], Outcome.UNFETCHED)
            return
        with self._watched(uids):
            heads = await self._hands(self._hands.connection.heads, uids)
        for uid in await self._still_there(uids, heads):
            self._note(uid, await self._tried(uid, heads.get(uid)))

    def _note(self, uid: int, outcome: Outcome) -> None:
        self._desk.gone.pop((self._at.validity, uid), None)
        self._desk.condition.letters[outcome] += 1
        (self._seen if outcome in (Outcome.KEPT, Outcome.KNOWN) else self._left).append(uid)

    def _vanished(self, uid: int) -> int:
        return self._desk.gone[(self._at.validity, uid)]

    @contextmanager
    def _watched(self, uids: list[int]) -> Iterator[None]:
        """A server that vanishes once is away; one that vanishes at the same letter each time is brought down by it."""
        try:
            yield
        except (OSError, IMAPClientAbortError):
            self._desk.gone.update((self._at.validity, uid) for uid in uids)
            self._forget_tries()
            raise

    async def _still_there(self, uids: list[int], heads: dict[int, Head]) -> list[int]:
        """Without those that somebody deleted meanwhile. A silence alone is no proof: the position passes what is not
        here, for ever, so the server is asked."""
        silent = [uid for uid in uids if uid not in heads]
        there = await self._hands(self._hands.connection.there, silent) if silent else set()
        return [uid for uid in uids if uid in heads or uid in there]

    async def _mark(self) -> None:
        """After the commits."""
        connection = self._hands.connection
        if self._seen:
            await self._hands(connection.seen, self._seen)
        if self._left:
            await self._hands(connection.leave, self._left)
        self._seen, self._left = [], []

    async def _tried(self, uid: int, head: Head | None) -> Outcome:
        """What became of it. A letter that ends session after session must not keep all others from coming in."""
        try:
            return await self._taken(uid, head)
        except (OSError, IMAPClientAbortError, Busy):  # not this letter's fault
            raise
        except Exception as fault:  # whatever it was: offered again, and after some tries left where it is
            tried = (self._at.validity, uid)
            self._desk.tries[tried] += 1
            self._forget_tries()
            if self._desk.tries[tried] < TRIES:
                raise
            log.error("a letter stays unfetched", extra={"uid": uid, **located(fault)})
            return Outcome.UNFETCHED

    def _forget_tries(self) -> None:
        """Of letters that are not looked at once more."""
        at = self._at
        for counted in (self._desk.tries, self._desk.gone):
            for validity, uid in list(counted):
                if validity != at.validity or uid < at.uid - AGAIN:
                    del counted[validity, uid]

    async def _taken(self, uid: int, head: Head | None) -> Outcome:
        if head is None:
            raise IMAPClientError("the head of a letter was not given")
        recipients = await self._recipients(head)
        if isinstance(recipients, Outcome):
            return recipients
        limit = self._desk.reception.terms.size_limit
        if head.size > limit:
            return Outcome.TOO_BIG
        with self._watched([uid]):
            raw = await self._hands(self._hands.connection.letter, uid, limit)
        if raw is None:
            return Outcome.TOO_BIG
        if envelope_check(raw) is not None:
            return Outcome.REFUSED
        placed = await self._placed(head, recipients, raw)
        return placed if isinstance(placed, Outcome) else await self._kept(uid, head, placed, raw)

    async def _recipients(self, head: Head) -> list[Recipient] | Outcome:
        writer = envelope_sender(head.fields)
        of, report = self._desk.reception.of, writer == ""
        everybodys: list[Recipient] = []
        for addresses in named(head.fields):
            answers = [await of(one, report=report, writer=writer or "") for one in addresses]
            found = [one for one in answers if isinstance(one, Recipient)]
            # Providers write the account's own address above what the writer wrote: a tag below it says more.
            everybodys = everybodys or found[:1]
            told = [one for one in found if one.destination is not None]
            if told:
                return told
            if any(isinstance(one, Refusal) and one not in NOT_OURS for one in answers):
                return Outcome.REFUSED
        return everybodys or Outcome.NOBODY

    async def _placed(self, head: Head, recipients: list[Recipient], raw: bytes) -> "list[Placed] | Outcome":
        """Each with where it leads; what its address does not tell, the letter does."""
        placed, writer, outcome = list[Placed](), envelope_sender(head.fields), Outcome.NOBODY
        for one in recipients:
            found = await self._desk.reception.placed(one, writer, raw)
            if isinstance(found, Recipient) and found.destination is not None:
                placed.append((found, found.destination))
            elif found not in NOT_OURS:
                outcome = Outcome.REFUSED
        return placed or outcome

    async def _kept(self, uid: int, head: Head, recipients: "list[Placed]", raw: bytes) -> Outcome:
        office = self._desk.office
        # Of all octets: whoever could choose two letters with one key could silence the second.
        key = office.installation.lookup("fetched", hashlib.sha256(raw).hexdigest())
        if await self._turn.kept(key):
            return Outcome.KNOWN
        terms = self._desk.reception.terms
        originals = [
            await sealed(
                office,
                to,
                Arrival(
                    recipient=one.address,
                    mail_from=envelope_sender(head.fields) or "",
                    helo="",
                    peer=None,
                    # The provider's own word, if it is the border the operator named; without one we check ourselves.
                    at_border=terms.authserv_id is not None,
                    bounce_of=one.bounce_of,
                    taken_at=head.taken,
                    key=one.key,
                ),
                raw,
            )
            for one, to in recipients
        ]
        if self._left:  # flagged before the position passes them, or a crash would leave them without
            await self._mark()
        self._at = Fetched(self._at.validity, max(self._at.uid, uid))
        await self._turn.move(self._at, key, originals)
        return Outcome.KEPT
