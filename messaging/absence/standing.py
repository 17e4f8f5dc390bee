"""How an absence stands in one conversation at one moment, and what somebody may stand in for then."""

from dataclasses import dataclass
from datetime import datetime

from messaging.conversations import Conversation, CoverScope
from messaging.ids import PersonId
from messaging.memory.absence import Offer, Reason, StoredAbsence, StoredCover
from messaging.people import Practice, Role
from messaging.practice.from_start import to_answer


@dataclass(frozen=True, slots=True)
class Here:
    """An absence in one conversation, at one moment."""

    practice: Practice
    absence: StoredAbsence
    conversation: Conversation
    cover: StoredCover
    now: datetime
    unread: bool = False
    """Something that is to be read first waits, and nobody has read it."""

    @property
    def over(self) -> bool:
        """The absence has ended."""
        return self.absence.ended_at is not None

    @property
    def running(self) -> CoverScope | None:
        """What somebody stands in for here, in this absence."""
        member = None if self.absence.cover is None else self.conversation.member(self.absence.cover)
        covers = None if member is None else member.covers
        return covers.scope if covers is not None and covers.absence == self.absence.id else None

    @property
    def accepted(self) -> bool:
        """Somebody has said yes to standing in, and that holds."""
        return not self.over and self.absence.offer is Offer.ACCEPTED

    @property
    def there_already(self) -> bool:
        """Who would stand in belongs to it for good: nobody is asked, and nothing begins."""
        cover = self.absence.cover
        return cover is not None and self.conversation.own_member(cover) is not None


def answers(conversation: Conversation, person: PersonId) -> bool:
    """Whether it is they who answer: it was said, or nobody else could. Elsewhere nothing follows from an absence."""
    mine = conversation.own_member(person)
    if mine is None or not mine.role.is_clinician or conversation.ended_at is not None:
        return False
    if mine.role is Role.SUPERVISOR:
        return False
    others = [
        one
        for one in conversation.members
        if one.person != person
        and one.covers is None
        and one.role.is_clinician
        and one.role is not Role.SUPERVISOR
    ]
    return conversation.assignee == person or not others


def wanted(here: Here) -> CoverScope | None:
    """What somebody may stand in for now. Without a yes only in a sudden absence, and only look at what is due."""
    absence, conversation = here.absence, here.conversation
    if not here.accepted or here.now < absence.begins or here.cover.ended_at is not None:
        return None
    if conversation.ended_at is not None or here.there_already or absence.scope is None:
        return None
    asked = here.cover.asked
    if asked is None or asked.refused:
        return None
    if not to_answer(conversation, asked):
        return absence.scope
    due = conversation.waiting_since is not None or here.unread or here.running is not None
    return CoverScope.LOOK_IN if absence.reason is Reason.SUDDEN and due else None
