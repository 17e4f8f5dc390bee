"""The reader: turns kept originals into letters, events or held letters. Every one ends in a state that is counted.

claim > open > read (a process apart) > judge the sender > the table of decisions > delivered | event | held | ...
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic
from typing import Final, assert_never
from uuid import UUID

from channels.email.mime.automatic import Automatic
from channels.email.reading import general
from channels.email.reading.as_read import as_reading
from channels.email.reading.unsealing import Keys, Unsealed, unsealed
from channels.email.reading.whose import sender_of
from channels.email.senders.admitting import Outcome, Reason, Token, decide
from channels.email.senders.authenticity import Dmarc, How, Verdict
from channels.email.senders.replays import Taken
from channels.email.terms import MailIn
from channels.email.workers.judge_worker import Judge
from channels.email.workers.parse_worker import Read, Told
from channels.email.workers.reading_room import ReadersAway, ReadingRoom, Unread
from messaging.arriving import originals
from messaging.arriving.arrival import Arrival, Reading
from messaging.arriving.before import Before
from messaging.arriving.receiving import (
    Again,
    Standing,
    came_before,
    deliver,
    note_automatic,
    note_bounce,
    standing,
)
from messaging.arriving.screening import ANOTHERS
from messaging.errors import Busy
from messaging.faults import located
from messaging.ids import MailId
from messaging.leaving.delivering import owed_mail_named
from messaging.leaving.keys import is_copy, key_of, offer_key, practice_secret
from messaging.memory.arriving import OriginalState, StoredOriginal
from messaging.office import Office
from messaging.trust.encryption import CannotOpen
from messaging.trust.noted import Door, coming_by
from messaging.trust.pace import Pace, Rate

log = logging.getLogger(__name__)

LEASE: Final = 60.0
"""Seconds a reader may hold its originals: longer than the slowest letter takes, and all that a crash delays one. Where
slow ones come together the later ones may be read twice, which does no harm."""
AT_ONCE: Final = 64
"""Letters claimed together, the first of each conversation before the second of any; fewer where they are large."""
OFFERS: Final = Rate(burst=5, per_second=1 / 60)
"""Keys that come along with one person's letters and are looked at."""
TRIES: Final = 3
OURS: Final = 5.0
"""Seconds until a letter comes again that was held up by trouble of ours. That counts no try."""
POISON: Final = 10
"""Claims after which a letter is not read any more: it may be what ends this process each time."""
UNCHECKED: Final = Verdict(Dmarc.TEMPERROR, aligned=False, how=How.NOTHING, from_address=None)


@dataclass(frozen=True, slots=True)
class Looked:
    """A letter that was looked at: what it says, and who sent it."""

    arrival: Arrival
    at: Standing | None
    letter: Unsealed
    verdict: Verdict


