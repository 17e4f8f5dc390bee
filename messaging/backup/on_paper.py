"""The recovery sheet on pages: shown until two of its groups were asked back, and then no more; and a new one.

It is the key of the whole installation. So it is for who administers the one practice there is: where there are several,
none of them may have what opens the others, and the sheet is for whoever runs the server (`quietline recovery sheet`).
"""

import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from messaging.backup.sheet import GROUPS, as_written, groups_of
from messaging.entrance.hats import administers
from messaging.entrance.signing_in import SignedIn, must_set_up
from messaging.entrance.stepping_up import must_be_stepped_up
from messaging.errors import Busy, Conflict, NotFound, NotOnPaper, SecondFactorDue
from messaging.office import Office
from messaging.people import Person
from messaging.practice.operating import only_practice
from messaging.practice.rewrapping import Rotation, rotate
from messaging.trust.encryption import CannotOpen
from messaging.trust.noted import Noted
from messaging.trust.root_keys import RootKey

ASKED: Final = 2
"""Groups that are asked back."""
BETWEEN: Final = (
    "The master key is just being exchanged. Please run on the server once more: quietline keys rotate"
)


async def paper_of(office: Office, person: Person) -> datetime | None:
    """Since when the sheet is known to be on paper; None where that remains. Raises NotFound for whom it is not, Busy."""
    if not await administers(office, person) or await only_practice(office) != person.practice:
        raise NotFound
    return await office.memory.keys.sheet_kept_at()


async def show_sheet(office: Office, signed_in: SignedIn, key: RootKey) -> tuple[str, ...]:
    """Its groups, a line in the trail each time. Raises NotFound once it is on paper, StepUp, Conflict, Busy."""
    await _must_remain(office, signed_in)
    await _must_wrap(office, key)
    person = signed_in.person
    await office.memory.trail.note(
        person.practice, office.clock(), person.id, Noted.RECOVERY_SHEET_SHOWN, None
    )
    return groups_of(key.secret)


def asked_groups(office: Office) -> tuple[int, int]:
    """Which two are asked back, from 1, the earlier first."""
    drawn = office.random(2)
    first = drawn[0] % GROUPS
    second = (first + 1 + drawn[1] % (GROUPS - 1)) % GROUPS
    return min(first, second) + 1, max(first, second) + 1


async def keep_sheet(office: Office, signed_in: SignedIn, key: RootKey, said: Mapping[int, str]) -> None:
    """They have it on paper: it is shown no more. `said`: what stands there, by the number of the group, from 1.

    Raises NotFound once it is, StepUp, NotOnPaper, Conflict, Busy.
    """
    await _must_remain(office, signed_in)
    wrapped = await _must_wrap(office, key)
    groups = groups_of(key.secret)
    if len(said) != ASKED or not said.keys() <= set(range(1, GROUPS + 1)):
        raise NotOnPaper
    # All of them, whatever the first is: which one was wrong is nobody's to try out.
    right = [
        hmac.compare_digest(as_written(text).encode("utf-8", "replace"), groups[at - 1].encode())
        for at, text in said.items()
    ]
    if not all(right):
        raise NotOnPaper
    person = signed_in.person
    await office.memory.trail.note(
        person.practice, office.clock(), person.id, Noted.RECOVERY_SHEET_KEPT, None
    )
    if not await office.memory.keys.keep_sheet(wrapped, office.clock()):
        raise Conflict(BETWEEN)


async def may_renew(office: Office, signed_in: SignedIn) -> None:
    """Before a new key is made. Raises NotFound where the present sheet is not on paper yet, StepUp, Busy."""
    _must_be_let(office, signed_in)
    if await paper_of(office, signed_in.person) is None:
        raise NotFound
    must_be_stepped_up(office, signed_in)


async def renew_sheet(office: Office, signed_in: SignedIn, rotation: Rotation) -> None:
    """Another master key, and so another sheet, which is not on paper yet. The former opens the backups made until now.

    Raises what `may_renew` does, CannotOpen, and what is wrong with the files.
    """
    await may_renew(office, signed_in)
    person = signed_in.person
    await office.memory.trail.note(
        person.practice, office.clock(), person.id, Noted.RECOVERY_SHEET_RENEWED, None
    )
    await rotate(office, rotation)


async def _must_remain(office: Office, signed_in: SignedIn) -> None:
    _must_be_let(office, signed_in)
    if await paper_of(office, signed_in.person) is not None:
        raise NotFound
    must_be_stepped_up(office, signed_in)


def _must_be_let(office: Office, signed_in: SignedIn) -> None:
    if must_set_up(office.clock(), signed_in):
        raise SecondFactorDue


async def _must_wrap(office: Office, key: RootKey) -> bytes:
    """What the installation has wrapped by it; a sheet of another key would open nothing. Raises Conflict, Busy."""
    wrapped = await office.memory.keys.installation_key()
    if wrapped is None:
        raise Busy
    try:
        key.unwrap(wrapped)
    except CannotOpen:
        raise Conflict(BETWEEN) from None
    return wrapped
