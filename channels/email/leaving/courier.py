"""The courier: carries owed mail to the relay, and keeps the truth about each.

    claim > MAIL, RCPT > committed as `sending` > DATA > sent | again later | failed | in doubt

Only an answer about the letter in hand is kept about it (`answers`). While the relay is away nothing is claimed (`reach`).
Nothing of a mail's words or addresses is logged, nor what the relay says about them.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final

from channels.email.leaving.reach import Reach
from channels.email.leaving.relaying import Broken, Refused, RelayConnection, Unanswered, Unopened, Unreached
from channels.email.terms import Relay
from messaging.errors import Busy
from messaging.leaving.delivering import (
    Consignment,
    begin,
    begun,
    claim,
    give_back,
    put_back,
    settle,
    try_again,
)
from messaging.leaving.pacing import DomainPace, domain_of
from messaging.memory.leaving import MailState
from messaging.office import FrozenMail, Office

log = logging.getLogger(__name__)

PATIENCE: Final = (0.5, 1.0, 2.0, 4.0, 8.0, *[15.0] * 50)
"""Seconds between tries to note what the relay said, nearly as long as the mail is in our hands (`delivering.LEASE`). What
cannot be noted is in doubt later."""
LAST_MAIL: Final = 15.0
"""Seconds a mail in hand may still take when we are asked to stop: broken off, a letter would be in doubt."""


class Bag:
    """Claimed mail, for the couriers of a process to take from: claiming many at a time costs as much as claiming one.

    Here stands how fast each domain takes mail, for it is about all couriers together.
    """

    def __init__(self, office: Office, size: int = 1, monotonic: Callable[[], float] = monotonic) -> None:
        self._office = office
        self._size = size
        self._held: deque[Consignment] = deque()  # bound: `size` mails
        self._filling = asyncio.Lock()
        self._monotonic = monotonic
        self.pace = DomainPace()

    async def take(self) -> Consignment | None:
        """The next mail that is due; None when there is none. Raises Busy when the database is away.

        What lay here until others may claim it is left to them: a relay can take minutes for each. What its domain is not
        ready for steps back.
        """
        async with self._filling:
            while True:  # bound: the mail that is due; each turn gives out one, or puts one off
                now = self._office.clock()
                while self._held and self._held[0].due.until <= now:
                    self._held.popleft()
                if not self._held:
                    claimed = await claim(self._office, self._size)  # first: the bag may be emptied meanwhile
                    self._held.extend(claimed)
                if not self._held:
                    return None
                one = self._held.popleft()
                wait = self.pace.begin(domain_of(one.mail.recipient), self._monotonic()) if one.mail else 0.0
                if not wait:
                    return one
                await give_back(self._office, [one], after=wait)

    def ended(self, one: Consignment, *, slow: bool, taken: bool) -> None:
        """A mail that was taken from here is out of hand."""
        if one.mail is not None:
            self.pace.ended(domain_of(one.mail.recipient), self._monotonic(), slow=slow, taken=taken)

    async def empty(self) -> None:
        """Gives back what nobody has begun, so that it need not wait for its claim to run out."""
        left = list(self._held)
        self._held.clear()
        with contextlib.suppress(Busy):  # then it waits for that after all
            await give_back(self._office, left)


class Courier:
    """One of several; each has a connection of its own and one mail in hand."""

    def __init__(
        self, office: Office, relay: Relay, bag: Bag | None = None, reach: Reach | None = None
    ) -> None:
        self._office = office
        self._bag = bag or Bag(office)
        self._reach = reach or Reach()
        self._connection = RelayConnection(relay)
        self._reach.watch(self._connection)
        self._slow = self._taken = self._unopened = False
        """What became of the mail in hand."""

    async def send_due(self) -> int:
        """Sends one mail that is due; 0 when there is none, or no relay. Raises Busy when the database is away."""
        if not self._reach.may_try(self):
            return 0
        try:
            one = await self._bag.take()
            if one is None:
                await self._connection.close()
                return 0
            await self._to_the_end(one)
        finally:
            self._reach.tried(self)
        return await self._or_empty()

    async def close(self) -> None:
        """Gives the connection back."""
        await self._connection.close()

    async def _or_empty(self) -> int:
        """While the relay is away from here, other nodes may have what we claimed. Without a connection nothing is done."""
        if self._reach.away:
            await self._bag.empty()
        return 0 if self._reach.away or self._unopened else 1

    async def _to_the_end(self, one: Consignment) -> None:
        self._slow = self._taken = self._unopened = False
        carrying = asyncio.ensure_future(self._carry(one))
        try:
            await asyncio.shield(carrying)
        except asyncio.CancelledError:
            await asyncio.wait([carrying], timeout=LAST_MAIL)
            carrying.cancel()
            # A cancellation can be lost on its way (`running`): then the letter is in doubt, and we stop all the same.
            await asyncio.wait([carrying], timeout=LAST_MAIL)
            raise
        finally:
            self._connection.leave()
            self._bag.ended(one, slow=self._slow, taken=self._taken)

    async def _carry(self, one: Consignment) -> None:
        if one.mail is None:
            await settle(self._office, one, MailState.STOPPED, None)
            return
        try:
            await self._connection.address(one.mail)
        except Refused as answer:
            await self._refused(one, answer)
        except Unreached as fault:
            await self._away(one, fault)
        else:
            wanted = begun(self._office, one)
            if await self._begin(one, wanted):
                await self._hand_over(wanted, one.mail)

    async def _begin(self, one: Consignment, wanted: Consignment) -> bool:
        try:
            if await begin(self._office, one, wanted):
                return True
        except Busy:  # it may stand as begun: then it would be in doubt, and it was not sent
            self._connection.leave()
            await self._noted(lambda: put_back(self._office, wanted))
            await self._noted(lambda: put_back(self._office, one))
            raise
        self._reach.answered(one.stored.id)
        await give_back(self._office, [one])
        return False

    async def _hand_over(self, one: Consignment, mail: FrozenMail) -> None:
        try:
            await self._connection.deliver(mail)
        except Refused as answer:
            await self._refused(one, answer)
        except Unreached as fault:
            await self._away(one, fault)
        except Unanswered:
            await self._unanswered(one, mail)
        else:
            self._taken = True
            self._reach.answered(one.stored.id)
            await self._noted(lambda: settle(self._office, one, MailState.SENT, 250))

    async def _refused(self, one: Consignment, answer: Refused) -> None:
        log.info(
            "mail refused", extra={"mail": str(one.stored.id), "code": answer.code, "about": answer.about}
        )
        self._slow = answer.slow
        self._reach.answered(one.stored.id)
        if answer.final:
            await self._noted(lambda: settle(self._office, one, MailState.FAILED, answer.code))
        else:
            await self._noted(lambda: try_again(self._office, one, answer.code))

    async def _away(self, one: Consignment, fault: Unreached) -> None:
        """No answer about this letter: it is owed as before, and the relay is looked for."""
        log.warning("the relay is away", extra={"code": fault.code, "broke": isinstance(fault, Broken)})
        self._unopened, after = isinstance(fault, Unopened), 0.0
        match fault:
            case Unopened():
                self._reach.unopened()
            case Broken():
                after = self._reach.broke(one.stored.id)
            case _:
                self._reach.lost()
        await self._noted(lambda: put_back(self._office, one, after))

    async def _unanswered(self, one: Consignment, mail: FrozenMail) -> None:
        log.warning("no answer to the final dot", extra={"mail": str(one.stored.id)})
        self._reach.broke(one.stored.id)
        if mail.whole:
            await self._noted(lambda: settle(self._office, one, MailState.IN_DOUBT, None))
        else:  # a second notice with the same Message-ID harms nobody
            await self._noted(lambda: try_again(self._office, one, None))

    async def _noted(self, note: Callable[[], Awaitable[object]]) -> None:
        """Keeps what became of a mail, also when the database is away for a while."""
        for pause in PATIENCE:
            try:
                await note()
            except Busy:
                await asyncio.sleep(pause)
            else:
                return
        await note()
