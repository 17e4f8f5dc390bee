"""A session's record: what its events say of it, gathered. Nothing here is kept anew, and events are never changed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from messaging.conversations import Session, Spoke
from messaging.errors import NotFound
from messaging.facts import BreakFacts, ClosingFacts, SessionFacts, person_of, session_of
from messaging.ids import PersonId
from messaging.messages import Entry, EventName
from messaging.office import Office
from messaging.record.reading import note_opening, open_as_kept
from messaging.trust.access import Deed, Pass

BEFORE: Final = timedelta(days=1)
AFTER: Final = timedelta(hours=6)
"""Around a session, within which its events lie: check-ins before, the closing after it, and the longest session itself."""

_CHECKS: Final = frozenset({EventName.CHECKED_IN, EventName.CHECK_IN_ASKED, EventName.CHECK_IN_WAIVED})


@dataclass(frozen=True, slots=True)
class Happened:
    """When, by whom (SYSTEM: by itself), and how (`time`, `clinician`, a number of minutes)."""

    number: int
    at: datetime
    by: PersonId
    how: str = ""


@dataclass(frozen=True, slots=True)
class Away:
    """A break of somebody's connection. `until` None: they did not come back, or nobody could tell."""

    person: PersonId
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Closed:
    """What a person took with them, as they last put it."""

    number: int
    at: datetime
    person: PersonId
    text: str = field(repr=False)
    homework: str | None = field(default=None, repr=False)
    next: datetime | None = None


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """All of it. `spoke`: who said something, from when until when; `check_ins`: what was asked and answered, by number."""

    session: Session
    opened: Happened | None
    ended: Happened | None
    missed: Happened | None
    people: tuple[PersonId, ...]
    """Everybody who was there, by any sign of it."""
    spoke: tuple[Spoke, ...]
    check_ins: tuple[tuple[EventName, Happened], ...]
    breaks: tuple[Away, ...]
    extensions: tuple[Happened, ...]
    closings: tuple[Closed, ...]


async def session_record(office: Office, held: Pass, session: Session) -> SessionRecord:
    """The record of a session, for those who hold it. Raises NotFound. Read by a pass, and so noted in the trail."""
    if held.deed is not Deed.HOLD_SESSION or session.conversation != held.conversation:
        raise NotFound
    await note_opening(office, held)
    events = await events_of(office, held, session)
    spoke = await office.memory.threads.spoke(held, session.id)
    return gathered(session, events, spoke)


async def events_of(office: Office, held: Pass, session: Session) -> list[Entry]:
    """The session's events in order, each as it was written."""
    begins = min(session.starts, session.opened_at or session.starts)
    ends = max(session.ends, session.ended_at or session.ends)
    stored = await office.memory.threads.events(held, begins - BEFORE, ends + AFTER)
    entries = await open_as_kept(office, held.practice, stored)
    return [e for e in entries if session_of(e.body.facts) == session.id]


def gathered(session: Session, events: Iterable[Entry], spoke: Iterable[Spoke]) -> SessionRecord:
    """What the events say."""
    events, spoke = list(events), tuple(spoke)

    def all_of(*names: EventName) -> list[Entry]:
        return [e for e in events if e.body.event in names]

    opened = [_happened(e) for e in all_of(EventName.SESSION_OPENED)]
    ended = [_happened(e) for e in all_of(EventName.SESSION_ENDED)]
    missed = [_happened(e) for e in all_of(EventName.SESSION_MISSED)]
    breaks = _breaks(all_of(EventName.CONNECTION_LOST, EventName.CONNECTION_BACK), spoke)
    closings = {e.author: _closed(e) for e in all_of(EventName.CLOSING)}
    answered = [_person(e) for e in all_of(EventName.CHECKED_IN)]
    people = [
        *(one.by for one in opened),
        *answered,
        *(one.person for one in spoke),
        *(one.person for one in breaks),
        *closings,
    ]
    return SessionRecord(
        session=session,
        opened=opened[0] if opened else None,
        ended=ended[0] if ended else None,
        missed=missed[0] if missed else None,
        people=tuple(dict.fromkeys(people)),
        spoke=spoke,
        check_ins=tuple((e.body.event, _happened(e)) for e in all_of(*_CHECKS) if e.body.event),
        breaks=breaks,
        extensions=tuple(_happened(e) for e in all_of(EventName.SESSION_EXTENDED)),
        closings=tuple(closings.values()),
    )


def _happened(event: Entry) -> Happened:
    facts = event.body.facts
    by = facts.by if isinstance(facts, SessionFacts) else None
    return Happened(event.number, event.at, event.author, by or "")


def _closed(event: Entry) -> Closed:
    facts, text = event.body.facts, event.body.text
    if not isinstance(facts, ClosingFacts):
        return Closed(event.number, event.at, event.author, text)
    return Closed(event.number, event.at, event.author, text, facts.homework, facts.next)


def _person(event: Entry) -> PersonId:
    return person_of(event.body.facts) or event.author


def _breaks(events: Iterable[Entry], spoke: Iterable[Spoke]) -> tuple[Away, ...]:
    """Each from its loss to its return. Where a return was not noted (every server was down), later words prove it."""
    found: dict[tuple[PersonId, datetime], datetime | None] = {}
    for facts in (event.body.facts for event in events):
        if isinstance(facts, BreakFacts):
            of = (facts.person, facts.since)
            found[of] = facts.until or found.get(of)
    last = {one.person: one.last for one in spoke}
    away = []
    for (person, since), until in found.items():
        proof = last.get(person)
        away.append(Away(person, since, until or (proof if proof and proof > since else None)))
    return tuple(away)
