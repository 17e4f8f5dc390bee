"""The inbox: the conversations a person may read, who waits longest first, and what is held of each."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from messaging.conversations import Circle, Conversation, Snoozed
from messaging.ids import ConversationId, EntryId, PersonId, PracticeId
from messaging.inbox.awaited import Awaited, awaited_of
from messaging.inbox.labels import labels_of
from messaging.inbox.snoozing import is_back, runs, snoozed_until
from messaging.leaving.promises import promise_of
from messaging.memory.inbox import InboxRow
from messaging.messages import Entry, EntryKind, EventName
from messaging.office import Office
from messaging.people import Person, Practice, Role
from messaging.record.reading import open_as_kept, open_entries, people_named
from messaging.trust.access import Deed, may
from messaging.trust.noted import Noted


@dataclass(frozen=True, slots=True)
class HeldHere:
    """Since when the first of a conversation's held letters waits, and until when it would be answered if it is let in."""

    since: datetime
    promise: datetime | None


@dataclass(frozen=True, slots=True)
class Arranged:
    """How its clinicians have arranged a conversation, for one of them."""

    labels: tuple[str, ...] = field(default=(), repr=False)
    assignee: PersonId | None = None
    snoozed: Snoozed | None = None
    answered_aside: bool = False
    """They have put it aside, and a client wrote since."""


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One conversation as the inbox shows it."""

    circle: Circle
    unread: int
    """Entries that are new to the reader (`is_unread`)."""
    last: Entry | None = field(repr=False)
    promise: datetime | None
    held: "HeldHere | None" = None
    """For who may decide about them: letters of it wait in the screener. However many, it is said once."""

    arranged: Arranged | None = None
    """For its clinicians."""
    begun: bool = False
    """A letter of the reader's is begun here."""
    new: bool = False
    """Nobody who cares has written here yet."""
    awaited: Awaited | None = None
    """What waits for an answer, where the last words are a letter of it."""
    raised_at: datetime | None = None
    """For who cares: when the first came of what is to be read first, and they have not read."""
    given: bool = False
    """Something is given here to answer or to do, there is a plan, or an end was planned."""

    def snoozed_until(self, now: datetime) -> datetime | None:
        """Until when the reader wished it away, while that holds: a client's next letter ends it until it is dealt with."""
        if self.arranged is None:
            return None
        woken = self.arranged.answered_aside and self.runs
        return snoozed_until(self.arranged.snoozed, now, woken=woken)

    def hidden(self, now: datetime) -> bool:
        """Wished away, and nothing runs that might need somebody: the only rows that an inbox does not show."""
        return not self.runs and self.snoozed_until(now) is not None

    def back(self, now: datetime) -> bool:
        """The moment until which it was put aside has come."""
        return self.arranged is not None and is_back(self.arranged.snoozed, now)

    @property
    def runs(self) -> bool:
        """Whether it might need somebody now."""
        held = self.held is not None or self.raised_at is not None
        return runs(self.conversation, unread=self.unread > 0, held=held)

    @property
    def due(self) -> datetime | None:
        """The earlier of its promises: a held letter may be the client's, and puts off no other."""
        both = (self.promise, self.held.promise if self.held else None)
        return min((one for one in both if one is not None), default=None)

    @property
    def since(self) -> datetime | None:
        """Since when somebody waits here, be it that their letter is held."""
        both = (
            self.conversation.waiting_since,
            self.held.since if self.held else None,
            self.last.at if self.after_end and self.last else None,
        )
        return min((one for one in both if one is not None), default=None)

    @property
    def after_end(self) -> bool:
        """Something unread was written by who was in care, after care ended: nothing is promised, and it is not hidden."""
        return self.unread > 0 and self.last is not None and written_after_end(self.last, self.conversation)

    @property
    def conversation(self) -> Conversation:
        """The conversation."""
        return self.circle.conversation


