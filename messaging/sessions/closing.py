"""The closing step: what each side takes with it, what was given to do, and when they meet again."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from messaging.conversations import Session, SessionState
from messaging.errors import KeyReused, Malformed, NoSession, NotFound, TooLate
from messaging.facts import ClosingFacts
from messaging.memory.record import Gate, Outcome, Verdict
from messaging.messages import CHAT_LIMIT, Body, Channel, Entry, EntryKind, EventName, checked_text
from messaging.office import Office
from messaging.record.posting import Draft, Where, post, same_words
from messaging.sessions.recording import events_of
from messaging.trust.access import Pass

AFTER_END: Final = timedelta(minutes=30)
"""Some find their words only when it is over."""
HOMEWORK_LIMIT: Final = 4_000
"""Characters."""


@dataclass(frozen=True, slots=True)
class Closing:
    """As it is handed in. `next` is the next appointment, as it was agreed here."""

    key: UUID
    text: object = field(repr=False)
    homework: object = field(default=None, repr=False)
    next: datetime | None = None


async def close_with(office: Office, held: Pass, session: Session, closing: Closing) -> Outcome:
    """One for each person; a later one takes the place of the earlier, and the record keeps both.

    Raises NotFound, NoSession before it began, TooLate, KeyReused, Malformed, TooLong.
    """
    if session.conversation != held.conversation:
        raise NotFound
    body = _body(session, closing)
    own = [
        e
        for e in await events_of(office, held, session)
        if e.body.event is EventName.CLOSING and e.author == held.person
    ]
    known = next((e for e in own if e.key == closing.key), None)
    if known is not None:  # a retry: it may come when the time is over
        return _again(known, body)
    _check_time(session, office.clock())
    draft = Draft(
        closing.key,
        body,
        Channel.WEB,
        EntryKind.EVENT,
        gate=Gate.MEMBER,
        amends=own[-1].number if own else None,
    )
    return await post(office, Where.by(held), draft)


def _again(known: Entry, body: Body) -> Outcome:
    if not same_words(known.body, body):
        raise KeyReused
    return Outcome(Verdict.KNOWN, known.number, known.id, known.at)


def _check_time(session: Session, now: datetime) -> None:
    if session.state is SessionState.LIVE:
        return
    if session.state is not SessionState.ENDED or session.ended_at is None:
        raise NoSession("This session has not begun, or was not held.")
    if now > session.ended_at + AFTER_END:
        raise TooLate("This session has ended. You can write a letter.")


def _body(session: Session, closing: Closing) -> Body:
    given = closing.homework is not None
    homework = checked_text(closing.homework, HOMEWORK_LIMIT) if given else None
    if closing.next is not None and closing.next.tzinfo is None:
        raise Malformed("The next appointment has an offset to UTC.")
    facts = ClosingFacts(session.id, homework, closing.next)
    return Body(text=checked_text(closing.text, CHAT_LIMIT), event=EventName.CLOSING, facts=facts)
