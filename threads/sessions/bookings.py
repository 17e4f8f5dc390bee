"""Sessions agreed on: one at a time for each clinician, so that no time is given twice.

    the clinicians' rows, in the order of their ids > the conversation's row > what is there already > the change

Whoever books the same clinician waits for this lock, on whatever node; two who book different clinicians do not meet. The
order is the same everywhere and nobody else locks people's rows, so nobody waits in a circle.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from messaging.conversations import Session, SessionState
from messaging.ids import ConversationId, PersonId, PracticeId, SessionId, SlotId
from messaging.memory.bookings import Agreed, Agreement, Former, Margins, Move, Series
from messaging.people import Role
from messaging.trust.access import Pass
from threads.database import Database
from threads.queue import wake
from threads.sessions.clashes import not_to_be_had, obstacle
from threads.sessions.offered_again import give_back
from threads.sessions.sessions import KIND, session_of_row
from threads.tables.conversations import conversations, members
from threads.tables.people import people
from threads.tables.sessions import sessions, slots

_c, _m, _s, _o, _p = conversations.c, members.c, sessions.c, slots.c, people.c

OVERLOOKING = Role.SUPERVISOR
"""Supervisors belong to many conversations and sit in no session: their other ones are no obstacle."""


class Bookings:
    """See `messaging.memory.bookings.Bookings`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def book(self, held: Pass, session: Session, slot: SlotId | None, now: datetime) -> Agreement:
        """A new session of the conversation, in a slot or at any free time."""
        practice = held.practice
        async with self._database.within(practice) as connection:
            attending = await _locked(connection, held)
            known = await _session(connection, held, session.id)
            if known is not None:
                return Agreement(Agreed.KNOWN, known)
            if await _over(connection, held):
                return Agreement(Agreed.CARE_ENDED)
            if slot is not None and (gone := await not_to_be_had(connection, held, slot, session, now)):
                return Agreement(gone)
            clash = await obstacle(connection, practice, session, attending)
            if clash is not None:
                return Agreement(clash)
            await connection.execute(insert(sessions).values(**_columns(held, session)))
            await _take(connection, practice, slot, session.id)
            await wake(connection, KIND, practice, session.id, now)
            return Agreement(Agreed.DONE, session)

    async def book_all(self, held: Pass, wanted: Sequence[Session], now: datetime) -> Series:
        """New sessions of the conversation at free times, in one transaction: all or none of them."""
        practice = held.practice
        async with self._database.within(practice) as connection:
            attending = await _locked(connection, held)
            there = [await _session(connection, held, one.id) for one in wanted]
            if known := tuple(one for one in there if one is not None):
                return Series(Agreed.KNOWN, known)
            if await _over(connection, held):
                return Series(Agreed.CARE_ENDED)
            for one in wanted:
                clash = await obstacle(connection, practice, one, attending)
                if clash is not None:
                    return Series(clash, met=one)
            await connection.execute(insert(sessions), [_columns(held, one) for one in wanted])
            for one in wanted:
                await wake(connection, KIND, practice, one.id, now)
            return Series(Agreed.DONE, tuple(wanted))

    async def move(self, held: Pass, move: Move, now: datetime) -> Agreement:
        """A booked session gets another time; its sequence rises."""
        practice = held.practice
        async with self._database.within(practice) as connection:
            attending = await _locked(connection, held)
            booked = await _session(connection, held, move.session, lock=True)
            if booked is None or booked.state is not SessionState.BOOKED:
                return Agreement(Agreed.NOT_BOOKED, booked)
            if (booked.starts, booked.minutes) == (move.starts, move.minutes):
                return Agreement(Agreed.KNOWN, booked)
            if await _over(connection, held):
                return Agreement(Agreed.CARE_ENDED, booked)
            moved = _changed(booked, SessionState.BOOKED, move.starts, move.minutes)
            if move.slot is not None and (
                gone := await not_to_be_had(connection, held, move.slot, moved, now)
            ):
                return Agreement(gone, booked)
            clash = await obstacle(connection, practice, moved, attending)
            if clash is not None:
                return Agreement(clash, booked)
            await _change(connection, practice, moved, now, keeps_offer=move.keeps_offer)
            await _take(connection, practice, move.slot, moved.id)
            return Agreement(Agreed.DONE, moved)

    async def cancel(
        self, held: Pass, session: SessionId, now: datetime, *, keeps_offer: bool, late_from: timedelta
    ) -> Agreement:
        """A booked session is called off; its sequence rises. With `keeps_offer` its slot is offered again."""
        async with self._database.within(held.practice) as connection:
            await _locked(connection, held)
            booked = await _session(connection, held, session, lock=True)
            if booked is None or booked.state is not SessionState.BOOKED:
                return Agreement(Agreed.NOT_BOOKED, booked)
            called_off = _changed(booked, SessionState.CANCELLED, booked.starts, booked.minutes)
            cancelled = replace(called_off, late=booked.starts - now < late_from)
            await _change(connection, held.practice, cancelled, now, keeps_offer=keeps_offer)
            return Agreement(Agreed.DONE, cancelled)

    async def restore(self, held: Pass, former: Former, now: datetime, look_at: datetime) -> Agreement:
        """It stands as before, if nothing changed it since and the time is still free; its sequence rises."""
        practice = held.practice
        async with self._database.within(practice) as connection:
            attending = await _locked(connection, held)
            found = await _session(connection, held, former.session, lock=True)
            undoable = (SessionState.BOOKED, SessionState.CANCELLED)
            if found is None or found.sequence != former.sequence or found.state not in undoable:
                return Agreement(Agreed.NOT_BOOKED, found)
            if await _over(connection, held):
                return Agreement(Agreed.CARE_ENDED, found)
            restored = _changed(found, SessionState.BOOKED, former.starts, former.minutes)
            clash = await obstacle(connection, practice, restored, attending)
            if clash is not None:
                return Agreement(clash, found)
            await _change(connection, practice, restored, look_at, keeps_offer=True)
            await give_back(connection, practice, former, now)
            return Agreement(Agreed.DONE, restored)

    async def margins(self, practice: PracticeId, clinician: PersonId) -> Margins:
        """What a clinician keeps."""
        query = select(_p.margin_before, _p.margin_after, _p.margin_notice).where(
            _p.practice_id == practice, _p.id == clinician
        )
        async with self._database.within(practice) as connection:
            row = (await connection.execute(query)).one_or_none()
        return Margins() if row is None else Margins(*row)

    async def set_margins(self, practice: PracticeId, clinician: PersonId, margins: Margins) -> None:
        """From now on; what is booked already stays."""
        values = {f"margin_{name}": minutes for name, minutes in asdict(margins).items()}
        async with self._database.within(practice) as connection:
            await connection.execute(
                update(people).where(_p.practice_id == practice, _p.id == clinician).values(**values)
            )

    async def between(
        self,
        practice: PracticeId,
        conversations: Sequence[ConversationId],
        since: datetime,
        until: datetime,
    ) -> list[Session]:
        """Sessions of these conversations that start within, in order, whatever their state."""
        query = (
            select(sessions)
            .where(
                _s.practice_id == practice,
                _s.conversation_id.in_(conversations),
                _s.starts >= since,
                _s.starts < until,
            )
            .order_by(_s.starts, _s.id)
        )
        async with self._database.within(practice) as connection:
            return [session_of_row(row) for row in await connection.execute(query)]