def is_unread(entry: Entry, me: PersonId, read: int) -> bool:
    """Whether an entry is new to its reader: somebody else's words beyond the reader's mark, not taken back.

    What happened is no words, and a correction is no other message.
    """
    said = entry.kind is EntryKind.MESSAGE and not entry.withdrawn
    return said and entry.author != me and entry.number > read


def written_after_end(entry: Entry, conversation: Conversation) -> bool:
    """Whether somebody in care wrote it though care had ended, which is so still."""
    ended, member = conversation.ended_at, conversation.member(entry.author)
    by_client = member is None or member.role is Role.CLIENT
    return entry.kind is EntryKind.MESSAGE and by_client and ended is not None and entry.at >= ended


async def inbox(office: Office, person: Person, *, shown: bool = False) -> list[InboxLine]:
    """All conversations a person may read: who waits longest first, then the newest. `shown`: their last words are."""
    kept = await office.memory.inboxes.of_person(person.practice, person.id)
    told = await _lines(office, person.practice, {person.id: person}, kept)
    if shown:
        await _note_previews(office, person.practice, {person.id: person}, told)
    return sorted((line for _, line in told), key=_longest_waiting)


async def changed_lines(
    office: Office,
    practice: PracticeId,
    readers: Mapping[PersonId, Person],
    conversations: Sequence[ConversationId],
) -> list[tuple[PersonId, InboxLine]]:
    """These conversations as each of these readers finds them now; of each reader their own alone."""
    kept = await office.memory.inboxes.of_people(practice, list(readers), conversations)
    told = await _lines(office, practice, readers, kept)
    await _note_previews(office, practice, readers, told)
    return told


async def _note_previews(
    office: Office,
    practice: PracticeId,
    readers: Mapping[PersonId, Person],
    told: Sequence[tuple[PersonId, InboxLine]],
) -> None:
    """Whose last words a clinician sees without opening the record: a line a day. Their own words, and clients, are none."""
    seen: dict[PersonId, list[ConversationId]] = {}
    for reader, line in told:
        if line.last is not None and line.last.author != reader and readers[reader].role.is_clinician:
            seen.setdefault(reader, []).append(line.conversation.id)
    for reader, conversations in seen.items():
        await office.memory.trail.note_daily(practice, office.clock(), reader, Noted.PREVIEWED, conversations)


async def _lines(
    office: Office, practice_id: PracticeId, readers: Mapping[PersonId, Person], kept: Sequence[InboxRow]
) -> list[tuple[PersonId, InboxLine]]:
    rows = [row for row in kept if may(readers[row.person], row.conversation, Deed.READ)]
    practice = await office.memory.people.practice(practice_id)
    conversations = {row.conversation.id: row.conversation for row in rows}
    await office.keyring.prefetch(practice_id, list(conversations))
    ids = {m.person for one in conversations.values() for m in one.members}
    people = await people_named(office, practice_id, ids)
    last = await _last_messages(office, practice_id, rows)
    held = await _held_since(office, practice_id, readers, rows)
    arranged = await _arranged(office, readers, rows)
    awaited = await _awaited(office, practice_id, rows)
    return [
        (
            row.person,
            InboxLine(
                circle=Circle(row.conversation, _of(row.conversation, people)),
                unread=await _unread(office, practice_id, row),
                last=last.get(row.conversation.id),
                promise=promise_of(practice, row.conversation),
                held=_held_here(practice, row.conversation, held.get(row.conversation.id))
                if may(readers[row.person], row.conversation, Deed.SETTLE)
                else None,
                arranged=arranged.get((row.person, row.conversation.id)),
                begun=row.begun,
                new=row.new,
                raised_at=row.raised_at if readers[row.person].role.is_clinician else None,
                given=row.given,
                awaited=awaited.get((row.person, row.conversation.id)),
            ),
        )
        for row in rows
    ]


