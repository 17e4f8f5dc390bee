"""What whoever runs the program may ask of every practice: which there are, whether their trails are whole. Never a word.

Nobody is admitted here: these are for commands at the machine itself, and for what keeps the server going.
"""

from messaging.conversations import Conversation, SessionRules
from messaging.ids import ConversationId, PracticeId
from messaging.office import Office
from messaging.people import Person, Practice, Role
from messaging.record.reading import open_person


async def practice_ids(office: Office) -> list[PracticeId]:
    """All practices of this installation. Raises Busy."""
    return await office.memory.directory.practices()


async def practices(office: Office) -> list[Practice]:
    """All practices of this installation, as they are set up. Raises Busy."""
    found = [await office.memory.people.practice(one) for one in await practice_ids(office)]
    return [one for one in found if one is not None]


async def only_practice(office: Office) -> PracticeId | None:
    """The practice of an installation that has one; None where it has none or several. Raises Busy."""
    found = await practice_ids(office)
    return found[0] if len(found) == 1 else None


async def verify_trail(office: Office, practice: PracticeId) -> tuple[int, int | None]:
    """Walks a practice's audit chain: how many lines, and the first that does not fit, if one does not. Raises Busy."""
    return await office.memory.trail.verify(practice)


async def has_conversation(office: Office, practice: PracticeId, conversation: ConversationId) -> bool:
    """Whether the practice has it. Raises Busy."""
    return await office.memory.conversations.find(practice, conversation) is not None


async def conversations_by_mail(office: Office, practice: PracticeId) -> list[ConversationId]:
    """Those into which a letter ever came by mail. Raises Busy."""
    return await office.memory.mailbox.conversations_by_mail(practice)


async def some_client(office: Office, practice: PracticeId) -> tuple[Person, Conversation] | None:
    """A client in care, whose reply address a test letter may take; None while there is none. Raises Busy."""
    for stored in await office.memory.people.all(practice):
        if stored.role is not Role.CLIENT or not stored.active:
            continue
        for row in await office.memory.inboxes.of_person(practice, stored.id):
            return await open_person(office, stored), row.conversation
    return None


async def lay_down_rules(office: Office, practice: PracticeId, rules: SessionRules) -> None:
    """A founded practice's rules for sessions, checked before (`sessions.rules.checked_rules`). Raises Busy."""
    await office.memory.sessions.set_rules(practice, rules)
