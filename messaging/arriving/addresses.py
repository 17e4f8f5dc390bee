"""A client's further addresses: believed like the registered one, because a clinician has asked and said so.

Letters from them come in; ours still go to the registered address alone.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from messaging.addresses import checked_address
from messaging.errors import Malformed, NotFound
from messaging.ids import PersonId, PracticeId
from messaging.memory.arriving import FurtherAddress
from messaging.office import Office
from messaging.trust.access import Deed, Pass
from messaging.trust.encryption import Place

ADDRESS: Final = "further_addresses.sealed"
AT_MOST: Final = 10
"""Of one person; whoever has more writes from wherever they please, and a list proves nothing any more."""


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """One further address, open."""

    id: UUID
    since: datetime
    address: str = field(repr=False)


async def further_addresses(office: Office, practice: PracticeId, person: PersonId) -> list[KnownAddress]:
    """Those of a client, oldest first."""
    kept = await office.memory.further_addresses.of_person(practice, person)
    if not kept:
        return []
    key = await office.keyring.key(practice, person)
    return [
        KnownAddress(one.id, one.at, key.open(_place(practice, person, one.id), one.sealed).decode())
        for one in kept
    ]


async def remember(office: Office, held: Pass, client: PersonId, address: str) -> None:
    """The clinician has made sure that this address is the client's. Twice is once.

    Raises Malformed for what is no address, or for one too many; NotFound without the right.
    """
    if held.deed is not Deed.SETTLE:
        raise NotFound
    checked_address(address)
    known = await further_addresses(office, held.practice, client)
    if any(one.address.casefold() == address.casefold() for one in known):
        return
    if len(known) >= AT_MOST:
        raise Malformed(f"No more than {AT_MOST} addresses are remembered of one person.")
    name = office.new_id()
    key = await office.keyring.key(held.practice, client)
    sealed = office.keyring.seal(key, _place(held.practice, client, name), address.encode())
    now = office.clock()
    await office.memory.trail.note(held.practice, now, held.person, "address_remembered", client)
    await office.memory.further_addresses.keep(
        held.practice, client, FurtherAddress(name, now, sealed), held.person
    )


async def forget(office: Office, held: Pass, client: PersonId, address: UUID) -> None:
    """Letters from it are held again. Raises NotFound."""
    if held.deed is not Deed.SETTLE:
        raise NotFound
    await office.memory.trail.note(held.practice, office.clock(), held.person, "address_forgotten", client)
    if not await office.memory.further_addresses.forget(held.practice, client, address):
        raise NotFound


def _place(practice: PracticeId, person: PersonId, address: UUID) -> Place:
    return Place(ADDRESS, practice, person, address)