async def _locked(connection: AsyncConnection, held: Pass) -> list[UUID]:
    """The clinicians who sit in sessions here, locked; or all of them where there are only supervisors."""
    practice, conversation = held.practice, held.conversation
    clinicians = select(_m.person_id, _m.role).where(
        _m.practice_id == practice,
        _m.conversation_id == conversation,
        _m.left_at.is_(None),
        _m.role != Role.CLIENT,
    )
    rows = (await connection.execute(clinicians)).all()
    attending = [row.person_id for row in rows if row.role != OVERLOOKING] or [row.person_id for row in rows]
    await connection.execute(
        select(people.c.id)
        .where(people.c.practice_id == practice, people.c.id.in_(attending))
        .order_by(people.c.id)
        .with_for_update(key_share=True)
    )
    await connection.execute(
        select(_c.id).where(_c.practice_id == practice, _c.id == conversation).with_for_update(key_share=True)
    )
    return attending


async def _over(connection: AsyncConnection, held: Pass) -> bool:
    """Whether care has ended here. The conversation's row is locked, so it stays as it is."""
    query = select(_c.ended_at).where(_c.practice_id == held.practice, _c.id == held.conversation)
    return await connection.scalar(query) is not None


async def _take(
    connection: AsyncConnection, practice: PracticeId, slot: SlotId | None, session: SessionId
) -> None:
    if slot is not None:
        await connection.execute(
            update(slots).where(_o.practice_id == practice, _o.id == slot).values(session_id=session)
        )


async def _change(
    connection: AsyncConnection,
    practice: PracticeId,
    session: Session,
    look_at: datetime,
    *,
    keeps_offer: bool,
) -> None:
    """The session as it is from now on. Its old slot is offered again, or gone when its clinician gave the time up."""
    await connection.execute(
        update(sessions)
        .where(_s.practice_id == practice, _s.id == session.id)
        .values(
            state=session.state,
            starts=session.starts,
            minutes=session.minutes,
            sequence=session.sequence,
            late=session.late,
        )
    )
    mine = and_(_o.practice_id == practice, _o.session_id == session.id)
    if keeps_offer:
        await connection.execute(update(slots).where(mine).values(session_id=None))
    else:
        await connection.execute(delete(slots).where(mine))
    await wake(connection, KIND, practice, session.id, look_at)


async def _session(
    connection: AsyncConnection, held: Pass, session: SessionId, *, lock: bool = False
) -> Session | None:
    query = select(sessions).where(
        _s.practice_id == held.practice, _s.conversation_id == held.conversation, _s.id == session
    )
    row = (await connection.execute(query.with_for_update() if lock else query)).one_or_none()
    return None if row is None else session_of_row(row)


def _changed(booked: Session, state: SessionState, starts: datetime, minutes: int) -> Session:
    return Session(
        id=booked.id,
        conversation=booked.conversation,
        state=state,
        starts=starts,
        minutes=minutes,
        opened_at=None,
        ended_at=None,
        sequence=booked.sequence + 1,
    )


def _columns(held: Pass, session: Session) -> dict[str, Any]:
    return {
        "practice_id": held.practice,
        "id": session.id,
        "conversation_id": held.conversation,
        "state": session.state,
        "starts": session.starts,
        "minutes": session.minutes,
        "sequence": session.sequence,
    }
