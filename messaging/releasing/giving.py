"""Making a release and taking it back: the client's own deeds, each an event of the record that everybody in it reads."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from messaging.conversations import Circle
from messaging.entrance.signing_in import SignedIn
from messaging.entrance.stepping_up import must_be_stepped_up
from messaging.errors import Conflict, Malformed, NotFound
from messaging.ids import ConversationId, PersonId, PracticeId, parse_uuid
from messaging.memory.record import Gate
from messaging.messages import Body, Channel, EntryKind, EventName, checked_text
from messaging.office import Office
from messaging.people import Person, Role
from messaging.record.posting import Draft, Where, post
from messaging.record.reading import enter, people_named
from messaging.releases import EndRelease, MakeRelease, Part, Release, ReleaseEndedFacts, ReleaseFacts
from messaging.releasing.purpose import seal_purpose, shown_purpose
from messaging.sessions.wall_time import day_or_moment
from messaging.trust.access import Deed, Pass, Work, errand
from messaging.trust.noted import Noted

PURPOSE: Final = 500
"""Characters: a line that says what it is for."""
LONGEST: Final = timedelta(days=366)
"""A year at most: whoever is to read on is asked for once more."""
SHOWN: Final = 200
"""Of the newest releases of a conversation: older ones are in the record."""
NOT_ALONE: Final = (
    "More than one of you is in care here. What you wrote together cannot be released by one alone."
)
NOT_THEM: Final = "`to` is somebody who works in this practice and does not read here already."


@dataclass(frozen=True, slots=True)
class Wanted:
    """A release as it is asked for, each as it was written. `key`: a second press is the same release."""

    to: object
    kinds: object
    since: object
    expires: object
    purpose: object = field(repr=False)
    until: object = None
    key: UUID | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A release as its client and those who care for them see it. `openings`: each time it was read, the newest first."""

    release: Release
    receiver: str = field(repr=False)
    purpose: str = field(repr=False)
    openings: Sequence[datetime] = ()


async def make_release(
    office: Office, signed_in: SignedIn, conversation: ConversationId, wanted: Wanted
) -> Told:
    """From now on the receiver reads it. Raises NotFound, StepUp, Malformed, TooLong, Conflict, Busy."""
    held, circle = await _as_client(office, signed_in.person, conversation)
    must_be_stepped_up(office, signed_in)
    if len(circle.clients) != 1:
        raise Conflict(NOT_ALONE)
    receiver = await _receiver(office, circle, wanted.to)
    purpose = checked_text(wanted.purpose, PURPOSE)
    named = office.new_id() if wanted.key is None else uuid5(conversation, f"{held.person}/{wanted.key}")
    release = await _release(office, held, (named, receiver.id), wanted)
    sealed = await seal_purpose(office, release, purpose)
    facts = ReleaseFacts(
        receiver.id,
        receiver.name,
        purpose,
        release=named,
        parts=tuple(sorted(release.parts)),
        since=release.since,
        expires=release.expires,
        until=release.until,
    )
    await office.memory.trail.note(
        held.practice, office.clock(), held.person, Noted.RELEASE_MADE, conversation
    )
    draft = Draft(
        named,
        Body(event=EventName.RELEASED, facts=facts),
        Channel.WEB,
        EntryKind.EVENT,
        gate=Gate.MEMBER,
        effects=(MakeRelease(release, sealed),),
    )
    await post(office, Where.by(held), draft)
    stored = await office.memory.releases.find(held.practice, named)
    if stored is None:
        raise NotFound  # the record is erased in this moment
    return Told(stored.release, receiver.name, await shown_purpose(office, stored))


async def take_back(office: Office, person: Person, release: UUID) -> None:
    """At once nobody reads it any more, an open page included. Twice is once. Raises NotFound, Busy."""
    stored = await office.memory.releases.find(person.practice, release)
    if stored is None or stored.release.giver != person.id:
        raise NotFound
    held, _ = await _as_client(office, person, stored.release.conversation)
    if stored.release.ended_at is not None:
        return
    await office.memory.trail.note(
        held.practice, office.clock(), person.id, Noted.RELEASE_TAKEN_BACK, held.conversation
    )
    await _end(office, stored.release, back=True)


