"""The file beside a conversation: what comes next, whom to call, what was agreed, who reads. Not a word of what was said."""

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from messaging.conversations import Circle, Session, SessionState
from messaging.leaving.answer_rules import MOST_DAYS
from messaging.leaving.keys import has_offered
from messaging.people import Person
from messaging.sessions.checking_in import dialled
from messaging.sessions.finding import sessions_ahead, sessions_of
from messaging.sessions.happening import Whereabouts, last_answers
from messaging.sessions.repeating import weeks_between
from messaging.trust.access import Deed, Pass, admit
from messaging.trust.due import is_due_to
from messaging.trust.roles import Task, tasks_of
from web.pages.parts.answer_rule import fields_of
from web.pages.parts.asking import Visit
from web.pages.parts.showing import fresh_key
from web.pages.parts.views import Named
from web.pages.staff.file_view import Ahead, File, Mailed, Met, Reach, Reader

AHEAD: Final = 4
"""Sessions ahead that are shown: this one and the three after it."""
MET: Final = 3
"""Sessions that were held, or should have been: the last few."""


async def file_of(visit: Visit, held: Pass, circle: Circle) -> File:
    """All of it, in the order one needs it on a bad day."""
    holds = admit(visit.person, circle.conversation, Deed.HOLD_SESSION)
    ahead = await sessions_ahead(visit.office, held)
    return File(
        conversation_id=str(circle.conversation.id),
        key=fresh_key(),
        ahead=tuple(Ahead(one.starts, one.minutes) for one in ahead[:AHEAD]),
        weeks=weeks_between([one.starts for one in ahead], _zone(visit)),
        reach=tuple(one for each in await last_answers(visit.office, holds, circle) for one in _reach(each)),
        answer=fields_of(circle.conversation.answer),
        answered_on=circle.conversation.answer.weekday,
        most_days=MOST_DAYS,
        may_change=Task.CIRCLES in tasks_of(visit.person.role),
        mail=tuple([await _mailed(visit, one) for one in circle.clients]),
        met=_met(await sessions_of(visit.office, held, MET), visit),
        agreement_due=any(is_due_to(circle.conversation, one.id, visit.here.now) for one in circle.clients),
        readers=tuple(Reader(one.name, one.role.value) for one in circle.people.values()),
    )


def charges_of(visit: Visit, circle: Circle) -> tuple[Named, ...]:
    """Those in care, for a reader who answers for them."""
    if Task.CLIENTS not in tasks_of(visit.person.role):
        return ()
    return tuple(Named(str(one.id), one.name) for one in circle.clients)


def _zone(visit: Visit) -> ZoneInfo:
    """The practice's: a series is booked on its clock."""
    return ZoneInfo(visit.practice.time_zone)


def _reach(one: Whereabouts) -> tuple[Reach, ...]:
    if one.check_in is None:
        return ()
    said = one.check_in.answers
    return (Reach(one.person.name, one.check_in.at, said.word.value, said.phone, dialled(said.phone)),)


async def _mailed(visit: Visit, client: Person) -> Mailed:
    offered = await has_offered(visit.office, client)
    if client.email is None:
        return Mailed(client.name, "unreachable" if client.unreachable else "none", offered)
    return Mailed(client.name, client.email_mode.value, offered)


def _met(found: Sequence[Session], visit: Visit) -> tuple[Met, ...]:
    """A progress note is begun from the session that was held last, in one press."""
    begun = [one for one in found if one.state is not SessionState.BOOKED or one.starts <= visit.here.now]
    held = next((one.id for one in begun if one.state in (SessionState.LIVE, SessionState.ENDED)), None)
    return tuple(
        Met(str(one.id), one.opened_at or one.starts, one.minutes, one.state.value, one.id == held)
        for one in begun
    )
