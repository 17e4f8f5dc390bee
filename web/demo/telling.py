"""Telling: the history becomes a record by the acts everyone uses, with an office whose clock stands in the past."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import assert_never
from uuid import UUID
from zoneinfo import ZoneInfo

from channels.email.addresses import ReplyAddress
from channels.email.leaving.courier import Courier
from channels.email.reading.reader import Reader
from channels.email.terms import Relay
from channels.email.workers.photo_desk import PhotoDesk
from channels.email.workers.reading_room import ReadingRoom
from messaging.arriving.arrival import Arrival, Destination
from messaging.arriving.originals import keep, original_named
from messaging.ids import ConversationId, OriginalId
from messaging.leaving.owing import reply_token
from messaging.letters.uploads import Coming, take
from messaging.letters.writing import Letter as NewLetter
from messaging.letters.writing import write_letter
from messaging.messages import Entry
from messaging.notes.note import Written as WrittenNote
from messaging.notes.process import write_own
from messaging.notes.progress import write_note
from messaging.office import Office
from messaging.people import Person, Practice
from messaging.record.posting import say
from messaging.record.reading import enter, entries_before, mark_read
from messaging.sessions.booking import book
from messaging.sessions.finding import sessions_of
from messaging.sessions.holding import end_session, open_session
from messaging.trust.access import Deed, Pass
from web.demo.history import BOOKINGS
from web.demo.mailroom import Mailroom
from web.demo.mails import Answered, Written, answering_subject, compose, vouched
from web.demo.people import MAIL_DOMAIN
from web.demo.scenes import Booking, Letter, Noting, Scene, Stranger, Talk, opening_hour
from web.mail import mail_in
from web.settings import MailSettings

PEER = "127.0.0.1"
TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the story plays: who is in it, whose conversation is which, and when it ends."""

    office: Office
    practice: Practice
    people: Mapping[str, Person] = field(repr=False)
    files: Mapping[str, ConversationId]
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        """The practice's."""
        return ZoneInfo(self.practice.time_zone)

    def at(self, days: int, clock: str) -> datetime:
        """A moment `days` ago (to come, if negative) by the practice's clocks; without `clock` at Linden's hour."""
        linden = opening_hour(self.now).astimezone(self.zone)
        if clock:
            day = self.now.astimezone(self.zone).date() - timedelta(days=days)
            return datetime.combine(day, time.fromisoformat(clock), self.zone)
        return datetime.combine(linden.date() - timedelta(days=days), linden.time(), self.zone)

    def then(self, at: datetime) -> "Stage":
        """The same with an office at that moment."""
        return replace(self, office=replace(self.office, clock=lambda: at))


@dataclass(frozen=True, slots=True)
class Post:
    """How the clients' mails arrive: through the real reader, judged by its own rules."""

    settings: MailSettings
    reading: ReadingRoom
    mailroom: Mailroom
    carrier: "Carrier"


class Carrier:
    """The courier of the past: what is owed goes at once, a receipt before the answer, a notice when it was written."""

    def __init__(self, office: Office, relay: Relay) -> None:
        self._now = office.clock()
        self._courier = Courier(replace(office, clock=lambda: self._now), relay)

    async def carry(self, now: datetime) -> None:
        """Whatever is owed by then."""
        self._now = now
        while await self._courier.send_due():  # bound: what is owed; each turn sends one
            pass

    async def close(self) -> None:
        """Gives the connection back."""
        await self._courier.close()


Step = tuple[datetime, Callable[[Stage], Awaitable[None]]]


async def tell(stage: Stage, story: tuple[Scene, ...], post: Post) -> None:
    """Everything that has happened, strictly in the order of its times; then what is booked."""
    steps = sorted((step for scene in story for step in _steps(stage, scene, post)), key=lambda step: step[0])
    before = datetime.min.replace(tzinfo=stage.zone)
    for at, act in steps:
        before = max(at, before + TICK)
        await act(stage.then(before))
    # As the last of the past: what is booked now would stand before Linden's words of some minutes ago.
    for booking in BOOKINGS:
        before += TICK
        await _book(stage.then(before), booking)


def _steps(stage: Stage, scene: Scene, post: Post) -> list[Step]:
    match scene:
        case Letter():
            at = stage.at(scene.days, scene.at)
            return [(at, lambda then: _letter(then, scene, post))]
        case Talk():
            return _talk(stage, scene)
        case Stranger():
            return [(stage.at(scene.days, scene.at), lambda then: _stranger(then, scene, post))]
        case Noting():
            at = stage.at(scene.days, scene.at) + timedelta(minutes=scene.minutes)
            return [(at, lambda then: _note(then, scene))]
        case _:
            assert_never(scene)


# ---------------------------------------------------------------- letters


async def _letter(stage: Stage, letter: Letter, post: Post) -> None:
    """By the web, or from their own mailbox; by somebody who has read the others."""
    if letter.mailed:
        await _mail(stage, letter, post)
    else:
        held, circle = await enter(
            stage.office, stage.people[letter.who], stage.files[letter.file], Deed.WRITE
        )
        answered = await _latest_of_others(stage, letter)
        new = NewLetter(
            stage.office.new_id(),
            letter.text,
            answers=answered.number if answered is not None else None,
            files=await _brought(stage, held, letter, post),
        )
        await write_letter(stage.office, held, circle, new)
    await read_all(stage, letter.file, letter.who)
    await post.carrier.carry(stage.office.clock())


async def _brought(stage: Stage, held: Pass, letter: Letter, post: Post) -> tuple[UUID, ...]:
    """The file that goes with it, taken as any is that is uploaded."""
    if letter.brings is None:
        return ()
    content = letter.brings.text.encode()

    async def octets() -> AsyncIterator[bytes]:
        yield content

    coming = Coming(letter.brings.name, "text/plain", len(content))
    return ((await take(stage.office, held, coming, octets(), PhotoDesk(post.reading))).id,)


