"""Days on which nobody answers in a conversation, and what that makes of its promise.

What a letter was promised never comes nearer and never moves unsaid: an absence counts for every letter that was here before
it was over, and each that puts a waiting letter off is told with the new time.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from messaging.conversations import Away, Conversation
from messaging.leaving.promises import promise_of
from messaging.memory.absence import SetAway, StoredAbsence
from messaging.people import Practice

KEPT: Final = 20
"""Absences that a conversation remembers: a letter that waits longer than through so many has long been late."""


def away_in(conversation: Conversation, absence: StoredAbsence, since: date) -> SetAway | None:
    """The days from `since` on count. None: they do already."""
    was = conversation.answer.away
    if any(one.absence == absence.id and one.over is None for one in was):
        return None
    first = max(since, absence.first)
    return SetAway(was, (*was, Away(absence.id, first, absence.last))[-KEPT:])


def answered_again(conversation: Conversation, absence: UUID, at: datetime) -> SetAway | None:
    """Letters from `at` on are promised without it. None: they are already."""
    was = conversation.answer.away
    now = tuple(replace(one, over=at) if _runs(one, absence) else one for one in was)
    return None if now == was else SetAway(was, now)


def _runs(one: Away, absence: UUID) -> bool:
    return one.absence == absence and one.over is None


def promise_with(
    practice: Practice, conversation: Conversation, away: Sequence[Away] | None
) -> datetime | None:
    """By when the waiting letter is answered; None where none waits. `away` None: as it stands."""
    if away is None:
        return promise_of(practice, conversation)
    return promise_of(practice, replace(conversation, answer=replace(conversation.answer, away=tuple(away))))
