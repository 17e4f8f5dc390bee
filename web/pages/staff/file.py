"""The file beside a conversation: what was agreed, who reads, and the sessions, without a word of what was said."""

from collections.abc import Sequence
from typing import Final, assert_never

from messaging.conversations import AnswerRule, Circle, Session, SessionState
from messaging.leaving.keys import has_offered
from messaging.people import EmailMode, Person, Role
from messaging.sessions.finding import sessions_of
from messaging.trust.access import Pass
from messaging.trust.roles import Task, tasks_of
from web.pages.parts.asking import Visit
from web.pages.parts.dates import moment, weekday_name
from web.pages.parts.showing import counted
from web.pages.parts.views import Named
from web.pages.staff.views import FileSection

SESSIONS: Final = 4
"""Sessions shown: the next and the last few."""


async def file_of(visit: Visit, held: Pass, circle: Circle) -> tuple[FileSection, ...]:
    """The sections, in the order they are asked about."""
    found = await sessions_of(visit.office, held, SESSIONS)
    sections = [
        FileSection(
            "Letters",
            (_answered(circle), *[line for p in circle.clients for line in await _mail_of(visit, p, circle)]),
        ),
        FileSection("Read by", tuple((p.name, _place(p.role)) for p in circle.people.values())),
    ]
    if found:
        sections.append(
            FileSection("Sessions", tuple(_session(one, visit) for one in found), links=_noting(found, visit))
        )
    return tuple(sections)


def charges_of(visit: Visit, circle: Circle) -> tuple[Named, ...]:
    """Those in care, for a reader who answers for them."""
    if Task.CLIENTS not in tasks_of(visit.person.role):
        return ()
    return tuple(Named(str(one.id), one.name) for one in circle.clients)


def _place(role: Role) -> str:
    match role:
        case Role.CLIENT:
            return "in care"
        case Role.THERAPIST | Role.PSYCHIATRIST | Role.SUPERVISOR | Role.ADMINISTRATOR:
            return role.value
        case _:
            assert_never(role)


def _answered(circle: Circle) -> tuple[str, str]:
    rule = circle.conversation.answer
    day = _in_days(rule) if rule.weekday is None else f"{weekday_name(rule.weekday)}s"
    return "Answered", f"{day}, {rule.by:%H:%M}"


def _in_days(rule: AnswerRule) -> str:
    return "in one working day" if rule.days == 1 else f"in {counted(rule.days)} working days"


async def _mail_of(visit: Visit, client: Person, circle: Circle) -> list[tuple[str, str]]:
    lines = [_mailed(client, circle)]
    if await has_offered(visit.office, client):
        lines.append(("OpenPGP key", f"one came with a letter; {client.name} can accept it under Your mail"))
    return lines


def _mailed(client: Person, circle: Circle) -> tuple[str, str]:
    label = "By mail" if len(circle.clients) == 1 else f"To {client.name}"
    if client.email is None:
        return label, "an address that mail cannot be sent to" if client.unreachable else "no address"
    return label, _shown(client.email_mode)


def _shown(mode: EmailMode) -> str:
    match mode:
        case EmailMode.NOTICE:
            return "a notice only"
        case EmailMode.FULL:
            return "in full"
        case EmailMode.OPENPGP:
            return "locked with their key, or a notice while it cannot be used"
        case _:
            assert_never(mode)


def _session(one: Session, visit: Visit) -> tuple[str, str]:
    when = moment(one.opened_at or one.starts, visit.here)
    return when, f"{one.minutes} min, {_became(one.state)}"


def _noting(found: Sequence[Session], visit: Visit) -> tuple[tuple[str, str], ...]:
    """A progress note is begun from the session that was held last, in one press."""
    held = next((one for one in found if one.state in (SessionState.LIVE, SessionState.ENDED)), None)
    if held is None:
        return ()
    when = moment(held.opened_at or held.starts, visit.here)
    place = f"/c/{held.conversation}/notes/progress?session={held.id}"
    return ((f"Progress note on {when}", place),)


def _became(state: SessionState) -> str:
    match state:
        case SessionState.BOOKED:
            return "booked"
        case SessionState.LIVE:
            return "live now"
        case SessionState.ENDED:
            return "held"
        case SessionState.CANCELLED:
            return "cancelled"
        case SessionState.MISSED:
            return "missed"
        case _:
            assert_never(state)
