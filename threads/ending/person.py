"""Erasing one client: their own conversations whole, and their words where other clients write too."""

from collections import Counter
from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.ids import PracticeId
from messaging.memory.ending import Counts
from messaging.people import Role
from threads.bell import ring
from threads.ending.conversation import erase_conversation
from threads.ending.taking import Taking
from threads.tables.conversations import conversations, members
from threads.tables.exports import exports
from threads.tables.mail import originals, outbox, reply_tokens
from threads.tables.people import people
from threads.tables.record import attachments, entries, message_ids
from threads.tables.whole import metadata

THEIRS: Final = {
    one: next(fk.parent for fk in one.foreign_keys if fk.column is people.c.id)
    for one in metadata.sorted_tables
    if one is not members and people.c.id in {fk.column for fk in one.foreign_keys}
}
"""Tables whose rows belong to one person, by the column that names them. Memberships stay: others' record has them."""
SENT: Final = {
    outbox: outbox.c.person_id,
    originals: originals.c.person_id,
    reply_tokens: reply_tokens.c.person_id,
}
"""What was sent to them and by them, by mail; no foreign key says so."""


async def erase_person(connection: AsyncConnection, practice: PracticeId, named: UUID) -> Counts:
    """Within one transaction. Their id stays, with a role and no name: it stands beside what others wrote."""
    rows: Counter[str] = Counter()  # bound: one for each table
    for conversation in await _alone_in(connection, practice, named):
        rows.update(await erase_conversation(connection, practice, conversation))
    rows.update(await _words_of(connection, practice, named))
    taking = Taking(connection, practice)
    await taking.see_notes_of(
        select(people.c.id).where(people.c.practice_id == practice, people.c.id == named)
    )
    for one, by in (*THEIRS.items(), *SENT.items()):
        await taking.take(one, by == named)
    await taking.forget(named)
    await connection.execute(
        update(people)
        .where(people.c.practice_id == practice, people.c.id == named)
        .values(sealed=b"", active=False, password_hash=None, second_factor=False, grace_until=None)
    )
    return Counter({**rows, people.name: 1}) + taking.rows


async def _alone_in(connection: AsyncConnection, practice: PracticeId, person: UUID) -> Sequence[UUID]:
    """Conversations of theirs in which no other client is or ever was."""
    mine, other = members.alias("mine"), members.alias("other")
    shared = exists().where(
        other.c.practice_id == mine.c.practice_id,
        other.c.conversation_id == mine.c.conversation_id,
        other.c.person_id != mine.c.person_id,
        other.c.role == Role.CLIENT,
    )
    query = select(mine.c.conversation_id).where(
        mine.c.practice_id == practice, mine.c.person_id == person, ~shared
    )
    return (await connection.scalars(query.order_by(mine.c.conversation_id))).all()


async def _words_of(connection: AsyncConnection, practice: PracticeId, person: UUID) -> Counts:
    """What they wrote where others write too. Numbers and times stay: the others' order is whole."""
    theirs = select(members.c.conversation_id).where(
        members.c.practice_id == practice, members.c.person_id == person
    )
    # Locked as the writer locks them; and whoever follows one reads anew.
    raised = await connection.scalars(
        update(conversations)
        .where(conversations.c.practice_id == practice, conversations.c.id.in_(theirs))
        .values(revision=conversations.c.revision + 1, labels=None)  # they may be about who is erased
        .returning(conversations.c.id)
    )
    taking = Taking(connection, practice)
    # Whoever's they are, and of the whole practice: their words are in them.
    mentioned = or_(exports.c.conversation_id.in_(theirs), exports.c.conversation_id.is_(None))
    await taking.take(exports, mentioned)
    letters = select(entries.c.letter_id).where(
        entries.c.practice_id == practice, entries.c.author_id == person, entries.c.letter_id == entries.c.id
    )
    await taking.take(message_ids, message_ids.c.letter_id.in_(letters))
    unsent = (attachments.c.number == 0, attachments.c.uploader_id == person)
    await taking.take(attachments, and_(*unsent))
    for one in (attachments, outbox):
        wrote = exists().where(
            entries.c.practice_id == practice,
            entries.c.conversation_id == one.c.conversation_id,
            entries.c.number == one.c.number,
            entries.c.author_id == person,
        )
        await taking.take(one, wrote)
    taking.rows[entries.name] = await _blank(connection, practice, person)
    for conversation in raised.all():
        await ring(connection, f"m {practice}/{conversation}")
    return taking.rows


async def _blank(connection: AsyncConnection, practice: PracticeId, person: UUID) -> int:
    """Makes their entries unreadable (`threads/sql/erasing.sql`): how many."""
    return await connection.scalar(select(func.blank_entries(practice, person))) or 0