class Reader:
    """Reads what is due. Several may run, on one node or many."""

    def __init__(self, office: Office, terms: MailIn, room: ReadingRoom) -> None:
        self._office = office
        self._terms = terms
        self._room = room
        self._offers = Pace(OFFERS)

    async def read_due(self) -> int:
        """Reads some of the letters that are due; how many. Raises Busy when the database is away.

        Where nothing can be read none is claimed, so that they are all due when something can.
        """
        if not await self._room.ready():
            log.warning("letters wait, nothing can be read")
            return 0
        due = await originals.claim(self._office, LEASE, AT_ONCE)
        lanes: dict[UUID, list[StoredOriginal]] = {}
        for original in due:
            lanes.setdefault(original.conversation or original.id, []).append(original)
        with coming_by(Door.MAIL):
            async with asyncio.TaskGroup() as group:
                for lane in lanes.values():
                    group.create_task(self._in_order(lane))
        return len(due)

    async def _in_order(self, lane: list[StoredOriginal]) -> None:
        """Letters of one conversation: read side by side, decided one after the other as they came.

        One that must be tried again keeps its place, and those behind it wait: an answer must not stand above what it
        answers. It cannot hold them up for long, for after TRIES or POISON it is held, with its original to look at.
        """
        # One look at the conversation for all of them: what changes meanwhile is judged again where an entry is written.
        office, people = self._office, {one.person: one for one in lane}
        places = {who: asyncio.ensure_future(standing(office, one)) for who, one in people.items()}
        reading = [asyncio.ensure_future(self._look(one, places[one.person])) for one in lane]
        try:
            for original, looked in zip(lane, reading, strict=True):
                if not await self._settle(original, looked):
                    return
        finally:
            for task in (*reading, *places.values()):
                task.cancel()
            await asyncio.gather(*reading, *places.values(), return_exceptions=True)

    async def _settle(self, original: StoredOriginal, looked: "Awaitable[Looked | None]") -> bool:
        """Whatever happens, it is decided, or comes again: False."""
        try:
            await self._conclude(original, await looked)
        except (Busy, ReadersAway, OSError, MemoryError) as fault:
            facts = {"original": str(original.id), **located(fault)}
            log.warning("letter waits for trouble of ours", extra=facts)
            await self._later(original, OURS, counts=False)
            return False
        # A letter that trips a fault of ours must neither be lost nor stop the others.
        except Exception as fault:
            log.error("letter not read", extra={"original": str(original.id), **located(fault)})
            if original.attempts >= TRIES:
                with contextlib.suppress(Busy):
                    await originals.hold(self._office, original, "unreadable", None)
                    return True
        else:
            return True
        await self._later(original, 5.0 * original.attempts, counts=True)
        return False

    async def _later(self, original: StoredOriginal, after: float, *, counts: bool) -> None:
        with contextlib.suppress(Busy):  # then its lease brings it back
            await originals.read_later(self._office, original, after, counts=counts)

    async def read(self, original: StoredOriginal) -> OriginalState:
        """Reads and decides about one letter. Raises Unread, ReadersAway, Busy."""
        return await self._conclude(original, await self._look(original, standing(self._office, original)))

    async def _look(self, original: StoredOriginal, place: Awaitable[Standing | None]) -> "Looked | None":
        """None when its conversation was erased since it arrived, or it must not be read any more."""
        try:
            at = await place
            if original.attempts > POISON:
                return None
            arrival, raw = await originals.open_original(self._office, original)
        except CannotOpen:
            return None
        before = at.before if at else Before()
        report = arrival.bounce_of is not None
        told = await self._room.read(
            Read(raw, before.ours, report=report, earlier=before.theirs, us=before.us)
        )
        letter = await self.opened(at, told, before)
        if report or original.person is None:
            return Looked(arrival, at, letter, UNCHECKED)
        taken = Taken(self._spellings(at, arrival), arrival.taken_at or original.received_at, arrival.key)
        return Looked(arrival, at, letter, await self._verdict(arrival, raw, taken))

    async def _conclude(self, original: StoredOriginal, looked: "Looked | None") -> OriginalState:
        office = self._office
        if original.attempts > POISON:
            return await originals.hold(office, original, "unreadable", None)
        if looked is None:
            return await originals.decide(office, original, OriginalState.REFUSED, "erased")
        arrival, at, told = looked.arrival, looked.at, looked.letter.told
        reading = as_reading(told, arrival.recipient, looked.letter)
        if at is not None and told.quotes is not None:
            reading = replace(reading, quotes=at.before.named[told.quotes])
        if arrival.bounce_of is not None:
            return await self._report(original, arrival.bounce_of, told, reading)
        if at is None:
            came = general.Came(original, arrival, told, looked.verdict)
            return await general.settle(office, self._terms, came, reading)
        if looked.letter.opened and await self._is_anothers(at, looked.letter):
            return await originals.hold(office, original, ANOTHERS, reading)
        return await self._decided(original, at, told, reading, looked.verdict)

    async def _is_anothers(self, at: Standing, letter: Unsealed) -> bool:
        """Nobody may have a letter opened here that somebody else locked."""
        return letter.is_anothers or at.client is None or await is_copy(self._office, at.client, letter.mark)

    async def opened(self, at: Standing | None, told: Told, before: Before) -> Unsealed:
        """With the practice's key and the client's; who writes to nobody has neither. Raises Unread."""
        if at is None or at.client is None or told.locked is None:
            return Unsealed(told)
        theirs = await key_of(self._office, at.client.practice, at.client.id)
        certificate = theirs.key.certificate if theirs else b""
        keys = Keys(partial(practice_secret, self._office, at.practice), certificate)
        try:
            return await unsealed(self._room, told, before, keys)
        except Unread:  # it would have unfolded beyond every limit: held like any other that stays locked
            return Unsealed(told)

    def _spellings(self, at: Standing | None, arrival: Arrival) -> tuple[str, ...]:
        """The address it came to as the client may have written it: a border server may hand it on to a host of its own."""
        local = arrival.recipient.rpartition("@")[0]
        hosts = (at.practice.mail_domain if at else None, self._terms.domain)
        return (arrival.recipient, *(f"{local}@{host}" for host in dict.fromkeys(hosts) if host))

    async def _verdict(self, arrival: Arrival, raw: bytes, taken: Taken) -> Verdict:
        question = Judge(
            raw=raw,
            taken=taken,
            client_ip=arrival.peer,
            helo=arrival.helo,
            mail_from=arrival.mail_from,
            authserv_id=self._terms.authserv_id,
            trusted=arrival.at_border,
            dns=self._terms.dns,
            sealers=self._terms.arc_sealers,
        )
        try:
            return await self._room.judge(question)
        except Unread:
            return UNCHECKED

    async def _decided(
        self, original: StoredOriginal, at: Standing, told: Told, reading: Reading, verdict: Verdict
    ) -> OriginalState:
        office = self._office
        decision = decide(Token.VALID, sender_of(told, at, self._terms), verdict)
        match decision.outcome:
            case Outcome.REFUSE:
                return await originals.decide(office, original, OriginalState.REFUSED, "own_address")
            case Outcome.HOLD:
                reason = decision.reason.value if decision.reason else "unverified"
                if at.client is None:  # everybody is a stranger at the address of one who has left
                    reason = "no_member"
                return await originals.hold(office, original, reason, reading)
            case Outcome.DELIVER | Outcome.DELIVER_WEAK:
                again = await came_before(office, original, reading) if verdict.copyable else None
                if again is not None:
                    return await self._sent_again(original, again, reading)
                weak = decision.outcome is Outcome.DELIVER_WEAK
                return await self._admitted(original, at, told, reading, weak=weak)
            case _:
                assert_never(decision.outcome)

    async def _sent_again(self, original: StoredOriginal, again: Again, reading: Reading) -> OriginalState:
        """A letter whose signed words stand in the conversation already: the same once more, or made to read otherwise."""
        if again is Again.ALIKE:
            return await originals.decide(self._office, original, OriginalState.DUPLICATE)
        return await originals.hold(self._office, original, Reason.SENT_AGAIN.value, reading)

    async def _admitted(
        self, original: StoredOriginal, at: Standing, told: Told, reading: Reading, *, weak: bool
    ) -> OriginalState:
        office, kind = self._office, told.letter.automatic
        # No mailing list knows a reply address: their provider put a list's fields on what the client answers us.
        written = kind is Automatic.HUMAN or (kind is Automatic.LIST and bool(reading.answers))
        if not written:
            return await note_automatic(office, original, reading, kind.value, with_words=True)
        if told.letter.unreadable is not None:
            return await originals.hold(office, original, "encrypted", reading)
        state = await deliver(office, original, at, reading, weak=weak)
        if not weak:
            await self._offer_key(at, told)
        return state

    async def _offer_key(self, at: Standing, told: Told) -> None:
        """A key that came along with a letter beyond doubt: its owner is asked whether to use it, on their own page."""
        if at.client is not None and told.key_along:
            with contextlib.suppress(Busy):  # it comes along again with the next letter
                self._offers.take(at.client.id, monotonic())
                await offer_key(self._office, at.client, told.key_along)

    async def _report(
        self, original: StoredOriginal, mail: MailId, told: Told, reading: Reading
    ) -> OriginalState:
        """What came to the bounce address of one of our mails: nobody else can know that address."""
        office = self._office
        owed = await owed_mail_named(office, mail)
        if owed is None:
            return await originals.decide(office, original, OriginalState.REFUSED, "erased")
        if told.report is not None:
            if told.report.still_trying:
                return await originals.decide(office, original, OriginalState.EVENT, "still_trying")
            return await note_bounce(office, original, owed, told.report.cause.sentence)
        if told.letter.automatic is Automatic.REPORT:  # of success, or of nothing we know
            return await originals.decide(office, original, OriginalState.EVENT, "report")
        if told.letter.automatic is Automatic.HUMAN:
            return await originals.hold(office, original, "bounce_address", reading)
        kind = told.letter.automatic.value
        return await note_automatic(office, original, reading, kind, with_words=False)
