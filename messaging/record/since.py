"""Letters that came since somebody looked: what they write may be out of date before it is sent."""

from uuid import UUID

from messaging.errors import Crossed
from messaging.memory.record import StoredEntry
from messaging.memory.sending_later import NoLetterSince
from messaging.messages import Channel, EntryKind
from messaging.office import Office
from messaging.people import Role
from messaging.record.reading import PAGE
from messaging.trust.access import Pass


async def insist_none(office: Office, held: Pass, key: UUID, which: NoLetterSince | None) -> None:
    """Before a letter is sent under this key. Raises Crossed where one came that its writer does not know of.

    What stands under the key already is known, whatever came since: the retry is harmless.
    """
    if which is None or not await letters_since(office, held, which):
        return
    if await office.memory.threads.under_key(held, held.person, key) is None:
        raise Crossed


async def letters_since(office: Office, held: Pass, which: NoLetterSince) -> list[StoredEntry]:
    """Those that `which` speaks of, still sealed, in order. What is written with it as an effect is refused where any is."""
    conversation = await office.memory.conversations.find(held.practice, held.conversation)
    if conversation is None:
        return []
    clients = {one.person for one in conversation.members if one.role is Role.CLIENT}
    found: list[StoredEntry] = []
    number = which.number
    while number < conversation.last_number:  # bound: the entries since; each turn reads a page of them
        entries = await office.memory.threads.after(held, number, PAGE)
        if not entries:
            break
        number = entries[-1].number
        found += [
            one
            for one in entries
            if one.kind is EntryKind.MESSAGE
            and one.channel is not Channel.CHAT
            and one.author != which.besides
            and (which.clients or one.author not in clients)
        ]
    return found