async def releases_of(office: Office, person: Person, conversation: ConversationId) -> list[Told]:
    """All of a conversation, the newest first, ended ones among them; openings for its client alone.

    Raises NotFound, Busy.
    """
    held, _ = await enter(office, person, conversation, Deed.READ)
    found = await office.memory.releases.of(held, SHOWN)
    named = await people_named(office, held.practice, {one.release.receiver for one in found})
    opened = await office.memory.trail.openings(held, SHOWN) if held.role is Role.CLIENT and found else []
    return [
        Told(
            one.release,
            named[one.release.receiver].name if one.release.receiver in named else "",
            await shown_purpose(office, one),
            [o.at for o in opened if o.person == one.release.receiver and _within(one.release, o.at)],
        )
        for one in found
    ]


async def claim_expired(
    office: Office, now: datetime, lease: timedelta, limit: int
) -> Sequence[tuple[PracticeId, UUID]]:
    """Releases whose time is over, nobody else's until `now + lease`."""
    return await office.memory.releases.due(now, lease, limit)


async def end_expired(office: Office, practice: PracticeId, release: UUID) -> datetime | None:
    """Says in the record that its time is over; when to come again, or None. Twice is once. Raises Busy."""
    stored = await office.memory.releases.find(practice, release)
    if stored is None or stored.release.ended_at is not None:
        return None
    if stored.release.stands(office.clock()):
        return stored.release.expires
    await _end(office, stored.release, back=False)
    return None


async def expired_attended(
    office: Office, practice: PracticeId, release: UUID, held_until: datetime, again: datetime | None
) -> None:
    """Done with for now. Raises Busy."""
    await office.memory.releases.attended(practice, release, held_until, again)


async def _end(office: Office, release: Release, *, back: bool) -> None:
    """Whoever ends it first, its client or the time, is who the record names: the other's event has the same key."""
    named = await people_named(office, release.practice, [release.receiver])
    name = named[release.receiver].name if release.receiver in named else ""
    draft = Draft(
        uuid5(release.id, "ended"),
        Body(
            event=EventName.RELEASE_ENDED,
            facts=ReleaseEndedFacts(release.receiver, name, release=release.id, back=back),
        ),
        Channel.WEB,
        EntryKind.EVENT,
        gate=Gate.SYSTEM,
        effects=(EndRelease(release.id, office.clock()),),
    )
    way = errand(release.practice, release.conversation, Work.KEEPING_TIME)
    await post(office, Where.by_nobody(way), draft)


async def _as_client(office: Office, person: Person, conversation: ConversationId) -> tuple[Pass, Circle]:
    held, circle = await enter(office, person, conversation, Deed.READ)
    if held.role is not Role.CLIENT:
        raise NotFound
    return held, circle


async def _receiver(office: Office, circle: Circle, said: object) -> Person:
    named = parse_uuid(said)
    found = await people_named(office, circle.conversation.practice, [PersonId(named)]) if named else {}
    receiver = found.get(PersonId(named)) if named else None
    if (
        receiver is None
        or not receiver.role.is_clinician
        or not receiver.active
        or circle.conversation.member(receiver.id) is not None
    ):
        raise Malformed(NOT_THEM)
    return receiver


async def _release(office: Office, held: Pass, named: tuple[UUID, PersonId], wanted: Wanted) -> Release:
    found = await office.memory.people.practice(held.practice)
    zone = ZoneInfo(found.time_zone if found else "UTC")
    now = office.clock()
    beyond = None if wanted.until is None else day_or_moment("until", wanted.until, zone, ends=True)
    release = Release(
        practice=held.practice,
        conversation=held.conversation,
        id=named[0],
        giver=held.person,
        receiver=named[1],
        made_at=now,
        parts=_parts(wanted.kinds),
        since=day_or_moment("from", wanted.since, zone),
        until=None if beyond is None else beyond - timedelta(microseconds=1),
        expires=day_or_moment("expires", wanted.expires, zone, ends=True),
    )
    if release.until is not None and release.until < release.since:
        raise Malformed("`until` is before `from`.")
    if not now < release.expires <= now + LONGEST:
        raise Malformed("`expires` is a day to come, within a year.")
    return release


def _parts(said: object) -> frozenset[Part]:
    known = set(Part)
    if (
        not isinstance(said, list)
        or not said
        or not all(isinstance(one, str) and one in known for one in said)
    ):
        raise Malformed(f"`kinds` is a list of at least one of {', '.join(Part)}.")
    return frozenset(Part(one) for one in said)


def _within(release: Release, at: datetime) -> bool:
    return release.made_at <= at < min(release.expires, release.ended_at or release.expires)
