"""The inbox: the conversations a person may read, who waits longest first, and what is held of each."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from messaging.care.promises import promised_by
from messaging.conversations import Circle, Conversation
from messaging.ids import ConversationId
from messaging.messages import Entry
from messaging.office import Office
from messaging.people import Person, Practice
from messaging.reading import open_entries, people_named
from messaging.trust.access import Deed, may


@dataclass(frozen=True, slots=True)
class HeldHere:
    """Since when the first of a conversation's held letters waits, and until when it would be answered if it is let in."""

    since: datetime
    promise: datetime | None


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One conversation as the inbox shows it."""

    circle: Circle
    unread: int
    last: Entry | None = field(repr=False)
    promise: datetime | None
    held: "HeldHere | None" = None
    """For who may decide about them: letters of it wait in the screener. However many, it is said once."""

    @property
    def due(self) -> datetime | None:
        """The earlier of its promises: a held letter may be the client's, and puts off no other."""
        both = (self.promise, self.held.promise if self.held else None)
        return min((one for one in both if one is not None), default=None)

    @property
    def conversation(self) -> Conversation:
        """The conversation."""
        return self.circle.conversation


async def inbox(office: Office, person: Person) -> list[InboxLine]:
    """All conversations a person may read: who waits longest first, then the newest."""
    kept = await office.memory.conversations.of_person(person.practice, person.id)
    rows = [row for row in kept if may(person, row.conversation, Deed.READ)]
    practice = await office.memory.people.practice(person.practice)
    await office.keyring.prefetch(person.practice, [r.conversation.id for r in rows])
    ids = {m.person for r in rows for m in r.conversation.members}
    people = await people_named(office, person.practice, ids)
    held = await held_letters(office, person, practice, [row.conversation for row in rows])
    lines = []
    for row in rows:
        last = await open_entries(office, person.practice, [row.last] if row.last else [])
        mine = {m.person: people[m.person] for m in row.conversation.members if m.person in people}
        lines.append(
            InboxLine(
                Circle(row.conversation, mine),
                max(0, row.conversation.last_number - row.read_number),
                last[0] if last else None,
                promise_of(practice, row.conversation),
                held.get(row.conversation.id),
            )
        )
    return sorted(lines, key=_longest_waiting)


async def held_letters(
    office: Office, person: Person, practice: Practice | None, conversations: Sequence[Conversation]
) -> dict[ConversationId, HeldHere]:
    """Those of these conversations of which letters are held, for who may decide about them; nothing for anybody else."""
    mine = {one.id: one for one in conversations if may(person, one, Deed.SETTLE)}
    since = await office.memory.mailbox.held_since(person.practice, list(mine)) if mine else {}
    return {
        name: HeldHere(at, promise_of(practice, replace(mine[name], waiting_since=at)))
        for name, at in since.items()
    }


def promise_of(practice: Practice | None, conversation: Conversation) -> datetime | None:
    """When the waiting letter is answered at the latest; None when nothing waits."""
    if practice is None or conversation.waiting_since is None:
        return None
    return promised_by(conversation.answer, conversation.waiting_since, ZoneInfo(practice.time_zone))


def _longest_waiting(line: InboxLine) -> tuple[bool, float]:
    both = (line.conversation.waiting_since, line.held.since if line.held else None)
    if waits := [one.timestamp() for one in both if one is not None]:
        return (False, min(waits))
    return (True, -(line.conversation.last_at.timestamp() if line.conversation.last_at else 0.0))
