"""Being there: a browser's sign-in lasts while somebody does something, at its pages or its socket, and ends after a while.

Who works here sees what others wrote, and leaves a screen behind: half an hour. What a page does by itself is nothing that
somebody does, and neither is a socket that stands open; a live session is.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from messaging.ids import SignInId
from messaging.memory.sign_ins import SignInKind, StoredSignIn
from messaging.office import Office
from messaging.people import Role

SHARED: Final = timedelta(minutes=30)
"""Where others use the device too, whoever it is: who goes away from a library's screen is out before the next sits down."""
IDLE: Final = {True: timedelta(minutes=30), False: timedelta(hours=2)}
"""By whether they work here. Clients see their own alone, and write a letter over an hour; drafts are kept either way."""
TOUCH: Final = timedelta(minutes=1)
"""How stale the note of the last act may be, so that not every act writes."""


def is_idle(now: datetime, sign_in: StoredSignIn, role: Role, seen_at: datetime | None = None) -> bool:
    """Whether nothing was done for too long. `seen_at`: where more is known than is kept. Programs are never idle."""
    last = sign_in.seen_at if seen_at is None else max(sign_in.seen_at, seen_at)
    bears = SHARED if sign_in.shared else IDLE[role is not Role.CLIENT]
    return sign_in.kind is SignInKind.COOKIE and now - last > bears


async def note_there(office: Office, there: Sequence[StoredSignIn], at: datetime) -> None:
    """Somebody did something behind each of these. Raises Busy."""
    await office.memory.sign_ins.touch_all([(one.practice, one.id) for one in there], at)


async def last_seen(office: Office, asked: Sequence[StoredSignIn]) -> Mapping[SignInId, datetime]:
    """When somebody did something last behind each of these, whichever node it was at. Raises Busy."""
    return await office.memory.sign_ins.seen([(one.practice, one.id) for one in asked])
