"""Breaks of a connection in a session, as the record says them: who was gone, from when until when.

Several nodes may notice the same break; the key is made from what they all know, so that it is written once.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from messaging.fact_forms import moment
from messaging.facts import BreakFacts
from messaging.ids import ConversationId, PersonId, PracticeId, SessionId
from messaging.memory.record import Gate
from messaging.messages import Body, Channel, EntryKind, EventName
from messaging.office import Office
from messaging.record.posting import Draft, Where, post
from messaging.sessions.holding import event_key
from messaging.trust.access import Work, errand

PATIENCE: Final = 20.0
"""Seconds somebody may be gone before the record says so: a tunnel, a reload, another network are no break."""


@dataclass(frozen=True, slots=True)
class Break:
    """Somebody's last connection to a live session went at `since`, and one came back at `until`."""

    practice: PracticeId
    conversation: ConversationId
    session: SessionId
    person: PersonId
    since: datetime
    until: datetime | None = None


async def note_break(office: Office, broken: Break) -> None:
    """Writes that somebody was lost, or with `until` that they are back. Of nobody who no longer belongs to it.

    Raises NoSession when it ended just now, Busy.
    """
    found = await office.memory.conversations.find(broken.practice, broken.conversation)
    if found is None or found.live is None or found.live.id != broken.session:
        return
    if found.member(broken.person) is None:
        return
    event = EventName.CONNECTION_LOST if broken.until is None else EventName.CONNECTION_BACK
    facts = BreakFacts(broken.session, broken.person, broken.since, broken.until)
    key = event_key(broken.session, f"{event} {broken.person} {moment(broken.since)}")
    draft = Draft(key, Body(event=event, facts=facts), Channel.CHAT, EntryKind.EVENT, gate=Gate.LIVE)
    way = errand(broken.practice, broken.conversation, Work.FOLLOWING)
    await post(office, Where.by_nobody(way), draft)
