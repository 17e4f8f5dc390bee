"""What the tests of absences share: Mira is away, Eli stands in, and Ruth is asked."""

from datetime import timedelta
from uuid import uuid4

from messaging.absence.consent import answer_question
from messaging.absence.declaring import Wanted, say_absence, today
from messaging.absence.offering import answer_offer
from messaging.conversations import CoverScope, Member
from messaging.letters.writing import Letter, write_letter
from messaging.memory.absence import StoredAbsence
from messaging.messages import EventName
from messaging.record.reading import entries_after
from messaging.trust.access import Deed
from tests.cast import Cast


async def writes(cast: Cast, who: str = "ruth", conversation: str = "ruth", words: str = "Before.") -> None:
    """A letter."""
    held, circle = await cast.enter(who, conversation, Deed.WRITE)
    await write_letter(cast.office, held, circle, Letter(uuid4(), words))


async def is_away(
    cast: Cast, scope: CoverScope | None = CoverScope.TAKE_OVER, days: int = 7, starts: int = 0
) -> StoredAbsence:
    """Mira says so, from so many days from now on, and asks Eli."""
    first = today(cast.practice, cast.office.clock()) + timedelta(days=starts)
    cover = None if scope is None else cast["eli"].id
    wanted = Wanted(first, first + timedelta(days=days - 1), cover, scope)
    return await say_absence(cast.office, cast["mira"], wanted)


async def accepts(cast: Cast, absence: StoredAbsence, *, yes: bool = True) -> None:
    """Eli says yes."""
    await answer_offer(cast.office, cast["eli"], absence.id, accepts=yes)


async def says(
    cast: Cast, absence: StoredAbsence, who: str = "ruth", *, yes: bool, where: str = "ruth"
) -> None:
    """Who is in care answers."""
    held, _ = await cast.enter(who, where)
    await answer_question(cast.office, held, absence.id, agrees=yes)


async def runs(cast: Cast, scope: CoverScope = CoverScope.TAKE_OVER) -> StoredAbsence:
    """Asked, accepted and agreed: Eli stands in."""
    absence = await is_away(cast, scope)
    await accepts(cast, absence)
    await says(cast, absence, yes=True)
    return absence


async def covering(cast: Cast, where: str = "ruth") -> Member | None:
    """Eli's place there."""
    found = await cast.office.memory.conversations.find(cast.practice.id, cast.conversation(where))
    assert found is not None
    return found.member(cast["eli"].id)


async def events(cast: Cast, where: str = "ruth") -> list[EventName]:
    """What the record says happened."""
    held, _ = await cast.enter("mira", where)
    return [one.body.event for one in await entries_after(cast.office, held, 0) if one.body.event]
