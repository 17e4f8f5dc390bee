"""Care that ends, and begins again. Nothing of the record ends with it: everybody reads on, and letters are always kept.

    what is ahead, named first > the event, with which all that was agreed is called off > who came to it is told

From then on nobody meets or chats, nothing is promised, nobody is reminded. What a client writes nonetheless is kept, stands
in the inbox as written after the end, and its receipt says so and where help is.
"""

from dataclasses import dataclass, field
from uuid import UUID, uuid5

from messaging.conversations import Circle, Conversation
from messaging.errors import CareEnded, LettersWait, NoSession
from messaging.facts import CareFacts
from messaging.ids import SYSTEM, ConversationId, EntryId
from messaging.leaving.promises import SOONEST
from messaging.letters.writing import Fresh, owed_mail
from messaging.memory.ending import Ahead, BeginCare, EndCare
from messaging.memory.leaving import Watch
from messaging.memory.record import Effect, Gate
from messaging.memory.subjects import Concern, SubjectKind
from messaging.messages import Body, Channel, EntryKind, EventName, checked_text
from messaging.office import Office, Sentence, SystemLine
from messaging.people import Person
from messaging.practice.circles import arranged
from messaging.record.posting import Draft, Where, post
from messaging.sessions.inviting import announce
from messaging.trust.access import Errand, Work, errand
from messaging.trust.noted import Noted

REASON = 500
"""Characters: a line, not a letter. Whoever has more to say writes one first."""


@dataclass(frozen=True, slots=True)
class Ending:
    """How it is ended. `knowingly`: though somebody waits for an answer. The reason is read by everybody here."""

    reason: str = field(default="", repr=False)
    knowingly: bool = False


@dataclass(frozen=True, slots=True)
class WhatEnds:
    """What is named before care is ended. `held`: letters wait in the screener that may be of those in care."""

    circle: Circle
    ahead: Ahead
    held: bool


async def what_ends(office: Office, by: Person, conversation: ConversationId) -> WhatEnds:
    """What would end with it, for who may end it: administrators, and clinicians of it. Raises NotFound, Busy."""
    circle = await arranged(office, by, conversation)
    held = await office.memory.mailbox.held_since(by.practice, [conversation])
    return WhatEnds(circle, await office.memory.care.ahead(_way(circle.conversation)), bool(held))


async def end_care(
    office: Office, by: Person, conversation: ConversationId, ending: Ending | None = None
) -> Conversation:
    """From this moment care is over. Twice is once.

    Raises NotFound, SessionLive while somebody is in session, LettersWait where that must be said, Malformed, TooLong, Busy.
    """
    ending = ending or Ending()
    circle = await arranged(office, by, conversation)
    ahead = await office.memory.care.ahead(_way(circle.conversation))
    if circle.conversation.ended_at is not None:
        return circle.conversation
    if ahead.waiting and not ending.knowingly:
        raise LettersWait
    reason = checked_text(ending.reason, REASON) if ending.reason.strip() else None
    await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.CARE_ENDED, conversation)
    told = Body(event=EventName.CARE_ENDED, facts=CareFacts(by.id, by.name, reason))
    await _post(office, circle, told, Sentence.CARE_ENDED, (EndCare(office.clock()),))
    for session in ahead.sessions:
        await announce(office, by.practice, session.id, by=by.id)
    return await _as_it_stands(office, circle.conversation)


async def begin_care_again(office: Office, by: Person, conversation: ConversationId) -> Conversation:
    """Care goes on. What was called off stays so; what was written meanwhile is promised an answer from now on.

    Twice is once. Raises NotFound, Busy.
    """
    circle = await arranged(office, by, conversation)
    if circle.conversation.ended_at is None:
        return circle.conversation
    await office.memory.trail.note(by.practice, office.clock(), by.id, Noted.CARE_BEGUN_AGAIN, conversation)
    now = office.clock()
    told = Body(event=EventName.CARE_BEGUN_AGAIN, facts=CareFacts(by.id, by.name))
    begun = (BeginCare(now), Watch(now + SOONEST), _unplanned(office))
    await _post(office, circle, told, Sentence.CARE_BEGUN_AGAIN, begun)
    return await _as_it_stands(office, circle.conversation)


async def _post(
    office: Office, circle: Circle, told: Body, sentence: Sentence, effects: tuple[Effect, ...]
) -> None:
    """The event, with the mails that are owed for it. Who ended it at the same moment was first, and that stands."""
    conversation, entry = circle.conversation, EntryId(office.new_id())
    mails = await owed_mail(office, circle, Fresh(SYSTEM, entry, SystemLine(sentence)))
    draft = Draft(
        _once(conversation, told),
        told,
        Channel.WEB,
        EntryKind.EVENT,
        gate=Gate.IDLE if told.event is EventName.CARE_ENDED else Gate.SYSTEM,
        id=entry,
        effects=(*effects, *mails),
    )
    try:
        await post(office, Where.by_nobody(_way(conversation)), draft)
    except (NoSession, CareEnded):
        return


def _unplanned(office: Office) -> Concern:
    """Care that begins again begins without a planned end: the newest entry about it says so."""
    return Concern(SubjectKind.ENDING, office.new_id())


def _once(conversation: Conversation, told: Body) -> UUID:
    """The revision rises with each end and each beginning: this one is written once, whoever asks."""
    return uuid5(conversation.id, f"{told.event} {conversation.revision}")


async def _as_it_stands(office: Office, conversation: Conversation) -> Conversation:
    found = await office.memory.conversations.find(conversation.practice, conversation.id)
    return found or conversation


def _way(conversation: Conversation) -> Errand:
    return errand(conversation.practice, conversation.id, Work.FOUNDING)
