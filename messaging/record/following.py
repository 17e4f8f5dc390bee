"""Following a conversation live: who may, who belongs to it by now, and what changed while nobody was told.

What is asked here without a Pass is for the hub itself, which tells only those it admits against the answer.
"""

from collections.abc import Sequence
from datetime import datetime

from messaging.conversations import Conversation, Working
from messaging.errors import NotFound
from messaging.ids import ConversationId, PersonId, PracticeId, SessionId
from messaging.memory.conversations import Stand
from messaging.memory.lookups import StoredCircle
from messaging.office import Office
from messaging.people import Person
from messaging.record.reading import note_opening, open_circle
from messaging.trust.access import Deed, Pass, admit, may
from messaging.trust.due import is_due


async def open_to_follow(office: Office, person: Person, conversation: ConversationId) -> StoredCircle:
    """The conversation as it stands, for somebody who may read it; that they opened it is noted. Raises NotFound."""
    found = await office.memory.lookups.circle(person.practice, conversation)
    held = admit(person, found.conversation if found else None, Deed.READ)
    if found is None:
        raise NotFound
    await note_opening(office, held)
    return found


async def circle_now(
    office: Office, practice: PracticeId, conversation: ConversationId
) -> StoredCircle | None:
    """Who belongs to a followed conversation by now, to let go of who does not. Raises Busy."""
    return await office.memory.lookups.circle(practice, conversation)


async def stands_now(
    office: Office, asked: Sequence[tuple[PracticeId, ConversationId]]
) -> dict[ConversationId, Stand]:
    """How far followed conversations have come, to notice what nobody was told. Erased ones are missing. Raises Busy."""
    return await office.memory.conversations.stands(asked)


async def standing_now(
    office: Office, practice: PracticeId, conversation: ConversationId
) -> Conversation | None:
    """Whose inboxes a change belongs in, and since when it waits. Raises Busy."""
    return await office.memory.conversations.find(practice, conversation)


async def changed_since(
    office: Office, practice: PracticeId, people: Sequence[PersonId], since: datetime
) -> list[ConversationId]:
    """Conversations of theirs with an entry since; the newest, where there are very many. Raises Busy."""
    return await office.memory.conversations.changed(practice, people, since)


async def clinicians_beside(
    office: Office, practice: PracticeId, conversation: ConversationId, person: PersonId
) -> tuple[Person, frozenset[PersonId]]:
    """Somebody who cares there, and who else of those who care may read it, as it stands now. Raises NotFound, Busy."""
    found = await office.memory.lookups.circle(practice, conversation)
    if found is None:
        raise NotFound
    circle = await open_circle(office, found)
    here = {one.id: one for one in circle.clinicians if may(one, found.conversation, Deed.READ)}
    if person not in here:
        raise NotFound
    return here.pop(person), frozenset(here)


async def live_sessions(office: Office, person: Person) -> list[tuple[ConversationId, SessionId]]:
    """The live sessions this person belongs to. Raises Busy."""
    return await office.memory.conversations.live_of(person.practice, person.id)


async def agreed_now(office: Office, held: Pass) -> bool:
    """Whether a session could begin as far as its holder is concerned, read anew: a pass may be an hour old. Raises Busy."""
    found = await office.memory.lookups.circle(held.practice, held.conversation)
    member = found.conversation.member(held.person) if found else None
    return member is None or not is_due(member.due, Working.CHAT, office.clock())
