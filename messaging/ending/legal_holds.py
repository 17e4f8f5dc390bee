"""Legal holds: what a court, an authority or a complaint asks to be kept is not erased, whoever wishes it.

A hold is on one conversation or one client, with a reason in the audit trail, and wins over every erasing. Of a couple, a
hold on one keeps the conversation: what one wrote is what the other answered.
"""

from collections.abc import Sequence
from uuid import UUID

from messaging.errors import Conflict, NotFound
from messaging.ids import SYSTEM
from messaging.memory.ending import Erasable, Erasing, LegalHold
from messaging.office import Office
from messaging.practice.operating import act_said, practice_ids
from messaging.trust.noted import Noted


async def hold(office: Office, what: Erasable, named: UUID, reason: str) -> None:
    """From now on nothing of it is erased. Raises NotFound, Conflict where it is held already, Malformed, Busy."""
    act = act_said(Noted(f"{what}_held"), reason)
    for practice in await practice_ids(office):
        one = Erasing(what, practice, named, office.clock())
        match await office.memory.endings.hold(one, one.at):
            case None:
                continue
            case False:
                raise Conflict("it is held already")
            case True:
                await office.memory.trail.note(practice, one.at, SYSTEM, act, named)
                return
    raise NotFound(f"there is no {what} with this id")


async def end_hold(office: Office, what: Erasable, named: UUID, reason: str) -> None:
    """It may be erased again. Raises NotFound where nothing of this id is held, Malformed, Busy."""
    act = act_said(Noted(f"{what}_hold_ended"), reason)
    for held in await legal_holds(office):
        if (held.what, held.id) == (what, named):
            # First the trail: nothing is let go without a line, whatever comes between.
            await office.memory.trail.note(held.practice, office.clock(), SYSTEM, act, named)
            await office.memory.endings.hold(Erasing(what, held.practice, named, office.clock()), None)
            return
    raise NotFound(f"no {what} with this id is held")


async def legal_holds(office: Office) -> Sequence[LegalHold]:
    """All of this installation, the oldest of each practice first. Raises Busy."""
    return [
        one for practice in await practice_ids(office) for one in await office.memory.endings.holds(practice)
    ]


async def must_not_be_held(office: Office, one: Erasing) -> None:
    """Raises Conflict where a legal hold stands in the way."""
    held = await office.memory.endings.held(one)
    if held is not None:
        raise Conflict(
            f"a legal hold keeps it: the {held.what} {held.id} is held since {held.since:%Y-%m-%d} "
            "(`quietline hold list`)"
        )
