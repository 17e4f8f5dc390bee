"""All that a practice holds, handed out: its settings and people, each conversation's record, its sessions and its trail.

Who administers a practice reads no words (`trust.access`), and asks for the whole nonetheless: to take it elsewhere, to give
it back. So what they are handed is sealed as a backup is, and whoever has the master key opens it: two things, best with two
people. Whoever runs the program has that key anyway, and is handed the whole in the clear. In both cases each record has a
line in the trail before a word of it is read, and its client is shown it.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from messaging.agreements.documents import Document, opened
from messaging.conversations import Conversation, Session, SessionRules
from messaging.errors import NotFound
from messaging.exporting.record import SESSIONS, Record, record_at_the_machine
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.trail import Asked, Mark, Stood
from messaging.office import Office
from messaging.people import Person, Practice
from messaging.record.reading import person_named
from messaging.trust.access import Errand, Work, errand
from messaging.trust.noted import Act

LINES: Final = 1_000
"""Of the trail, read at once."""
TURN: Final = 100
"""Names opened before others get their turn."""


@dataclass(frozen=True, slots=True)
class PracticeRecord:
    """What stands before the records. `people`: all who are here or were, as they are called. `conversations`: how many
    entries each has."""

    practice: Practice
    rules: SessionRules
    people: tuple[Person, ...] = field(repr=False)
    conversations: Mapping[ConversationId, int] = field(repr=False)
    at: datetime


async def practice_record(office: Office, practice: PracticeId) -> PracticeRecord:
    """As it stands now. Raises NotFound, Busy."""
    found = await office.memory.people.practice(practice)
    if found is None:
        raise NotFound
    return PracticeRecord(
        practice=found,
        rules=await office.memory.sessions.rules(practice),
        people=tuple(await _people(office, practice)),
        conversations=await office.memory.conversations.lengths(practice),
        at=office.clock(),
    )


async def _people(office: Office, practice: PracticeId) -> Sequence[Person]:
    stored = await office.memory.people.all(practice)
    await office.keyring.prefetch(practice, [one.id for one in stored])
    found = []
    for turn, one in enumerate(stored, 1):
        found.append(await person_named(office, one))
        if turn % TURN == 0:
            await office.breathe()
    return found


async def records_of(
    office: Office, whole: PracticeRecord, by: PersonId, said: Act
) -> AsyncIterator[tuple[Errand, Record]]:
    """Each record, and the way to it; that `by` was handed it is noted first. One that was erased meanwhile is passed over.

    Raises Busy, Malformed.
    """
    practice = whole.practice.id
    for named in whole.conversations:
        found = await office.memory.conversations.find(practice, named)
        if found is None:
            continue
        await office.memory.trail.note(practice, office.clock(), by, said, named)
        way = errand(practice, named, Work.EXPORTING)
        yield way, await record_at_the_machine(office, found, way)


async def relations_of(
    office: Office, whole: PracticeRecord
) -> AsyncIterator[tuple[Conversation, Sequence[Session]]]:
    """Each conversation with its sessions, the earliest first; not a word of it. Raises Busy."""
    for named in whole.conversations:
        found = await office.memory.conversations.find(whole.practice.id, named)
        if found is not None:
            way = errand(whole.practice.id, named, Work.EXPORTING)
            sessions = await office.memory.sessions.of_conversation(way, SESSIONS)
            yield found, tuple(reversed(sessions))


async def documents_of(office: Office, whole: PracticeRecord) -> Sequence[Document]:
    """What clients agree to, with all versions. Raises Busy."""
    practice = whole.practice.id
    found = await office.memory.agreements.documents(practice)
    return await opened(office, practice, found, {one.id: one.versions for one in found})


async def trail_of(office: Office, whole: PracticeRecord) -> AsyncIterator[Sequence[Stood]]:
    """The trail up to the moment of the record, the newest first, some lines at a time. Raises Busy."""
    mark: Mark | None = None
    while page := await office.memory.trail_lines.newest(  # bound: the lines of the trail
        whole.practice.id, Asked(until=whole.at), mark, LINES
    ):
        yield page
        mark = page[-1].mark
        await office.breathe()
