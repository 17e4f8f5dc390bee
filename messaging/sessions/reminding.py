"""Reminders: neutral notices before a session, each sent once, none for what was called off or agreed too late for it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from messaging.conversations import Circle, Session, SessionRules, SessionState
from messaging.ids import PracticeId
from messaging.office import About, Office
from messaging.people import Person, Role
from messaging.sessions.inviting import (
    AppointmentMail,
    announce,
    owed_appointment,
    practice_and_circle,
    recipients,
)
from messaging.trust.access import Work, errand

LAST: Final = 60
"""Minutes before the start: time to find a quiet place. The earlier reminder is the practice's to choose."""


async def follow(office: Office, practice: PracticeId, session: Session) -> datetime | None:
    """All that follows from a booking and is due: it is told, and reminded of. When to come again; None: nothing is left.

    Twice is once, on one node or many.
    """
    told = await announce(office, practice, session.id)
    if told is None or session.state is not SessionState.BOOKED:
        return None
    entered = await practice_and_circle(office, practice, session)
    if entered is None:
        return None
    owner, circle = entered
    way = errand(practice, session.conversation, Work.LEAVING)
    due = due_now(session, circle.conversation.rules, told.at or office.clock(), office.clock())
    for reader in _reminded(circle) if due is not None else []:
        mail = AppointmentMail(session, reader, About.SOON, due or 0)
        owed = await owed_appointment(office, owner, circle, mail)
        await office.memory.mailbox.owe(way, told.number, owed, office.clock())
    return next_due(session, circle.conversation.rules, told.at or office.clock(), office.clock())


def steps(rules: SessionRules) -> list[int]:
    """Minutes before the start at which a reminder is due, the earliest first; none where the practice wants none."""
    return sorted({rules.reminder_minutes, LAST}, reverse=True) if rules.reminder_minutes else []


def due_now(session: Session, rules: SessionRules, agreed: datetime, now: datetime) -> int | None:
    """The reminder whose time it is: until the next one is due, for a late one says nothing the next does not."""
    found = None
    for minutes, at in _due(session, rules, agreed):
        if at <= now < session.starts:
            found = minutes
    return found


def next_due(session: Session, rules: SessionRules, agreed: datetime, now: datetime) -> datetime | None:
    """When the next reminder is due."""
    return next((at for _, at in _due(session, rules, agreed) if at > now), None)


def _due(session: Session, rules: SessionRules, agreed: datetime) -> Iterator[tuple[int, datetime]]:
    """Whoever agreed on the time after a reminder was due knows it still."""
    for minutes in steps(rules):
        at = session.starts - timedelta(minutes=minutes)
        if at > agreed:
            yield minutes, at


def _reminded(circle: Circle) -> list[Person]:
    """Those in care. Who cares for them has the calendar before their eyes."""
    return [one for one in recipients(circle) if one.role is Role.CLIENT]
