"""Times a clinician offers, for their clients to take."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from messaging.conversations import Circle
from messaging.errors import Conflict, Malformed, NotFound, TimeTaken
from messaging.ids import PersonId, SlotId
from messaging.inbox.listing import InboxLine
from messaging.memory.bookings import Slot
from messaging.office import Office
from messaging.people import Person
from messaging.sessions.holding import FARTHEST, checked_minutes
from messaging.sessions.repeating import Repeat, times

AT_MOST: Final = 40
"""Slots offered at once: more than a long day holds, and little enough to take back one by one."""
SHOWN: Final = 200
ONCE: Final = Repeat(1, 1)


@dataclass(frozen=True, slots=True)
class Range:
    """From when until when, cut into sessions of `minutes` with `pause` minutes between them.

    `repeat`: the same hours on the practice's clock, every so many weeks, so many times in all.
    """

    starts: datetime
    ends: datetime
    minutes: int
    pause: int = 0
    repeat: Repeat = ONCE


@dataclass(frozen=True, slots=True)
class Free:
    """A time that can be taken, and in which conversations it would be a session."""

    slot: Slot
    circles: tuple[Circle, ...]


async def offer(office: Office, clinician: Person, wanted: Range) -> list[Slot]:
    """Offers what fits into the range. Raises Malformed, Conflict when all of it is offered already."""
    if not clinician.role.is_clinician:
        raise NotFound
    found = [
        Slot(SlotId(office.new_id()), clinician.id, starts, wanted.minutes)
        for one in await _weeks(office, clinician, wanted)
        for starts in _cut(one, office.clock())
    ]
    if len(found) > SHOWN:
        raise Malformed(f"At most {SHOWN} times are offered at once: clients are shown no more.")
    made = await office.memory.slots.offer(clinician.practice, found, office.clock())
    if not made:
        raise Conflict("All of these times are offered already.")
    return made


async def _weeks(office: Office, clinician: Person, wanted: Range) -> list[Range]:
    """The range of each week, as clocks in the practice show it."""
    if wanted.repeat == ONCE:
        return [wanted]
    owner = await office.memory.people.practice(clinician.practice)
    if owner is None:
        raise NotFound
    _must_have_zones(wanted)
    zone = ZoneInfo(owner.time_zone)
    days = zip(
        times(wanted.starts, wanted.repeat, zone), times(wanted.ends, wanted.repeat, zone), strict=True
    )
    return [replace(wanted, starts=starts, ends=ends, repeat=ONCE) for starts, ends in days]


def _must_have_zones(wanted: Range) -> None:
    if wanted.starts.tzinfo is None or wanted.ends.tzinfo is None:
        raise Malformed("A time needs its zone.")


def _cut(wanted: Range, now: datetime) -> list[datetime]:
    """In moments, not on the wall: on the day the clocks change no hour is offered twice and none that is not there."""
    _must_have_zones(wanted)
    checked_minutes(wanted.minutes)
    if not 0 <= wanted.pause <= 240:
        raise Malformed("A pause lasts 0 to 240 minutes.")
    if wanted.starts < now:
        raise Malformed("Times are offered in the future.")
    if wanted.ends > now + FARTHEST:
        raise Malformed("That is more than a year ahead. Please look at the year.")
    starts, length = wanted.starts.astimezone(UTC), timedelta(minutes=wanted.minutes)
    found: list[datetime] = []
    while starts + length <= wanted.ends and len(found) <= AT_MOST:
        found.append(starts)
        starts += length + timedelta(minutes=wanted.pause)
    if not found:
        raise Malformed("No session of this length fits between these times.")
    if len(found) > AT_MOST:
        raise Malformed(f"At most {AT_MOST} times are offered at once.")
    return found


async def withdraw(office: Office, clinician: Person, slot: SlotId) -> None:
    """No longer offered. Raises TimeTaken when it was just taken, NotFound. Twice is once."""
    if not clinician.role.is_clinician:
        raise NotFound
    if await office.memory.slots.withdraw(clinician.practice, clinician.id, slot):
        return
    found = await office.memory.slots.find(clinician.practice, slot)
    if found is not None and found.clinician != clinician.id:
        raise NotFound
    if found is not None:
        raise TimeTaken("This time was taken. You can cancel or move the session itself.")


async def offered(office: Office, clinician: Person, since: datetime, until: datetime) -> list[Slot]:
    """All a clinician offers within, the taken ones too. Raises NotFound for everyone else."""
    if not clinician.role.is_clinician:
        raise NotFound
    return await office.memory.slots.of_clinician(clinician.practice, clinician.id, since, until)


async def free_for(office: Office, client: Person, lines: list[InboxLine]) -> list[Free]:
    """What a client can take, soonest first: offered by those who care for them, in the conversations of `lines`."""
    circles: dict[PersonId, list[Circle]] = {}
    for line in lines:
        for one in line.circle.clinicians if line.conversation.ended_at is None else ():
            circles.setdefault(one.id, []).append(line.circle)
    found = await office.memory.slots.free(client.practice, list(circles), office.clock(), SHOWN)
    return [Free(slot, tuple(circles[slot.clinician])) for slot in found]
