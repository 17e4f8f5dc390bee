"""Conversations and who belongs to them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import and_, func, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from messaging.conversations import (
    AnswerRule,
    Conversation,
    EnquiryState,
    StartAsked,
)
from messaging.ids import ConversationId, PersonId, PracticeId, SessionId
from messaging.memory.conversations import Stand
from messaging.memory.keys import OwnerKey
from messaging.people import Role
from messaging.trust.access import Errand, Pass
from threads.bell import ring
from threads.database import Database, unless_taken
from threads.keys import keep_key
from threads.leaving.promises import look_again
from threads.leaving.reply_addresses import revoke
from threads.practice.covers import NO_COVER, no_cover_again
from threads.practice.from_start import answer, first_waiting, member_of, written_asked
from threads.practice.stands import changed_of, stands_of
from threads.practice.whole import WHOLE, conversation_of_rows
from threads.tables.conversations import conversations, members
from threads.tables.installation import directory

_c, _m = conversations.c, members.c


class Conversations:
    """Relations, sessions and read marks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, practice: PracticeId, conversation: ConversationId) -> Conversation | None:
        """The conversation with its current members."""
        query = WHOLE.where(_c.practice_id == practice, _c.id == conversation)
        async with self._database.within(practice) as connection:
            rows = (await connection.execute(query)).all()
        return conversation_of_rows(rows) if rows else None

    async def cared_for(self, practice: PracticeId) -> list[Conversation]:
        """Every conversation of a practice that somebody cares in, with its current members."""
        cares = (
            select(_m.conversation_id)
            .where(_m.practice_id == practice, _m.role != Role.CLIENT, _m.left_at.is_(None))
            .scalar_subquery()
        )
        query = WHOLE.where(_c.practice_id == practice, _c.id.in_(cares))
        async with self._database.within(practice) as connection:
            rows = (await connection.execute(query)).all()
        return [conversation_of_rows(list(some)) for _, some in groupby(rows, key=lambda row: row.id)]

    async def lengths(self, practice: PracticeId) -> Mapping[ConversationId, int]:
        """All conversations of a practice, the oldest first, with the number of the last entry of each."""
        query = select(_c.id, _c.last_number).where(_c.practice_id == practice).order_by(_c.created_at, _c.id)
        async with self._database.within(practice) as connection:
            return {ConversationId(row.id): row.last_number for row in await connection.execute(query)}

    async def live_of(self, practice: PracticeId, person: PersonId) -> list[tuple[ConversationId, SessionId]]:
        """Where a session is live that this person belongs to."""
        query = (
            select(_c.id, _c.live_session)
            .join(members, and_(_m.practice_id == _c.practice_id, _m.conversation_id == _c.id))
            .where(
                _m.practice_id == practice,
                _m.person_id == person,
                _m.left_at.is_(None),
                _c.live_session.is_not(None),
            )
        )
        async with self._database.within(practice) as connection:
            found = await connection.execute(query)
            return [(ConversationId(row.id), SessionId(row.live_session)) for row in found]

    async def stands(self, asked: Sequence[tuple[PracticeId, ConversationId]]) -> dict[ConversationId, Stand]:
        """How far they have come; those that are not there are missing."""
        async with self._database.within(*{p for p, _ in asked}) as connection:
            return await stands_of(connection, asked)

    async def changed(
        self, practice: PracticeId, people: Sequence[PersonId], since: datetime
    ) -> list[ConversationId]:
        """Conversations of theirs with an entry since; the newest, where there are very many."""
        async with self._database.within(practice) as connection:
            return await changed_of(connection, practice, people, since)

    async def create(
        self, conversation: Conversation, key: OwnerKey, at: datetime, ref: bytes | None = None
    ) -> None:
        """A new conversation with its members and key, found under `ref`. Raises Conflict where that is taken."""
        where = {"practice_id": conversation.practice, "conversation_id": conversation.id}
        async with (
            unless_taken("This reference is taken."),
            self._database.within(conversation.practice) as connection,
        ):
            await connection.execute(
                insert(conversations).values(
                    practice_id=conversation.practice,
                    id=conversation.id,
                    kind=conversation.kind,
                    revision=conversation.revision,
                    last_number=0,
                    answer_weekday=conversation.answer.weekday,
                    answer_by=conversation.answer.by,
                    answer_days=conversation.answer.days,
                    created_at=at,
                    enquiry=conversation.enquiry,
                )
            )
            await connection.execute(
                insert(members),
                [
                    {**where, "person_id": m.person, "role": m.role, "read_number": 0, "joined_at": at}
                    for m in conversation.members
                ],
            )
            await keep_key(connection, conversation.practice, key, at)
            if ref is not None:
                named = {"kind": "conversation_ref", "hash": ref}
                await connection.execute(
                    insert(directory).values(
                        **named, practice_id=conversation.practice, target_id=conversation.id
                    )
                )

    async def decide_enquiry(
        self, way: Errand, state: EnquiryState, at: datetime, alone: PersonId | None = None
    ) -> bool:
        """What became of an open one, once, with who belongs to it from then on; bells ring."""
        practice, conversation = way.practice, way.conversation
        async with self._database.within(practice) as connection:
            decided = await connection.execute(
                update(conversations)
                .where(_c.practice_id == practice, _c.id == conversation, _c.enquiry == EnquiryState.OPEN)
                .values(enquiry=state, revision=_c.revision + 1)
            )
            if decided.rowcount == 1 and alone is not None:
                others = (
                    _m.practice_id == practice,
                    _m.conversation_id == conversation,
                    _m.role != Role.CLIENT,
                    _m.person_id != alone,
                    _m.left_at.is_(None),
                )
                gone = update(members).where(*others).values(left_at=at, **NO_COVER)
                for person in (await connection.execute(gone.returning(_m.person_id))).scalars().all():
                    await revoke(connection, practice, conversation, person, at)
            await ring(connection, f"m {practice}/{conversation}")
            return decided.rowcount == 1

    async def mark_read(self, held: Pass, number: int) -> None:
        """Moves the holder's own read mark forward, never beyond what is there."""
        last = select(_c.last_number).where(_c.practice_id == held.practice, _c.id == held.conversation)
        async with self._database.within(held.practice) as connection:
            await connection.execute(
                update(members)
                .where(
                    _m.practice_id == held.practice,
                    _m.conversation_id == held.conversation,
                    _m.person_id == held.person,
                    _m.read_number < number,
                    last.scalar_subquery() >= number,
                )
                .values(read_number=number)
            )

    async def add_member(
        self, way: Errand, person: PersonId, role: Role, at: datetime, *, from_waiting: bool
    ) -> bool:
        """A member from now on, who reads from the next entry on. False when they belong to it already."""
        practice, conversation = way.practice, way.conversation
        async with self._database.within(practice) as connection:
            # The conversation first, as the writer locks it: the number cannot rise in between.
            last = await connection.scalar(
                update(conversations)
                .where(_c.practice_id == practice, _c.id == conversation)
                .values(revision=_c.revision + 1)
                .returning(_c.last_number)
            )
            waiting = await first_waiting(connection, way) if from_waiting else None
            first = waiting or (last or 0) + 1
            place = {"practice_id": practice, "conversation_id": conversation, "person_id": person}
            standing = {
                "role": role,
                "joined_at": at,
                "left_at": None,
                "read_number": first - 1,
                "first_number": first,
                "start_asked": None,
                "snoozed_until": None,
                "snoozed_number": None,
                **NO_COVER,
            }
            # Who stood in for a time belongs to it for good now.
            anew = or_(_m.left_at.is_not(None), _m.cover_absence.is_not(None))
            joined = await connection.execute(
                upsert(members)
                .values(**place, **standing)
                .on_conflict_do_update(index_elements=list(place), set_=standing, where=anew)
            )
            await ring(connection, f"m {practice}/{conversation}")
            return joined.rowcount == 1

    async def remove_member(self, way: Errand, person: PersonId, at: datetime) -> bool:
        """Ends a membership and its reply addresses, raises the revision, rings the bell. False when there was none."""
        practice, conversation = way.practice, way.conversation
        async with self._database.within(practice) as connection:
            # The conversation first, as the writer locks it: no posting of theirs can follow in the same breath.
            await connection.execute(
                update(conversations)
                .where(_c.practice_id == practice, _c.id == conversation)
                .values(revision=_c.revision + 1, assignee_id=func.nullif(_c.assignee_id, person))
            )
            absence = await connection.scalar(select(_m.cover_absence).where(member_of(way, person)))
            ended = await connection.execute(
                update(members)
                .where(
                    _m.practice_id == practice,
                    _m.conversation_id == conversation,
                    _m.person_id == person,
                    _m.left_at.is_(None),
                )
                .values(left_at=at, start_asked=None, snoozed_until=None, snoozed_number=None, **NO_COVER)
            )
            await no_cover_again(connection, way, absence, at)
            await revoke(connection, practice, conversation, person, at)
            await ring(connection, f"m {practice}/{conversation}")
            return ended.rowcount == 1

    async def ask_start(self, way: Errand, person: PersonId, asked: StartAsked | None) -> None:
        """What is asked for a member, in the place of what was; None: nothing."""
        async with self._database.within(way.practice) as connection:
            await connection.execute(
                update(members)
                .where(member_of(way, person), _m.first_number > 1)
                .values(start_asked=None if asked is None else written_asked(asked))
            )

    async def answer_start(self, held: Pass, person: PersonId, since: datetime, *, agrees: bool) -> bool:
        """The holder's yes or no for a member. False where it is not asked of them, or was asked before `since`."""
        async with self._database.within(held.practice) as connection:
            return await answer(connection, held, person, since, agrees=agrees)

    async def set_answer_rule(self, way: Errand, rule: AnswerRule) -> None:
        """When letters are answered here."""
        async with self._database.within(way.practice) as connection:
            await connection.execute(
                update(conversations)
                .where(_c.practice_id == way.practice, _c.id == way.conversation)
                .values(answer_weekday=rule.weekday, answer_by=rule.by, answer_days=rule.days)
            )
            await look_again(connection, way.practice, way.conversation)
