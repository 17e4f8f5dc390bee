"""The token that holds now, for everybody in this process: asked for when it is wanted, once at a time, and never shown."""

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from channels.email.access import Lack, NoToken
from messaging.faults import located
from web.oauth.exchange import Grant, ask
from web.oauth.kept import alone, read_consent, write_consent
from web.oauth.providers import Terms

log = logging.getLogger(__name__)

EARLY: Final = 60.0
"""Seconds before its end a token is not handed out any more; of a short one, the last half of its time."""
YOUNG: Final = 60.0
"""Seconds a token counts as new: a server that refuses such a one would refuse the next as well."""
PAUSES: Final = (1.0, 5.0, 15.0, 60.0)
"""Seconds until the provider is asked again, after one and more answers without a token that may pass by themselves."""
LONG: Final = 300.0
"""And after those that wait for somebody: providers lock out those who insist. Another consent is tried at once."""
WAIT: Final = 50.0
"""Seconds for somebody else of this process who asks at this moment: longer than all that they may take."""

Ask = Callable[[str, Mapping[str, str]], Grant]


@dataclass(frozen=True, slots=True)
class _Held:
    token: str = field(repr=False)
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class _Missed:
    lack: Lack
    again: float
    """When the provider is asked once more."""
    consent: str | None = field(repr=False)
    """With which it was asked."""
    times: int


class AccessTokens:
    """Tokens for the account, on these terms. Threads and coroutines may ask at once."""

    def __init__(self, terms: Terms, ask: Ask = ask, clock: Callable[[], float] = monotonic) -> None:
        self._terms, self._ask, self._clock = terms, ask, clock
        self._turn = threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="oauth")
        self._held: _Held | None = None
        self._missed: _Missed | None = None
        self._unkept: tuple[str | None, str] | None = None
        """A consent that could not be written to its file, and the one that stands there."""

    @property
    def lack(self) -> Lack | None:
        """Why there is no token, as far as is known; nobody is asked."""
        missed = self._missed
        return missed.lack if missed else None

    @property
    def writable(self) -> bool:
        """False once the provider gave another consent and it could not be kept: it ends with this process."""
        return self._unkept is None

    def token(self) -> str:
        """One that holds for a while. Blocking, for seconds at most. Raises NoToken."""
        fresh = self._fresh()
        if fresh is not None:
            return fresh
        if not self._turn.acquire(timeout=WAIT):
            raise NoToken(Lack.AWAY)
        try:
            got_meanwhile = self._fresh()
            return self._next() if got_meanwhile is None else got_meanwhile
        finally:
            self._turn.release()

    async def soon(self) -> str:
        """The same, from a thread of its own. Raises NoToken."""
        fresh = self._fresh()
        if fresh is not None:
            return fresh
        return await asyncio.get_running_loop().run_in_executor(self._thread, self.token)

    def refused(self, token: str) -> None:
        """A server did not take it. One that is not quite new is not handed out again."""
        held = self._held
        if held is not None and held.token == token and self._clock() - held.since >= YOUNG:
            self._held = None

    def close(self) -> None:
        """Nobody asks any more; a question under way ends by itself."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _fresh(self) -> str | None:
        held = self._held
        return held.token if held is not None and self._clock() < held.until else None

    def _next(self) -> str:
        self._held = None
        consent: str | None = None
        try:
            if self._terms.provider.by_itself:
                self._may_ask(None)
                grant = self._asked({"grant_type": "client_credentials"})
            else:
                consent = self._standing(read_consent(self._terms.consent))
                self._may_ask(consent)
                with alone(self._terms.consent) as kept:  # another process may have got another meanwhile
                    consent = self._standing(kept)
                    grant = self._renewed(kept, consent)
        except NoToken as fault:
            self._miss(fault.lack, consent)
            raise
        return self._take(grant)

    def _standing(self, kept: str | None) -> str | None:
        """The consent that counts: of those that could not be written the newest, unless somebody put another there."""
        if self._unkept is not None and self._unkept[0] == kept:
            return self._unkept[1]
        self._unkept = None
        return kept

    def _may_ask(self, consent: str | None) -> None:
        missed = self._missed
        if missed is not None and self._clock() < missed.again and missed.consent == consent:
            raise NoToken(missed.lack)

    def _renewed(self, kept: str | None, consent: str | None) -> Grant:
        if consent is None:
            raise NoToken(Lack.NO_CONSENT)
        grant = self._asked({"grant_type": "refresh_token", "refresh_token": consent})
        if grant.consent is not None and grant.consent != consent:
            # Before the token is used: the former consent may be spent.
            try:
                write_consent(self._terms.consent, grant.consent)
                self._unkept = None
            except OSError as fault:
                log.error("a new consent could not be kept", extra=located(fault))
                self._unkept = (kept, grant.consent)
        return grant

    def _asked(self, form: dict[str, str]) -> Grant:
        terms = self._terms
        form["client_id"] = terms.client
        if terms.secret is not None:
            form["client_secret"] = terms.secret
        if terms.provider.scope:
            form["scope"] = terms.provider.scope
        try:
            return self._ask(terms.provider.endpoint, form)
        except NoToken as fault:
            if terms.provider.by_itself and fault.lack is Lack.ENDED:  # there is no consent that could end
                raise NoToken(Lack.REGISTRATION) from None
            raise

    def _take(self, grant: Grant) -> str:
        if self._missed is not None:
            log.info("the provider gives tokens again")
        now = self._clock()
        self._missed = None
        self._held = _Held(grant.token, now, now + grant.seconds - min(EARLY, grant.seconds / 2))
        return grant.token

    def _miss(self, lack: Lack, consent: str | None) -> None:
        before, now = self._missed, self._clock()
        if before is not None and now < before.again and (before.lack, before.consent) == (lack, consent):
            return  # nobody was asked
        times = before.times + 1 if before is not None and before.lack is lack else 1
        if before is None or before.lack is not lack:
            log.warning("no token", extra={"lack": lack.value})
        # What is about the file is looked at each time: that costs nobody anything.
        asked = lack not in (Lack.NO_CONSENT, Lack.UNREADABLE)
        pause = PAUSES[min(times, len(PAUSES)) - 1] if lack.passes else LONG if asked else 0.0
        self._missed = _Missed(lack, now + pause, consent, times)
