"""The key of one author's process notes: a data key of that person for that purpose, wrapped by the practice's.

It is found by an id that is made of theirs. Erasing a client destroys no key of an author: notes about that client go
by their rows.
"""

from messaging.memory.keys import OwnerKey
from messaging.notes.sealed import own_key_id
from messaging.office import Office
from messaging.trust.access import Pass
from messaging.trust.encryption import DataKey, KeyGone


async def own_key(office: Office, held: Pass) -> DataKey:
    """The holder's. Raises KeyGone where they have never written a process note."""
    return await office.keyring.key(held.practice, own_key_id(held.person))


async def own_key_made(office: Office, held: Pass) -> DataKey:
    """The holder's, made when it is first needed. It is used only once it is kept: what it seals must open."""
    try:
        return await own_key(office, held)
    except KeyGone:
        fresh = OwnerKey(own_key_id(held.person), await office.keyring.wrapped_new(held.practice))
        await office.memory.process_notes.keep_key(held, fresh, office.clock())
        return await own_key(office, held)
