"""Where a conversation is on its way out, as pages show it (docs/keeping.md)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from messaging.conversations import Conversation
from messaging.ending.retention import LEAVING, Stage, end_of_term, stage_in
from messaging.people import Practice


@dataclass(frozen=True, slots=True)
class Standing:
    """`since`: the end of care; None while it goes on. `until`: the end of the stage, None where it has none."""

    stage: Stage = Stage.ACTIVE
    since: datetime | None = None
    until: datetime | None = None


ACTIVE: Final = Standing()


def standing_of(conversation: Conversation, practice: Practice, now: datetime) -> Standing:
    """As it stands now."""
    ended, stage = conversation.ended_at, stage_in(conversation, practice, now)
    if ended is None:
        return ACTIVE
    until = ended + LEAVING if stage is Stage.LEAVING else end_of_term(ended, practice.keep_years)
    return Standing(stage, ended, until)
