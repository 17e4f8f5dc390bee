"""An ending that is planned: said to everybody here beforehand. By itself care ends only where that was chosen.

    planned (an entry of the record) > planned anew, or called off > its day is over > care ends, by `care.end_care`

Who planned it ends care: at its time they are looked at again as if they pressed it. While a letter waits for an answer, or
somebody is in session, it does not end; it is looked at again each hour. Care that begins again begins without a plan.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from messaging.ending.care import end_care
from messaging.errors import CareEnded, LettersWait, Malformed, NotFound, SessionLive
from messaging.facts_given import EndingFacts, NotEndingFacts
from messaging.ids import ConversationId, EntryId, PersonId, PracticeId
from messaging.memory.ending import PlanEnd
from messaging.memory.record import Effect
from messaging.memory.subjects import Concern, SubjectKind
from messaging.messages import Body, Channel, Entry, EntryKind, EventName, checked_text
from messaging.office import Office
from messaging.people import Person
from messaging.record.posting import Draft, Where, post
from messaging.record.reading import open_entries, open_person
from messaging.trust.access import Deed, Pass, Way, Work, errand

WORDS: Final = 4_000
"""Characters of what is said about it, and of where else there is help: a page each."""
MOST: Final = 99
"""Letters or sessions that remain; whoever plans more is not ending."""
AHEAD: Final = timedelta(days=731)
AGAIN: Final = timedelta(hours=1)
"""Until the next look where a letter waits, or somebody is in session."""


@dataclass(frozen=True, slots=True)
class EndingPlan:
    """How care is to end, on `day`; `letters` and `sessions` are what remains when it is planned, None: unsaid."""

    day: date
    by_itself: bool = False
    """Care ends when the day is over; else somebody ends it by hand."""
    letters: int | None = None
    sessions: int | None = None
    write_until: date | None = None
    """Until when the client may write again and be read."""
    elsewhere: str = field(default="", repr=False)
    words: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PlannedEnding:
    """As it stands, since when and by whom."""

    plan: EndingPlan
    at: datetime | None
    by: PersonId


def checked_plan(plan: EndingPlan) -> EndingPlan:
    """What does not hang together is refused. Raises Malformed, TooLong."""
    for name, count in (("letters", plan.letters), ("sessions", plan.sessions)):
        if count is not None and not 0 <= count <= MOST:
            raise Malformed(f"`{name}` is how many remain: 0 to {MOST}.")
    if plan.write_until is not None and plan.write_until < plan.day:
        raise Malformed("`write_until` is no earlier than the last day.")
    for text in (plan.elsewhere, plan.words):
        if text:
            checked_text(text, WORDS)
    return plan


async def plan_ending(office: Office, held: Pass, key: UUID, plan: EndingPlan) -> PlannedEnding:
    """By who cares, in the place of what was planned before. The same `key` again is the same.

    Raises NotFound, CareEnded, Malformed, TooLong, KeyReused, Busy.
    """
    _must_be_open(held)
    checked_plan(plan)
    zone = await _zone(office, held.practice)
    today = office.clock().astimezone(zone).date()
    if not today <= plan.day <= today + AHEAD:
        raise Malformed("The last day is today or later, and within two years.")
    facts = EndingFacts(
        day=plan.day,
        by_itself=plan.by_itself,
        letters=plan.letters,
        sessions=plan.sessions,
        write_until=plan.write_until,
        elsewhere=plan.elsewhere or None,
    )
    body = Body(text=plan.words, event=EventName.ENDING_PLANNED, facts=facts)
    due = _over(plan.day, zone) if plan.by_itself else None
    outcome = await post(office, Where.by(held), _draft(office, key, body, PlanEnd(due)))
    return PlannedEnding(plan, outcome.at, held.person)


async def call_off_ending(office: Office, held: Pass, key: UUID) -> None:
    """It is planned no more. Where nothing is planned, nothing happens. Raises NotFound, CareEnded, KeyReused, Busy."""
    _must_be_open(held)
    stands = await _stands(office, held)
    if stands is not None:
        body = Body(event=EventName.ENDING_CALLED_OFF, facts=NotEndingFacts(stands.plan.day))
        await post(office, Where.by(held), _draft(office, key, body, PlanEnd(None)))


async def ending_of(office: Office, held: Pass) -> PlannedEnding | None:
    """What is planned, or how it was planned where care has ended; for everybody who reads here. Raises Busy."""
    return await _stands(office, held)


async def claim_endings(
    office: Office, now: datetime, lease: timedelta, limit: int
) -> list[tuple[PracticeId, ConversationId]]:
    """Conversations whose planned end may have come, nobody else's until `now + lease`. Raises Busy."""
    return await office.memory.care.ends_due(now, lease, limit)


