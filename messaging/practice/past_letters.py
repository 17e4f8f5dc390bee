"""Letters that were written before this server was here: into the record under their true dates, marked as imported."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from messaging.conversations import Conversation
from messaging.errors import Malformed, NotFound
from messaging.facts import LetterFacts
from messaging.ids import SYSTEM, ConversationId, EntryId, LetterId, PersonId, PracticeId
from messaging.memory.record import Verdict
from messaging.messages import LETTER_LIMIT, SUBJECT_LIMIT, Body, Channel, checked_text
from messaging.office import Office
from messaging.practice.founding import ref_hash
from messaging.record.posting import Draft, Where, post
from messaging.trust.access import Deed, Way, Work, errand, stand_in
from messaging.trust.noted import Noted

IMPORTED: Final = "This letter was imported: it was written before this record was begun here."
LOOKED_AT: Final = 50
"""Entries, the last of a conversation: more than the server says by itself before a caseload is in."""
BY_LETTERS: Final = (Channel.WEB, Channel.EMAIL)


@dataclass(frozen=True, slots=True)
class PastLetter:
    """A letter as a file has it. `ref`: what the file calls it, so that the same line again is the same letter."""

    conversation: ConversationId
    author: PersonId
    at: datetime
    text: object = field(repr=False)
    subject: str | None = field(default=None, repr=False)
    channel: Channel = Channel.WEB
    ref: str | None = None


async def import_letter(office: Office, practice: PracticeId, letter: PastLetter) -> int:
    """Its number. Nobody waits for an answer to it, no mail goes, and it counts as read.

    Letters come in the order in which they were written, before anything that was written here: a record is read from top
    to bottom, and nothing is put in between. Raises NotFound, Malformed, TooLong, KeyReused, Busy.
    """
    draft = _draft(office, practice, letter)
    found = await office.memory.conversations.find(practice, letter.conversation)
    way = errand(practice, letter.conversation, Work.FOUNDING)
    known = await office.memory.threads.under_key(way, letter.author, draft.key) if found else None
    member = found.member(letter.author) if found else None
    if found is None or member is None:
        if known is not None:  # who wrote it has left since
            return known.number
        raise NotFound("There is no such conversation, or who wrote the letter does not belong to it.")
    held = stand_in(found, member, Deed.WRITE)
    if known is None and not await _in_order(office, way, found, letter.at):
        raise Malformed(
            "Past letters come in the order of their dates, before anything else is written there."
        )
    outcome = await post(office, Where.by(held), draft)
    if outcome.verdict is Verdict.NEW:
        await office.memory.trail.note(
            practice, office.clock(), letter.author, Noted.LETTER_IMPORTED, found.id
        )
        for one in found.members:
            own = stand_in(found, one, Deed.READ)
            await office.memory.conversations.mark_read(own, outcome.number)
    return outcome.number


async def _in_order(office: Office, way: Way, found: Conversation, at: datetime) -> bool:
    """Whether nobody wrote anything later, as far as `LOOKED_AT` entries tell.

    What the server says itself does not count: it tells of a session of the same file whenever it comes to it.
    """
    if at > office.clock():
        return False
    if found.last_at is None or at >= found.last_at:
        return True
    latest = await office.memory.threads.before(way, found.last_number + 1, LOOKED_AT)
    written = [one.at for one in latest if one.author != SYSTEM]
    return at >= written[-1] if written else len(latest) == found.last_number


def _draft(office: Office, practice: PracticeId, letter: PastLetter) -> Draft:
    if letter.channel not in BY_LETTERS:
        raise Malformed("A past letter came by web or by email.")
    if letter.at.tzinfo is None:
        raise Malformed("A time needs its zone.")
    text = checked_text(letter.text, LETTER_LIMIT)
    subject = checked_text(letter.subject, SUBJECT_LIMIT) if letter.subject else None
    key, entry = UUID(bytes=office.random(16)), EntryId(office.new_id())
    if letter.ref is not None:
        key = uuid5(practice, ref_hash(office, practice, f"letter/{letter.ref}").hex())
    return Draft(
        key,
        Body(text=text, subject=subject, facts=LetterFacts(notes=(IMPORTED,))),
        letter.channel,
        letter=LetterId(entry),
        id=entry,
        at=letter.at,
    )