async def _arranged(
    office: Office, readers: Mapping[PersonId, Person], rows: Sequence[InboxRow]
) -> dict[tuple[PersonId, ConversationId], Arranged]:
    """Labels are opened once, for however many readers; and for those alone who may settle what waits there."""
    theirs = [row for row in rows if may(readers[row.person], row.conversation, Deed.SETTLE)]
    named = {row.conversation.id: row.conversation for row in theirs}
    labels = {name: await labels_of(office, one) for name, one in named.items()}
    found = {}
    for row in theirs:
        member, here = row.conversation.member(row.person), row.conversation
        snoozed = member.snoozed if member else None
        found[row.person, here.id] = Arranged(labels[here.id], here.assignee, snoozed, row.answered_aside)
    return found


def _of(conversation: Conversation, people: Mapping[PersonId, Person]) -> dict[PersonId, Person]:
    return {m.person: people[m.person] for m in conversation.members if m.person in people}


async def _held_since(
    office: Office, practice: PracticeId, readers: Mapping[PersonId, Person], rows: Sequence[InboxRow]
) -> Mapping[ConversationId, datetime]:
    """Where letters are held, of those conversations somebody of them may decide about."""
    theirs = {r.conversation.id for r in rows if may(readers[r.person], r.conversation, Deed.SETTLE)}
    return await office.memory.mailbox.held_since(practice, list(theirs)) if theirs else {}


def _held_here(
    practice: Practice | None, conversation: Conversation, since: datetime | None
) -> HeldHere | None:
    if since is None:
        return None
    return HeldHere(since, promise_of(practice, replace(conversation, waiting_since=since)))


async def _last_messages(
    office: Office, practice: PracticeId, rows: Sequence[InboxRow]
) -> dict[ConversationId, Entry]:
    """Each opened once, for however many readers."""
    last = {row.conversation.id: row.last for row in rows if row.last is not None}
    return {one: (await open_entries(office, practice, [stored]))[0] for one, stored in last.items()}


async def _awaited(
    office: Office, practice: PracticeId, rows: Sequence[InboxRow]
) -> dict[tuple[PersonId, ConversationId], Awaited]:
    """For who works here: what stands last must be among it, for a row shows no older words than those."""
    found = {}
    opened: dict[EntryId, Entry] = {}  # each once, for however many readers
    for row in rows:
        numbers = {one.number for one in row.awaited}
        if row.last is None or row.last.number not in numbers:
            continue
        lacking = [one for one in row.awaited if one.id not in opened]
        opened |= {one.id: one for one in await open_entries(office, practice, lacking)}
        if awaited := awaited_of([opened[one.id] for one in row.awaited]):
            found[row.person, row.conversation.id] = awaited
    return found


async def _unread(office: Office, practice: PracticeId, row: InboxRow) -> int:
    """How many entries are new to a row's reader (`is_unread`), of the newest that memory counts."""
    opened = await open_as_kept(office, practice, row.amending)
    return row.others - len({one.amends for one in opened if one.body.event is EventName.WITHDRAWN})


async def unarrived(
    office: Office, person: Person, conversations: Sequence[ConversationId]
) -> Collection[ConversationId]:
    """Those of somebody's own with a letter that mail did not bring to its reader, silent since. Raises Busy."""
    return await office.memory.mailbox.unarrived(person.practice, conversations)


async def held_letters(
    office: Office, person: Person, practice: Practice | None, conversations: Sequence[Conversation]
) -> dict[ConversationId, HeldHere]:
    """Those of these conversations of which letters are held, for who may decide about them; nothing for anybody else."""
    mine = {one.id: one for one in conversations if may(person, one, Deed.SETTLE)}
    since = await office.memory.mailbox.held_since(person.practice, list(mine)) if mine else {}
    found = {name: _held_here(practice, mine[name], at) for name, at in since.items()}
    return {name: here for name, here in found.items() if here is not None}


def first_read(line: InboxLine) -> float:
    """Where a row stands before all else: what is to be read first, the oldest of it first."""
    return line.raised_at.timestamp() if line.raised_at is not None else math.inf


def _longest_waiting(line: InboxLine) -> tuple[float, bool, float]:
    if line.since is not None:
        return (first_read(line), False, line.since.timestamp())
    return (
        first_read(line),
        True,
        -(line.conversation.last_at.timestamp() if line.conversation.last_at else 0.0),
    )
