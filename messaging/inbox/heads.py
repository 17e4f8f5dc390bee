"""Where the conversations of a clinician stand, all of them: by when they are answered, who waits, what is put aside.

Nothing is opened for it, neither a word nor a name: with a thousand conversations an inbox opens those that it shows.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from messaging.conversations import Circle
from messaging.ids import ConversationId, PersonId
from messaging.inbox.labels import open_labels
from messaging.inbox.snoozing import is_back, snoozed_until
from messaging.leaving.promises import promised_by
from messaging.memory.inbox import InboxCounts, InboxHead
from messaging.office import Office
from messaging.people import Person, Practice
from messaging.record.reading import people_named
from messaging.trust.access import Deed, may

RESTING: Final = timedelta(days=14)
"""After so long without a word on either side nobody is waiting for anybody."""
NEVER: Final = 1e11
"""Seconds since 1970, three thousand years from now."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where one conversation stands for its reader."""

    kept: InboxHead
    due: datetime | None
    """The earlier of its promises, that of a held letter among them."""

    @property
    def id(self) -> ConversationId:
        """The conversation."""
        return self.kept.conversation

    @property
    def waits(self) -> bool:
        """Somebody waits for the reader."""
        one = self.kept
        return any((one.waiting_since, one.held_since, one.raised_at)) or one.after_end

    @property
    def runs(self) -> bool:
        """It might need somebody now. What was taken back since may count as unread here: rather shown than hidden."""
        return self.waits or self.kept.live or self.kept.fresh

    def rests(self, now: datetime) -> bool:
        """Nobody said anything for long."""
        return self.kept.said_at is None or now - self.kept.said_at > RESTING

    def hidden(self, now: datetime) -> bool:
        """Put aside, and nothing runs (`inbox.snoozing`)."""
        return not self.runs and snoozed_until(self.kept.snoozed, now, woken=False) is not None

    def back(self, now: datetime) -> bool:
        """The moment until which it was put aside has come."""
        return is_back(self.kept.snoozed, now)

    @property
    def order(self) -> tuple[float, float, float]:
        """What must be answered first, then who waits longest, then the newest."""
        one = self.kept
        since = [
            at for at in (one.waiting_since, one.held_since, one.said_at if one.after_end else None) if at
        ]
        return (
            one.raised_at.timestamp() - NEVER
            if one.raised_at
            else self.due.timestamp()
            if self.due
            else NEVER,
            min(since).timestamp() if since else NEVER,
            -one.last_at.timestamp() if one.last_at else NEVER,
        )


async def heads(office: Office, person: Person, practice: Practice) -> list[Head]:
    """Of all conversations in which this person cares, in the order of an inbox. Raises Busy."""
    long_ago = office.clock() - RESTING
    found = await office.memory.inboxes.heads(person.practice, person.id, long_ago)
    made = [Head(one, _due(one, practice)) for one in found]
    return sorted(made, key=lambda one: one.order)


def _due(one: InboxHead, practice: Practice) -> datetime | None:
    if one.ended:
        return None
    waits = [at for at in (one.waiting_since, one.held_since) if at is not None]
    return min((promised_by(one.answer, at, practice) for at in waits), default=None)


async def labels_in_use(
    office: Office, person: Person, found: Iterable[Head]
) -> dict[ConversationId, tuple[str, ...]]:
    """The labels of those that have any."""
    labelled = [one.kept for one in found if one.kept.labels is not None]
    await office.keyring.prefetch(person.practice, [one.conversation for one in labelled])
    return {
        one.conversation: await open_labels(office, person.practice, one.conversation, one.labels)
        for one in labelled
    }


async def counts(office: Office, person: Person) -> InboxCounts:
    """How many wait for a clinician, and how many letters are held: what every page of theirs says. Raises Busy."""
    return await office.memory.inboxes.counts(person.practice, person.id)


async def own(office: Office, person: Person) -> list[ConversationId]:
    """The names of a clinician's conversations. Raises Busy."""
    return await office.memory.inboxes.own(person.practice, person.id)


async def own_with(office: Office, person: Person, clients: Collection[PersonId]) -> list[ConversationId]:
    """The names of those in which one of these is in care. Raises Busy."""
    if not clients:
        return []
    return await office.memory.inboxes.own(person.practice, person.id, list(clients))


async def circles_of(
    office: Office, person: Person, wanted: Sequence[ConversationId]
) -> Mapping[ConversationId, Circle]:
    """Those of these conversations that this person may read, with their people by name; no word of them. Raises Busy."""
    if not wanted:
        return {}
    found = await office.memory.inboxes.whole(person.practice, person.id, list(wanted))
    mine = [one for one in found if may(person, one, Deed.READ)]
    ids = {member.person for one in mine for member in one.members}
    people = await people_named(office, person.practice, ids)
    return {
        one.id: Circle(one, {m.person: people[m.person] for m in one.members if m.person in people})
        for one in mine
    }
