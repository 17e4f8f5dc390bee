"""How clinicians arrange a conversation among themselves: its labels, who answers, and who has put it aside until when."""

from collections.abc import Collection
from dataclasses import dataclass, field

from messaging.conversations import Conversation
from messaging.errors import Malformed, NotFound
from messaging.ids import PersonId
from messaging.inbox.labels import checked_labels, seal_labels
from messaging.inbox.listing import InboxLine, changed_lines
from messaging.inbox.snoozing import checked_until
from messaging.memory.inbox import Assigned, Labelled, PutAside, StoredArrangement
from messaging.office import Office
from messaging.people import Person
from messaging.trust.access import Deed, Pass
from messaging.trust.noted import Noted
from messaging.trust.seams import Seam, insist


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What is to be otherwise; None stays as it is.

    `aside`: until when it is out of the holder's own sight, `assigned`: who answers; None within takes it back.
    """

    labels: Collection[object] | None = field(default=None, repr=False)
    aside: PutAside | None = None
    assigned: Assigned | None = None


async def arrange(
    office: Office, person: Person, held: Pass, conversation: Conversation, wanted: Arrangement
) -> InboxLine:
    """Labels and who answers are everybody's who cares there, and the latter is noted; a snooze is the holder's own.

    How the row stands then.

    Raises Malformed, NotFound where they or who is to answer belong to it no more, Busy.
    """
    same = (held.conversation, held.person) == (conversation.id, person.id)
    insist(Seam.ADMITTED, same and held.deed is Deed.SETTLE)
    now = office.clock()
    if wanted.aside is not None and wanted.aside.until is not None:
        checked_until(wanted.aside.until, now)
    labels = None if wanted.labels is None else await _labels(office, held, wanted.labels)
    to = None if wanted.assigned is None else wanted.assigned.to
    if to is not None and to not in clinicians_of(conversation):
        raise Malformed("Who answers is one of the clinicians of the conversation.")
    if wanted.assigned is not None and to != conversation.assignee:
        await office.memory.trail.note(held.practice, now, held.person, Noted.ASSIGNED, held.conversation)
    stored = StoredArrangement(labels, wanted.aside, wanted.assigned)
    if not await office.memory.inboxes.arrange(held, stored):
        raise NotFound
    lines = await changed_lines(office, held.practice, {person.id: person}, [held.conversation])
    if not lines:
        raise NotFound
    return lines[0][1]


async def _labels(office: Office, held: Pass, said: Collection[object]) -> Labelled:
    return Labelled(await seal_labels(office, held.practice, held.conversation, checked_labels(said)))


def clinicians_of(conversation: Conversation) -> set[PersonId]:
    """Who may answer there."""
    return {member.person for member in conversation.members if member.role.is_clinician}
