"""What follows from an absence, however it stands: those in care are told and asked, somebody stands in or does so no more.

Every act about an absence ends here, and so does the clock: what is done is decided by how things stand at that moment, and
done twice it is done once. A cover begins and ends in the transaction of its line in the record.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from messaging.absence.promising import answered_again, away_in, promise_with
from messaging.absence.standing import Here, answers, wanted
from messaging.absence.telling import Told, name_of, tell
from messaging.conversations import CoverScope, StartAsked
from messaging.errors import Busy
from messaging.facts import AwayFacts, CoverFacts
from messaging.ids import ConversationId, PracticeId
from messaging.memory.absence import (
    AskCover,
    BeginCover,
    EndCover,
    Offer,
    Reason,
    SetAway,
    StoredAbsence,
    StoredCover,
    TellAway,
)
from messaging.memory.record import Effect
from messaging.messages import EventName
from messaging.office import Office
from messaging.people import Practice, Role
from messaging.trust.access import Work, errand
from messaging.trust.noted import Noted

LOOK_AGAIN: Final = timedelta(minutes=1)
"""In a sudden absence a letter that comes may be the first that is due, and somebody looks in from then on."""


async def claim_absences(
    office: Office, now: datetime, lease: timedelta, limit: int
) -> list[tuple[PracticeId, UUID]]:
    """At which somebody must look; nobody else's until `now + lease`, which `absence_attended` names. Raises Busy."""
    return await office.memory.absences.due(now, lease, limit)


async def absence_attended(
    office: Office, practice: PracticeId, absence: UUID, held_until: datetime, again: datetime | None
) -> None:
    """Done with for now; looked at `again`, if it says when. Raises Busy."""
    await office.memory.absences.attended(practice, absence, held_until, again)


async def settle(office: Office, practice: PracticeId, absence: UUID) -> datetime | None:
    """Does what follows; when to look again, None: never. Raises Busy: look again soon."""
    found = await office.memory.absences.find(practice, absence)
    owner = await office.memory.people.practice(practice)
    if found is None or owner is None:
        return None
    now = office.clock()
    found = await _by_time(office, found, now)
    known = {one.conversation: one for one in await office.memory.absences.covers(practice, absence)}
    for name in await _concerned(office, found, known):
        await _settle_in(office, owner, found, name)
        await office.breathe()
    return _again(found, now)


async def _by_time(office: Office, absence: StoredAbsence, now: datetime) -> StoredAbsence:
    """What the time alone ends: an offer that nobody has answered, and the absence."""
    if absence.ended_at is None and now >= absence.ends:
        await office.memory.absences.end(absence.practice, absence.id, absence.ends)
        return replace(absence, ended_at=absence.ends)
    lapses = absence.offer is Offer.OFFERED and absence.offer_until is not None
    if lapses and absence.offer_until is not None and now >= absence.offer_until:
        if await office.memory.absences.say(absence.practice, absence.id, Offer.OFFERED, Offer.LAPSED):
            return replace(absence, offer=Offer.LAPSED)
        raise Busy  # it was answered in the same breath
    return absence


async def _concerned(
    office: Office, absence: StoredAbsence, known: Iterable[ConversationId]
) -> list[ConversationId]:
    """Where they answer, and where that was said of this absence before."""
    names = list(known)
    if absence.ended_at is None:
        theirs = await office.memory.caseloads.of_person(absence.practice, absence.person)
        names += [one.id for one in theirs if answers(one, absence.person)]
    return list(dict.fromkeys(names))


def _again(absence: StoredAbsence, now: datetime) -> datetime | None:
    if absence.ended_at is not None:
        return None
    moments = [absence.begins, absence.ends]
    if absence.offer is Offer.OFFERED and absence.offer_until is not None:
        moments.append(absence.offer_until)
    if absence.reason is Reason.SUDDEN and absence.offer is Offer.ACCEPTED:
        moments.append(now + LOOK_AGAIN)
    return min((one for one in moments if one > now), default=None)


async def _settle_in(
    office: Office, practice: Practice, absence: StoredAbsence, name: ConversationId
) -> None:
    """One after the other, each upon what the one before has made of it. Each is written under a key of its own, once."""
    here = await _read(office, practice, absence, name)
    for step in (_tell_away, _ask, _begin_or_end, _promise_again):
        if here is not None and await step(office, here):
            here = await _read(office, practice, absence, name)


async def _read(
    office: Office, practice: Practice, absence: StoredAbsence, name: ConversationId
) -> Here | None:
    conversation = await office.memory.conversations.find(practice.id, name)
    if conversation is None:
        return None
    kept = await office.memory.absences.covers(practice.id, absence.id)
    mine = next((one for one in kept if one.conversation == name), None)
    cover = mine or StoredCover(absence.id, name)
    way = errand(practice.id, name, Work.KEEPING_TIME)
    unread = bool(await office.memory.subjects.unread_raised(way, 1))
    return Here(practice, absence, conversation, cover, office.clock(), unread)


