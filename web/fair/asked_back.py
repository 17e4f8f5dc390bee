"""Who asks for a way back: answered beside the request and one after the other, so that its time tells nothing.

Lost with the process: nothing was promised by then, and whoever gets no mail asks once more.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Final

from messaging.errors import Busy, TooFast
from messaging.ids import PersonId
from messaging.trust.pace import Paces, Rate, own_pace
from web.fair.guesses import Guesser, Guesses

log = logging.getLogger(__name__)

WAITING: Final = 1000
"""Each is some look-ups and a mail, and short: beyond that nobody is served any sooner by waiting."""
MAILS: Final = Rate(burst=3, per_second=10 / 86_400)
"""To one person: three at once, then ten a day. Whoever asks in their name fills no mailbox."""

Answer = Callable[[str, Callable[[PersonId], bool]], Awaitable[int]]


class AskedBack:
    """Those who asked at this node, at the pace of whoever guesses a password."""

    def __init__(self, paces: Paces = own_pace) -> None:
        self._guesses = Guesses(paces, of="asked back")
        self._mails = paces("mails to who asked back", MAILS)
        self._asked: asyncio.Queue[str] = asyncio.Queue(WAITING)  # bound: WAITING

    def ask(self, said: str, who: Guesser, now: float) -> None:
        """Somebody said this name or address. The same whether there is such a person or not. Raises TooFast, Busy."""
        self._guesses.guess(who, now)
        try:
            self._asked.put_nowait(said)
        except asyncio.QueueFull:
            raise Busy from None

    async def run(self, answer: Answer, mailed: asyncio.Event) -> None:
        """Answers until cancelled; `mailed` is set where a mail is owed."""
        while True:  # bound: until cancelled; each turn waits for somebody
            said = await self._asked.get()  # bound: until somebody asks
            try:
                if await answer(said, self._may_mail):
                    mailed.set()
            except Busy:
                log.warning("memory is away, somebody who asked for a way back asks again")

    def _may_mail(self, person: PersonId) -> bool:
        try:
            self._mails.take(person, time.monotonic())
        except TooFast:
            return False
        return True
