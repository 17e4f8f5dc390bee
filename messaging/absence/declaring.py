"""Somebody is away: they say so before, or somebody else does of who could not. One at a time; the next replaces it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from messaging.absence.settling import settle
from messaging.conversations import CoverScope
from messaging.errors import Busy, Conflict, Malformed, NotFound
from messaging.ids import PersonId, parse_uuid
from messaging.memory.absence import Offer, Reason, StoredAbsence
from messaging.memory.people import StoredPerson
from messaging.office import Office
from messaging.people import Person, Practice
from messaging.trust.noted import Noted
from messaging.trust.roles import Task, tasks_of

FIELDS: Final = ("from", "until", "cover", "scope")
LONGEST: Final = timedelta(days=365)
LONGEST_SUDDEN: Final = timedelta(days=31)
"""Of who could not say anything: by then somebody has decided more than who looks at the post."""
AHEAD: Final = timedelta(days=365)
OFFERED: Final = timedelta(days=1)
"""An offer lapses when the absence begins, but nobody has less than this for their answer."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An absence as it is asked for, both days inclusive. `cover` and `scope`: both, or neither."""

    first: date
    last: date
    cover: PersonId | None = None
    scope: CoverScope | None = None


def checked_wanted(said: Mapping[str, Any]) -> Wanted:
    """`{from, until, cover?, scope?}`; with a cover and no scope somebody looks in. Raises Malformed."""
    if unknown := sorted(said.keys() - set(FIELDS)):
        raise Malformed(f"Not known here: {', '.join(repr(one[:40]) for one in unknown[:5])}.")
    cover = None if said.get("cover") is None else parse_uuid(said["cover"])
    if said.get("cover") is not None and cover is None:
        raise Malformed("`cover` is the id of a clinician of the practice.")
    scope = None if said.get("scope") is None else _scope(said["scope"])
    if cover is None:
        if scope is not None:
            raise Malformed("`scope` is said together with `cover`: who it is that stands in.")
        return Wanted(_day(said, "from"), _day(said, "until"))
    return Wanted(_day(said, "from"), _day(said, "until"), PersonId(cover), scope or CoverScope.LOOK_IN)


def _scope(said: object) -> CoverScope:
    if not isinstance(said, str) or said not in set(CoverScope):
        raise Malformed(f"`scope` is one of {', '.join(CoverScope)}.")
    return CoverScope(said)


def _day(said: Mapping[str, Any], name: str) -> date:
    text = said.get(name)
    try:
        found = date.fromisoformat(text) if isinstance(text, str) and len(text) == len("2026-12-01") else None
    except ValueError:
        found = None
    if found is None:
        raise Malformed(f"`{name}` is a day like 2026-12-01.")
    return found


async def say_absence(office: Office, by: Person, wanted: Wanted) -> StoredAbsence:
    """One's own, in the place of what was said before; the same twice is once. Raises NotFound, Malformed, Busy."""
    must_care_here(by)
    practice = await _practice(office, by)
    _must_be_days(office, practice, wanted, LONGEST)
    if wanted.cover is not None:
        await _must_be_colleague(office, by, wanted.cover, by.id)
    before = await office.memory.absences.last_of(by.practice, by.id)
    if before is not None and before.ended_at is None:
        if _same(before, wanted):
            return before
        await _end(office, by, before)
    await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.ABSENCE_SAID, by.id)
    return await _keep(office, practice, _made(office, by, by.id, practice, wanted, Reason.PLANNED))


async def say_sudden(office: Office, by: Person, absent: PersonId, wanted: Wanted) -> StoredAbsence:
    """Of somebody who could not: by an administrator, or a colleague who cares with them and looks in themselves.

    It begins now. Nobody has been asked, so who stands in only looks at what is due, until those in care have said yes; and
    what was said before by themselves stays. Raises NotFound, Malformed, Conflict, Busy.
    """
    practice = await _practice(office, by)
    stored = await _colleague(office, by, absent)
    pulls = not _administers(by)
    if stored is None or stored.id == by.id or (pulls and not await _care_together(office, by, absent)):
        raise NotFound
    if pulls and wanted.cover != by.id:
        raise Malformed("Who cares with them stands in themselves; an administrator can ask another.")
    _must_be_days(office, practice, wanted, LONGEST_SUDDEN)
    if wanted.first != today(practice, office.clock()):
        raise Malformed("A sudden absence begins today.")
    if wanted.cover is not None:
        await _must_be_colleague(office, by, wanted.cover, absent)
    before = await office.memory.absences.last_of(by.practice, absent)
    if before is not None and before.ended_at is None:
        if before.begins > office.clock():
            await _end(office, by, before)
        else:
            raise Conflict("They are away already, and who stands in is said there.")
    await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.ABSENCE_SUDDEN, absent)
    return await _keep(office, practice, _made(office, by, absent, practice, wanted, Reason.SUDDEN))


