"""What is due to be told by push: that there is something, to whose mail says the same, in the same fixed words always.

Told at most once in ten minutes a device, and of what was not read yet. In quiet hours nothing is told: it waits for their
end; a reminder, which would come late then, is left to the mail. Tried again for half a day, ever more seldom.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final, assert_never

from messaging.leaving.joining import APART
from messaging.leaving.quiet import rest_for
from messaging.memory.leaving import MailForm
from messaging.memory.pushing import PUSHED, DuePush, PushMatter, StoredSubscription
from messaging.office import Office
from messaging.people import Person, QuietHours
from messaging.pushing.subscriptions import Endpoint, fresh, open_endpoint, told_devices
from messaging.record.reading import open_person
from messaging.trust.encryption import CannotOpen

QUIET: Final = QuietHours(time(21), time(7, 30))
"""Of who has not said their own: a telephone lies beside the bed."""
LEASE: Final = timedelta(minutes=6)
"""Longer than ten devices take, each to its limit."""
GIVE_UP: Final = timedelta(hours=12)
SOONEST: Final = timedelta(minutes=1)


class Pushed(StrEnum):
    """What a push service said."""

    TAKEN = "taken"
    GONE = "gone"
    """It knows nothing of this device any more, or will not have ours."""
    AWAY = "away"


Push = Callable[[Endpoint], Awaitable[Pushed]]
"""Posts the fixed words once (the floor above knows how)."""


async def push_due(office: Office, push: Push) -> bool:
    """A courier's step: one matter. False: nothing is due. Raises Busy."""
    due = await office.memory.subscriptions.due(office.clock(), LEASE, 1)
    for one in due:
        await office.memory.subscriptions.settle(one, await _attend(office, one, push))
    return bool(due)


async def _attend(office: Office, due: DuePush, push: Push) -> datetime | None:
    """When it is due again; None: done with."""
    matter = await office.memory.subscriptions.matter(due)
    now = office.clock()
    if matter is None or matter.reader is None or not _to_be_told(matter, now):
        return None
    try:
        reader = await open_person(office, matter.reader)
    except CannotOpen:  # erased since
        return None
    awake = await _awake(office, reader, now)
    if awake > now:
        return None if matter.form is MailForm.REMINDER else awake
    return await _tell_all(office, reader, matter.since, push)


def _to_be_told(matter: PushMatter, now: datetime) -> bool:
    return matter.form in PUSHED and not matter.read and now - matter.since < GIVE_UP


async def _awake(office: Office, reader: Person, now: datetime) -> datetime:
    practice = await office.memory.people.practice(reader.practice)
    if practice is None:
        return now
    return now + rest_for(practice, replace(reader, quiet=reader.quiet or QUIET), now, timedelta())


async def _tell_all(office: Office, reader: Person, since: datetime, push: Push) -> datetime | None:
    key = await office.keyring.key(reader.practice, reader.id)
    again: list[datetime] = []  # bound: a person's devices
    for one in await told_devices(office, reader):
        now = office.clock()
        may = fresh(one, since, APART)
        if may is None:
            continue
        if may > now:
            again.append(may)
            continue
        if await _told(office, one, await push(open_endpoint(key, one))):
            continue
        again.append(now + max(SOONEST, (now - since) / 2))
    return min(again, default=None)


async def _told(office: Office, one: StoredSubscription, said: Pushed) -> bool:
    """Whether that is the end of it."""
    match said:
        case Pushed.TAKEN:
            await office.memory.subscriptions.told(one.practice, one.id, office.clock())
        case Pushed.GONE:
            await office.memory.subscriptions.drop(one.practice, one.person, [one.id])
        case Pushed.AWAY:
            return False
        case _:
            assert_never(said)
    return True