async def _tell_away(office: Office, here: Here) -> bool:
    """Those in care, before: who is away from when, and by when what they wrote is answered."""
    absence, conversation = here.absence, here.conversation
    key = uuid5(conversation.id, f"{EventName.CLINICIAN_AWAY} {absence.id}")
    if here.over or any(one.absence == absence.id for one in conversation.answer.away):
        return False
    away = away_in(conversation, absence, absence.first)
    promise = promise_with(here.practice, conversation, away.now if away else None)
    facts = AwayFacts(absence.person, absence.first, promise)
    effects: list[Effect] = [TellAway(absence.id, here.now)]
    if away is not None:
        effects.append(away)
    await tell(office, conversation, Told(key, EventName.CLINICIAN_AWAY, facts, tuple(effects)))
    return True


async def _ask(office: Office, here: Here) -> bool:
    """Whether the colleague may stand in; without a cause, and without how long."""
    absence = here.absence
    if not here.accepted or here.there_already or here.cover.asked is not None:
        return False
    if here.cover.ended_at is not None or absence.cover is None or here.conversation.ended_at is not None:
        return False
    clients = frozenset(one.person for one in here.conversation.members if one.role is Role.CLIENT)
    asked = StartAsked(by=absence.person, at=here.now, asked=clients)
    facts = CoverFacts(
        absence.cover, await name_of(office, absence.practice, absence.cover), absence.person, _scope(absence)
    )
    key = uuid5(here.conversation.id, f"{EventName.COVER_ASKED} {absence.id}")
    told = Told(key, EventName.COVER_ASKED, facts, (AskCover(absence.id, asked),))
    await tell(office, here.conversation, told)
    return True


async def _begin_or_end(office: Office, here: Here) -> bool:
    scope = wanted(here)
    if scope is here.running:
        return False
    if scope is None:
        await _end(office, here)
    else:
        await _begin(office, here, scope)
    return True


async def _begin(office: Office, here: Here, scope: CoverScope) -> None:
    absence, conversation = here.absence, here.conversation
    found = (
        [] if absence.cover is None else await office.memory.people.find(absence.practice, [absence.cover])
    )
    if not found or not found[0].active or not found[0].role.is_clinician:
        return
    cover = found[0]
    await office.memory.trail.note(absence.practice, here.now, cover.id, Noted.COVER_BEGAN, conversation.id)
    begin = BeginCover(absence.id, cover.id, cover.role, scope, absence.ends, here.now)
    again = _if_taken_over(here, scope)
    name = await name_of(office, absence.practice, cover.id)
    facts = CoverFacts(cover.id, name, absence.person, scope.value)
    key = uuid5(conversation.id, f"{EventName.COVER_BEGAN} {absence.id} {scope}")
    effects = (begin,) if again is None else (begin, again)
    await tell(office, conversation, Told(key, EventName.COVER_BEGAN, facts, effects))


def _if_taken_over(here: Here, scope: CoverScope) -> SetAway | None:
    """Letters that come while somebody answers are promised as ever; those that wait keep the time they were told."""
    if scope is CoverScope.LOOK_IN:
        return None
    return answered_again(here.conversation, here.absence.id, here.now)


async def _end(office: Office, here: Here) -> None:
    """They go; and where nobody answers from then on, whoever waits is told by when somebody does."""
    absence, conversation = here.absence, here.conversation
    if absence.cover is None:
        return
    await office.memory.trail.note(
        absence.practice, here.now, absence.cover, Noted.COVER_ENDED, conversation.id
    )
    away = None
    if not here.over:
        away = away_in(conversation, absence, here.now.astimezone(ZoneInfo(here.practice.time_zone)).date())
    promise = promise_with(here.practice, conversation, away.now) if away else None
    name = await name_of(office, absence.practice, absence.cover)
    facts = CoverFacts(absence.cover, name, absence.person, _scope(absence), promise)
    key = uuid5(conversation.id, f"{EventName.COVER_ENDED} {absence.id}")
    end = EndCover(absence.id, absence.cover, here.now)
    effects: tuple[Effect, ...] = (end,) if away is None else (end, away)
    await tell(office, conversation, Told(key, EventName.COVER_ENDED, facts, effects))


async def _promise_again(office: Office, here: Here) -> bool:
    """Who is back before it was said, or has a colleague there who takes over, answers new letters as ever."""
    absence = here.absence
    early = here.over and absence.ended_at is not None and absence.ended_at < absence.ends
    taken = (
        here.accepted
        and here.there_already
        and absence.scope is CoverScope.TAKE_OVER
        and here.now >= absence.begins
    )
    again = answered_again(here.conversation, absence.id, here.now) if early or taken else None
    if again is None:
        return False
    way = errand(absence.practice, here.conversation.id, Work.FOUNDING)
    if not await office.memory.absences.set_away(way, again):
        raise Busy
    return True


def _scope(absence: StoredAbsence) -> str:
    return (absence.scope or CoverScope.LOOK_IN).value