async def end_absence(office: Office, by: Person) -> None:
    """One is back: whoever stands in is out within moments. Twice is once. Raises NotFound, Busy."""
    must_care_here(by)
    before = await office.memory.absences.last_of(by.practice, by.id)
    if before is not None and before.ended_at is None:
        await _end(office, by, before)


async def end_sudden(office: Office, by: Person, absent: PersonId) -> None:
    """An administrator ends anybody's. Twice is once. Raises NotFound, Busy."""
    if not _administers(by) or await _colleague(office, by, absent) is None:
        raise NotFound
    before = await office.memory.absences.last_of(by.practice, absent)
    if before is not None and before.ended_at is None:
        await _end(office, by, before)


def today(practice: Practice, now: datetime) -> date:
    """By the practice's clock."""
    return now.astimezone(ZoneInfo(practice.time_zone)).date()


def must_care_here(by: Person) -> None:
    """Raises NotFound for who is nobody's clinician."""
    if not by.role.is_clinician:
        raise NotFound


async def _end(office: Office, by: Person, absence: StoredAbsence) -> None:
    await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.ABSENCE_ENDED, absence.person)
    await office.memory.absences.end(by.practice, absence.id, min(office.clock(), absence.ends))
    await settled_soon(office, absence)


async def _keep(office: Office, practice: Practice, new: StoredAbsence) -> StoredAbsence:
    if not await office.memory.absences.add(new):
        raise Busy  # said twice in the same breath
    await settled_soon(office, new)
    return await office.memory.absences.find(practice.id, new.id) or new


async def settled_soon(office: Office, absence: StoredAbsence) -> None:
    """What follows, at once where that can be: what is left the clock does within seconds."""
    with suppress(Busy):
        await settle(office, absence.practice, absence.id)


def _made(
    office: Office, by: Person, absent: PersonId, practice: Practice, wanted: Wanted, reason: Reason
) -> StoredAbsence:
    zone, now = ZoneInfo(practice.time_zone), office.clock()
    # What is said of another begins this moment: nothing of before is anybody's to look at.
    begins = now if reason is Reason.SUDDEN else datetime.combine(wanted.first, time(), zone).astimezone(UTC)
    ends = datetime.combine(wanted.last + timedelta(days=1), time(), zone).astimezone(UTC)
    asks = wanted.cover is not None
    accepted = wanted.cover == by.id
    offer = (Offer.ACCEPTED if accepted else Offer.OFFERED) if asks else None
    return StoredAbsence(
        practice=practice.id,
        id=UUID(bytes=office.random(16), version=4),
        person=absent,
        first=wanted.first,
        last=wanted.last,
        begins=begins,
        ends=ends,
        reason=reason,
        made_by=by.id,
        made_at=now,
        cover=wanted.cover,
        scope=wanted.scope,
        offer=offer,
        offer_until=min(max(begins, now + OFFERED), ends) if asks else None,
    )


def _same(before: StoredAbsence, wanted: Wanted) -> bool:
    said = (before.first, before.last, before.cover, before.scope)
    return before.reason is Reason.PLANNED and said == (
        wanted.first,
        wanted.last,
        wanted.cover,
        wanted.scope,
    )


def _must_be_days(office: Office, practice: Practice, wanted: Wanted, longest: timedelta) -> None:
    this_day = today(practice, office.clock())
    if wanted.first < this_day or wanted.last < wanted.first:
        raise Malformed("An absence begins today or later, and ends on its first day or after it.")
    if wanted.last - wanted.first >= longest or wanted.first - this_day > AHEAD:
        raise Malformed(f"An absence is of at most {longest.days} days, and begins within a year.")


async def _practice(office: Office, by: Person) -> Practice:
    found = await office.memory.people.practice(by.practice)
    if found is None:
        raise NotFound
    return found


async def _must_be_colleague(office: Office, by: Person, cover: PersonId, absent: PersonId) -> None:
    if cover == absent or await _colleague(office, by, cover) is None:
        raise Malformed("Who stands in is another clinician of the practice.")


async def _colleague(office: Office, by: Person, person: PersonId) -> StoredPerson | None:
    found = await office.memory.people.find(by.practice, [person])
    return found[0] if found and found[0].active and found[0].role.is_clinician else None


def _administers(by: Person) -> bool:
    return Task.STAFF in tasks_of(by.role)


async def _care_together(office: Office, by: Person, absent: PersonId) -> bool:
    """Whether both belong to some conversation for good: to whom nobody has let them in, they let themselves in nowhere."""
    if not by.role.is_clinician:
        return False
    theirs = await office.memory.caseloads.of_person(by.practice, by.id)
    return any(one.own_member(by.id) and one.own_member(absent) for one in theirs)
