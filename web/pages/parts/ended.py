"""The session that has just ended: what it was can still be said, however early it ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from messaging.conversations import Session, SessionState
from messaging.facts import SessionFacts
from messaging.ids import PersonId, SessionId, parse_uuid
from messaging.messages import Entry, EventName
from messaging.sessions.closing import AFTER_END
from web.pages.parts.facts import session_named


def just_ended(entries: Sequence[Entry], now: datetime, within: timedelta) -> Session | None:
    """The last one, where it ended among these entries and no longer ago than `within`."""
    ending = next((one for one in reversed(entries) if one.body.event is EventName.SESSION_ENDED), None)
    name = parse_uuid(session_named(ending)) if ending else None
    if ending is None or name is None or now - ending.at > within:
        return None
    facts = ending.body.facts
    minutes = facts.minutes if isinstance(facts, SessionFacts) else 0
    began = ending.at - timedelta(minutes=minutes)
    return Session(
        id=SessionId(name),
        conversation=ending.conversation,
        state=SessionState.ENDED,
        starts=began,
        minutes=minutes,
        opened_at=began,
        ended_at=ending.at,
    )


def to_close(entries: Sequence[Entry], me: PersonId, now: datetime) -> Session | None:
    """The one to which the reader can still add closing words, and has not yet."""
    ended = just_ended(entries, now, AFTER_END)
    said = ended is not None and any(
        one.body.event is EventName.CLOSING and one.author == me and session_named(one) == str(ended.id)
        for one in entries
    )
    return None if said else ended
