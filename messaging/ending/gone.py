"""What was erased, for who administers: that it was there, and since when it is gone. Nothing else is left to tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never
from uuid import UUID

from messaging.ending.erasing import ERASED, erasing_said
from messaging.errors import NotFound
from messaging.ids import ConversationId, PersonId
from messaging.memory.ending import Erasable, Erasing
from messaging.memory.trail import Asked, Stood
from messaging.office import Office
from messaging.people import Person, Role

SHOWN: Final = 200
"""Of the newest lines about erasing: what is older is in the trail."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A conversation or a client that was erased for good."""

    what: Erasable
    id: UUID
    since: datetime


async def tombstones(office: Office, administrator: Person) -> list[Tombstone]:
    """What was erased, the newest first. Raises NotFound for who does not administer, Busy."""
    return await _found(office, administrator, Asked(acts=frozenset(ERASED)))


async def tombstone_of(office: Office, administrator: Person, what: Erasable, named: UUID) -> Tombstone:
    """One of them. Raises NotFound where nothing of this id was erased, and for who does not administer; Busy."""
    match what:
        case Erasable.CONVERSATION:
            asked = Asked(conversation=ConversationId(named), acts=frozenset(ERASED))
        case Erasable.PERSON | Erasable.PRACTICE:
            asked = Asked(about=PersonId(named), acts=frozenset(ERASED))
        case _:
            assert_never(what)
    found = next((one for one in await _found(office, administrator, asked) if one.id == named), None)
    if found is None:
        raise NotFound
    return found


async def _found(office: Office, administrator: Person, asked: Asked) -> list[Tombstone]:
    if administrator.role is not Role.ADMINISTRATOR:
        raise NotFound
    stood = await office.memory.trail_lines.newest(administrator.practice, asked, None, SHOWN)
    said = _once(stood)
    # A line whose erasing never came about: what it is about is here.
    standing = {one.id for one in await office.memory.endings.still_standing(said)}
    return [Tombstone(one.what, one.id, one.at) for one in said if one.id not in standing]


def _once(stood: Sequence[Stood]) -> list[Erasing]:
    """Each by its first line: gone since then, however often it was tried or came back."""
    found: dict[UUID, Erasing] = {}  # bound: SHOWN
    for one in stood:
        said = erasing_said(one.line)
        if said is not None:
            found[said.id] = said
    return list(found.values())
