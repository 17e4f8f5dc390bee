"""A client's further addresses: believed like the registered one, because a clinician has asked and said so.

Letters from them come in; ours still go to the registered address alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from messaging.addresses import checked_address
from messaging.errors import Malformed, NotFound
from messaging.ids import PersonId, PracticeId
from messaging.memory.arriving import FurtherAddress
from messaging.office import Office
from messaging.people import Identity, Person
from messaging.practice.founding import email_hash
from messaging.record.reading import people_named
from messaging.trust.access import Deed, Pass
from messaging.trust.encryption import Place
from messaging.trust.noted import Noted

ADDRESS: Final = "further_addresses.sealed"
UNSHOWN: Final = "An address that is not shown"
CONCEALED: Final = (
    "A letter as it came bears the writer's name and address, which are sealed. Its words are in the record."
)
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


@dataclass(frozen=True, slots=True)
class ClientsAddress:
    """One further address, and whose it is."""

    client: PersonId
    known: KnownAddress


async def further_of(office: Office, person: Person) -> list[ClientsAddress]:
    """Those of all clients for whom somebody cares, as others see them, oldest first for each.

    Of who is not identified none can be read, and each can still be forgotten. Raises Busy.
    """
    kept = await office.memory.further_addresses.of_clients(person.practice, person.id)
    clients = await people_named(office, person.practice, dict.fromkeys(owner for owner, _ in kept))
    found = []
    for owner, one in kept:
        key, address = await office.keyring.key(person.practice, owner), UNSHOWN
        if owner in clients and clients[owner].identity is Identity.IDENTIFIED:
            address = key.open(_place(person.practice, owner, one.id), one.sealed).decode()
        found.append(ClientsAddress(owner, KnownAddress(one.id, one.at, address)))
    return found


async def owners_of(office: Office, practice: PracticeId, address: str) -> list[PersonId]:
    """Who is found under this address here."""
    found = await office.memory.directory.find("email", email_hash(office, address))
    return [PersonId(target) for owner, target in found if owner == practice]


async def conceals(office: Office, practice: PracticeId, people: Sequence[PersonId]) -> bool:
    """Whether the name and address of one of them are to be shown to nobody."""
    found = await people_named(office, practice, people)
    return any(one.identity is not Identity.IDENTIFIED for one in found.values())


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
    await office.memory.trail.note(held.practice, now, held.person, Noted.ADDRESS_REMEMBERED, client)
    await office.memory.further_addresses.keep(
        held.practice, client, FurtherAddress(name, now, sealed), held.person
    )


async def forget(office: Office, held: Pass, client: PersonId, address: UUID) -> None:
    """Letters from it are held again. Raises NotFound."""
    if held.deed is not Deed.SETTLE:
        raise NotFound
    await office.memory.trail.note(
        held.practice, office.clock(), held.person, Noted.ADDRESS_FORGOTTEN, client
    )
    if not await office.memory.further_addresses.forget(held.practice, client, address):
        raise NotFound


def _place(practice: PracticeId, person: PersonId, address: UUID) -> Place:
    return Place(ADDRESS, practice, person, address)