async def _mail(stage: Stage, letter: Letter, post: Post) -> None:
    writer, answered = stage.people[letter.who], await _latest_of_others(stage, letter)
    address = await reply_address(stage, letter.file, letter.who, post.settings)
    raw = compose(
        Written(
            name=writer.name,
            address=writer.email or "",
            to=address,
            subject=answering_subject("You have a new message"),
            text=letter.text,
            at=stage.office.clock(),
            message_id=f"{stage.office.new_id()}@{MAIL_DOMAIN}",
            answered=_quoted(stage, answered) if answered is not None else None,
        ),
        stage.zone,
    )
    await _arrive(stage, letter.file, letter.who, address, vouched(raw), post)
    post.mailroom.put(writer.email or "", raw, mine=True)


async def _stranger(stage: Stage, stranger: Stranger, post: Post) -> None:
    """Nobody vouches for it, and it is from another address: the screener's."""
    address = await reply_address(stage, stranger.file, stranger.client, post.settings)
    raw = compose(
        Written(
            name="",
            address=stranger.address,
            to=address,
            subject=stranger.subject,
            text=stranger.text,
            at=stage.office.clock(),
            message_id=f"{stage.office.new_id()}@{stranger.address.partition('@')[2]}",
        ),
        stage.zone,
    )
    await _arrive(stage, stranger.file, stranger.client, address, raw, post)


async def _arrive(stage: Stage, file: str, client: str, address: str, raw: bytes, post: Post) -> None:
    """What the listener does, then what the reader does."""
    office, practice = stage.office, stage.practice.id
    destination = Destination(practice, stage.files[file], stage.people[client].id)
    arrival = Arrival(address, f"{client}@{MAIL_DOMAIN}", MAIL_DOMAIN, PEER, at_border=True)
    kept: OriginalId = await keep(office, destination, arrival, raw)
    original = await original_named(office, practice, kept)
    if original is not None:
        await Reader(office, mail_in(post.settings), post.reading).read(original)


async def reply_address(stage: Stage, file: str, client: str, settings: MailSettings) -> str:
    """Where a client's program would send an answer."""
    person = stage.people[client]
    _, circle = await enter(stage.office, person, stage.files[file], Deed.READ)
    domain = stage.practice.mail_domain or settings.domain
    token = await reply_token(stage.office, circle, person)
    return ReplyAddress(settings.reply_address, domain).format(token)


async def _latest_of_others(stage: Stage, letter: Letter) -> Entry | None:
    me = stage.people[letter.who].id
    held, _ = await enter(stage.office, stage.people[letter.who], stage.files[letter.file], Deed.READ)
    entries = await entries_before(stage.office, held, 2**31 - 1)
    return next((one for one in reversed(entries) if one.is_letter and one.author != me), None)


def _quoted(stage: Stage, entry: Entry) -> Answered:
    return Answered(stage.practice.name, entry.at, entry.body.text)


# ---------------------------------------------------------------- notes


async def _note(stage: Stage, noting: Noting) -> None:
    held, _ = await enter(stage.office, stage.people[noting.who], stage.files[noting.file], Deed.NOTE)
    latest = await sessions_of(stage.office, held, 1) if noting.after_session else []
    written = WrittenNote(stage.office.new_id(), noting.text, latest[0].id if latest else None)
    await (write_own if noting.own else write_note)(stage.office, held, written)


# ---------------------------------------------------------------- sessions


def _talk(stage: Stage, talk: Talk) -> list[Step]:
    start, clinician = stage.at(talk.days, talk.at), talk.said[0][0]
    steps: list[Step] = [(start, lambda then: begin(then, talk.file, clinician, talk.minutes))]
    for who, minute, text in talk.said:
        steps.append((start + timedelta(minutes=minute), _line(talk.file, who, text)))
    steps.append((start + timedelta(minutes=talk.lasted), lambda then: end(then, talk.file, clinician)))
    return steps


def _line(file: str, who: str, text: str) -> Callable[[Stage], Awaitable[None]]:
    return lambda then: speak(then, file, who, text)


async def begin(stage: Stage, file: str, clinician: str, minutes: int) -> None:
    """A session opens."""
    held, _ = await enter(stage.office, stage.people[clinician], stage.files[file], Deed.HOLD_SESSION)
    await open_session(stage.office, held, minutes=minutes)


async def speak(stage: Stage, file: str, who: str, text: str) -> None:
    """One line of a session, by somebody who has read the others."""
    held, _ = await enter(stage.office, stage.people[who], stage.files[file], Deed.SAY)
    await say(stage.office, held, stage.office.new_id(), text)
    await read_all(stage, file, who)


async def end(stage: Stage, file: str, clinician: str) -> None:
    """It ends, and all have read it."""
    held, circle = await enter(stage.office, stage.people[clinician], stage.files[file], Deed.HOLD_SESSION)
    if circle.conversation.live is not None:
        await end_session(stage.office, held, circle.conversation.live)
    names = {person.id: name for name, person in stage.people.items()}
    for member in circle.conversation.members:
        await read_all(stage, file, names[member.person])


async def _book(stage: Stage, booking: Booking) -> None:
    held, _ = await enter(stage.office, stage.people["mira"], stage.files[booking.file], Deed.HOLD_SESSION)
    await book(stage.office, held, stage.at(-booking.days, booking.at), booking.minutes)


async def read_all(stage: Stage, file: str, who: str) -> None:
    """Moves somebody's own read mark to the end."""
    held, circle = await enter(stage.office, stage.people[who], stage.files[file], Deed.READ)
    await mark_read(stage.office, held, circle.conversation.last_number)
