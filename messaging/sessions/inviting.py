"""What was agreed is told: one line in the record, and mails for calendars, once for each change."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final, assert_never
from uuid import UUID, uuid5

from messaging.conversations import Circle, Session, SessionState
from messaging.facts import AppointmentFacts
from messaging.ids import MailId, PersonId, PracticeId, SessionId
from messaging.leaving.owing import owe, reply_token
from messaging.memory.leaving import MailState, Owe
from messaging.memory.record import Gate, Outcome
from messaging.messages import Body, Channel, EntryKind, EventName
from messaging.office import About, AppointmentOrder, Office
from messaging.people import Person, Practice, Role
from messaging.record.posting import Draft, Where, post
from messaging.record.reading import circle_of, practice_of
from messaging.slips import UNDO
from messaging.trust.access import Work, errand

TOLD: Final = frozenset({EventName.SESSION_BOOKED, EventName.SESSION_MOVED, EventName.SESSION_RESTORED})
"""One of them tells that a session stands as it does; of one that was undone also the clock of sessions finds it told."""
RESTS: Final = UNDO + timedelta(seconds=2)
"""A mail of a change waits until nobody can undo it any more, the time one needs for it included."""


def _to_tell(state: SessionState) -> About | None:
    """What is told of a booking. How a session went is told by those who hold it."""
    match state:
        case SessionState.BOOKED:
            return About.ARRANGED
        case SessionState.CANCELLED:
            return About.CANCELLED
        case SessionState.LIVE | SessionState.ENDED | SessionState.MISSED:
            return None
        case _:
            assert_never(state)


def _told_as(session: Session, about: About) -> UUID:
    """The key under which the record has it, so that it stands there once however many tell it."""
    return uuid5(session.id, f"{session.sequence}/{about}")


async def announce(
    office: Office,
    practice: PracticeId,
    session: SessionId,
    by: PersonId | None = None,
    circle: Circle | None = None,
) -> Outcome | None:
    """Tells how the session stands now, if that is not told yet; None when there is nothing of the kind to tell.

    `circle`: who is in the conversation, where who asks was admitted to it just now.

    Always as it stands: of two changes in a breath the older one need not be told, and must not be told last.
    """
    found = await office.memory.sessions.named(practice, session)
    about = _to_tell(found.state) if found is not None else None
    if found is None or about is None:
        return None
    entered = await practice_and_circle(office, practice, found, circle)
    if entered is None:
        return None
    owner, circle = entered
    # Nobody's calendar needs an appointment that is over: an import may bring old ones.
    told = recipients(circle) if found.starts > office.clock() else []
    mails = [
        await owed_appointment(office, owner, circle, AppointmentMail(found, one, about)) for one in told
    ]
    if found.sequence:  # a change, that can be undone; of what is new everybody may know at once
        mails = [replace(one, rests=RESTS) for one in mails]
    draft = Draft(
        _told_as(found, about),
        Body(event=_event(found), facts=_agreed(found, by)),
        Channel.WEB,
        EntryKind.EVENT,
        gate=Gate.SYSTEM,
        effects=tuple(mails),
        instead=TOLD if about is About.ARRANGED else frozenset(),
    )
    # In nobody's name, whoever did it: a key is an author's own, and two authors would write it twice.
    way = errand(practice, found.conversation, Work.LEAVING)
    return await post(office, Where.by_nobody(way), draft)


async def announce_restored(
    office: Office,
    practice: PracticeId,
    session: Session,
    former: int,
    by: PersonId,
    circle: Circle | None = None,
) -> Outcome | None:
    """A change was undone before anybody was written to: the record says so, and mail goes only where it is still needed.

    `former` is the sequence the session had before the change. Whoever got a mail of that knows what stands again.
    `circle`: as in `announce`.
    """
    entered = await practice_and_circle(office, practice, session, circle)
    if entered is None:
        return None
    owner, circle = entered
    before = replace(session, sequence=former)
    way = errand(practice, session.conversation, Work.LEAVING)
    mails = []
    for one in recipients(circle):
        earlier = await office.memory.mailbox.mail(way, AppointmentMail(before, one, About.ARRANGED).id)
        if earlier is not None and earlier.state in (MailState.OWED, MailState.STOPPED):
            mails.append(
                await owed_appointment(office, owner, circle, AppointmentMail(session, one, About.ARRANGED))
            )
    draft = Draft(
        _told_as(session, About.ARRANGED),
        Body(event=EventName.SESSION_RESTORED, facts=_agreed(session, by)),
        Channel.WEB,
        EntryKind.EVENT,
        gate=Gate.SYSTEM,
        effects=tuple(mails),
        instead=TOLD,
    )
    return await post(office, Where.by_nobody(way), draft)


async def practice_and_circle(
    office: Office, practice: PracticeId, session: Session, circle: Circle | None = None
) -> tuple[Practice, Circle] | None:
    """Whose session it is; None when they are gone."""
    if circle is not None and circle.conversation.id == session.conversation:
        owner = await practice_of(office, circle)
        return (owner, circle) if owner else None
    conversation = await office.memory.conversations.find(practice, session.conversation)
    owner = await office.memory.people.practice(practice)
    if conversation is None or owner is None:
        return None
    return owner, await circle_of(office, conversation)


def recipients(circle: Circle) -> list[Person]:
    """Those who come: everyone in care, and who cares for them, but nobody who only looks on."""
    attending = [one for one in circle.clinicians if one.role is not Role.SUPERVISOR]
    return [one for one in (*circle.clients, *(attending or circle.clinicians)) if one.email]


@dataclass(frozen=True, slots=True)
class AppointmentMail:
    """One mail about a session to one reader. `before`: for a reminder, minutes before the start."""

    session: Session
    to: Person = field(repr=False)
    about: About
    before: int = 0

    @property
    def id(self) -> MailId:
        """Made from what it says, so that it can be owed once."""
        session = self.session
        return MailId(uuid5(session.id, f"{session.sequence}/{self.about}/{self.before}/{self.to.id}"))


async def owed_appointment(office: Office, practice: Practice, circle: Circle, mail: AppointmentMail) -> Owe:
    """The mail, frozen and sealed. Its id is made from what it says, so that it can be owed once.

    A client's answer reaches the conversation. A clinician's would be a letter to their client, sent as a slip of the
    thumb: they get no reply address, and answer in the inbox.
    """
    session, reader = mail.session, mail.to
    of_client = reader.role is Role.CLIENT
    order = AppointmentOrder(
        practice=practice,
        mail=mail.id,
        to=reader,
        session=session,
        about=mail.about,
        at=office.clock(),
        reply_token=await reply_token(office, circle, reader) if of_client else None,
        before=mail.before,
    )
    return await owe(office, order, office.press.freeze_appointment(order))


def _event(session: Session) -> EventName:
    if session.state is SessionState.CANCELLED:
        return EventName.SESSION_CANCELLED
    return EventName.SESSION_MOVED if session.sequence else EventName.SESSION_BOOKED


def _agreed(session: Session, by: PersonId | None) -> AppointmentFacts:
    return AppointmentFacts(session.id, session.starts, session.minutes, by, late=session.late)
