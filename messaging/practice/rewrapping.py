"""A new master key: what the former ones wrapped is wrapped by it. No word is touched, and nobody has to stop.

Each key is exchanged for itself, against what it was: two who rotate at once, or a server that founds a practice meanwhile,
undo nothing. What is cut off is taken up by doing it again.
"""

from collections.abc import Callable
from dataclasses import dataclass

from messaging.errors import Busy
from messaging.ids import SYSTEM
from messaging.office import Office
from messaging.practice.operating import practice_ids
from messaging.trust.encryption import CannotOpen, Root
from messaging.trust.noted import Noted


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """How many keys were wrapped anew, and how many are wrapped by the new key by now."""

    anew: int
    standing: int


@dataclass(frozen=True, slots=True)
class Rotation:
    """A new master key, and the files of the old ones: `known` reads those there are, `exchange` puts the new one in the
    present one's place. Both raise what is wrong with the files.
    """

    new: Root
    known: Callable[[], Root]
    exchange: Callable[[], object]


async def rotate(office: Office, rotation: Rotation) -> Rewrapped:
    """Everything is wrapped by the new key, and then it is the key. Cut off anywhere, it goes on by doing it again.

    Raises CannotOpen, Busy.
    """
    done = await rewrap(office, rotation.known(), rotation.new)
    rotation.exchange()
    # A server may have founded a practice by the former key until it saw the new one.
    late = await rewrap(office, rotation.known(), rotation.new)
    return Rewrapped(done.anew + late.anew, late.standing)


async def rewrap(office: Office, former: Root, new: Root) -> Rewrapped:
    """Wraps the installation's and every practice's key by `new`, which `former` must open as well as the old ones.

    Raises CannotOpen, Busy.
    """
    anew = standing = 0
    for practice in await practice_ids(office):
        wrapped = await office.memory.keys.wrapped_key(practice, practice)
        if wrapped is None:  # its key was destroyed
            continue
        standing += 1
        if _opens(new, wrapped):
            continue
        # First the line: the trail must have it whatever comes after.
        await office.memory.trail.note(practice, office.clock(), SYSTEM, Noted.MASTER_KEY_ROTATED, None)
        anew += await office.memory.keys.rewrap(practice, wrapped, new.wrap(former.unwrap(wrapped)))
    installation = await office.memory.keys.installation_key()
    if installation is None:
        raise Busy
    if not _opens(new, installation):
        anew += await office.memory.keys.rewrap_installation(
            installation, new.wrap(former.unwrap(installation))
        )
    return Rewrapped(anew, standing + 1)


def _opens(key: Root, wrapped: bytes) -> bool:
    try:
        key.unwrap(wrapped)
    except CannotOpen:
        return False
    return True