async def ending_attended(
    office: Office,
    practice: PracticeId,
    conversation: ConversationId,
    held_until: datetime,
    again: datetime | None,
) -> None:
    """Done with for now; looked at `again`, if it says when. Raises Busy."""
    way = errand(practice, conversation, Work.KEEPING_TIME)
    await office.memory.care.end_attended(way, held_until, again)


async def end_as_planned(
    office: Office, practice: PracticeId, conversation: ConversationId
) -> datetime | None:
    """Ends care, if it is time and nothing stands against it; when to come again, or None. Twice is once. Raises Busy."""
    planned = await _stands(office, errand(practice, conversation, Work.KEEPING_TIME))
    if planned is None or not planned.plan.by_itself:
        return None
    due = _over(planned.plan.day, await _zone(office, practice))
    if office.clock() < due:
        return due
    planner = await _planner(office, practice, planned.by)
    if planner is None:
        return None
    try:
        ended = await end_care(office, planner, conversation)
    except NotFound:
        return None  # who chose it answers for it no more: nobody's choice stands
    except (LettersWait, SessionLive):
        return office.clock() + AGAIN
    return None if ended.ended_at is not None else office.clock() + AGAIN


async def _planner(office: Office, practice: PracticeId, by: PersonId) -> Person | None:
    found = await office.memory.people.find(practice, [by])
    return await open_person(office, found[0]) if found and found[0].active else None


async def _stands(office: Office, way: Way) -> PlannedEnding | None:
    found = await office.memory.subjects.of_kinds(way, {SubjectKind.ENDING}, 1)
    entries = await open_entries(office, way.practice, [one.entry for one in found])
    return _as_planned(entries[0]) if entries else None


def _as_planned(entry: Entry) -> PlannedEnding | None:
    """None of what took the plan away."""
    facts = entry.body.facts
    if not isinstance(facts, EndingFacts):
        return None
    plan = EndingPlan(
        day=facts.day,
        by_itself=facts.by_itself,
        letters=facts.letters,
        sessions=facts.sessions,
        write_until=facts.write_until,
        elsewhere=facts.elsewhere or "",
        words=entry.body.text,
    )
    return PlannedEnding(plan, entry.at, entry.author)


def _draft(office: Office, key: UUID, body: Body, effect: Effect) -> Draft:
    named = office.new_id()
    concern = Concern(SubjectKind.ENDING, named)
    return Draft(key, body, Channel.WEB, EntryKind.EVENT, id=EntryId(named), effects=(concern, effect))


def _must_be_open(held: Pass) -> None:
    if held.deed is not Deed.ASSIGN:
        raise NotFound
    if held.ended:
        raise CareEnded("Care has ended here already.")


def _over(day: date, zone: ZoneInfo) -> datetime:
    """When the day is over on the practice's clock."""
    return datetime.combine(day + timedelta(days=1), time(), zone)


async def _zone(office: Office, practice: PracticeId) -> ZoneInfo:
    found = await office.memory.people.practice(practice)
    return ZoneInfo(found.time_zone if found else "UTC")
