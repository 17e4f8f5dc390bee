"""Lines of the audit trail for who asks what happened: pages by (time, number), each by an index, none by an offset."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    cast,
    collate,
    func,
    select,
    true,
    tuple_,
    union_all,
)

from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.memory.trail import Asked, Mark, Stood
from messaging.people import Role
from messaging.trust.noted import REASONED, Noted
from threads.database import Database
from threads.tables.conversations import members
from threads.tables.mail import originals, outbox
from threads.tables.people import sign_ins
from threads.tables.trail import trail
from threads.trail.trail import line_of

ACT = func.split_part(trail.c.action, REASONED, 1, type_=Text)
"""The act without what it was for."""
AFTER = ";"
"""The sign after the one a reason begins with: an act's own letters come behind it."""


class TrailLines:
    """Reads the trail of one practice."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(
        self, practice: PracticeId, asked: Asked, before: Mark | None, limit: int
    ) -> list[Stood]:
        """The newest that are meant, by time; of those before a mark where there is one."""
        async with self._database.within(practice) as connection:
            about = None
            if asked.about is not None or asked.conversation is not None:
                found = await connection.execute(subjects_of(practice, asked.about, asked.conversation))
                about = list(found.scalars())
            rows = await connection.execute(lines(practice, asked, about, before, limit))
            return [Stood(row.seq, line_of(row)) for row in rows]

    async def whose(
        self, practice: PracticeId, subjects: Collection[UUID]
    ) -> Mapping[UUID, Sequence[PersonId]]:
        """Which people a subject is about."""
        found: dict[UUID, list[PersonId]] = {}
        if subjects:
            async with self._database.within(practice) as connection:
                for subject, person in await connection.execute(_whose(practice, subjects)):
                    found.setdefault(subject, []).append(PersonId(person))
        return found


def lines(
    practice: PracticeId, asked: Asked, about: Sequence[UUID] | None, before: Mark | None, limit: int
) -> Select[Any]:
    """By the narrowest way that there is: about whom, by whom, of which kinds, or all of them by time.

    Of each subject and kind the newest are read by its own index and put together: left to itself the planner would walk
    the whole trail from its end wherever it thinks that enough lines come soon.
    """
    meant = _meant(practice, asked, before)
    if about is not None:
        if asked.acts:
            meant.append(ACT.in_(sorted(asked.acts)))
        if asked.actor is not None:
            meant.append(trail.c.actor_id == asked.actor)
        return _of_each(cast(list(about), ARRAY(Uuid)), trail.c.subject_id, meant, limit)
    if asked.actor is not None:
        if asked.acts:
            meant.append(ACT.in_(sorted(asked.acts)))
        return _newest(select(trail).where(*meant, trail.c.actor_id == asked.actor), limit)
    if asked.acts:
        return _of_acts(sorted(asked.acts), meant, limit)
    return _newest(select(trail).where(*meant), limit)


def _meant(practice: PracticeId, asked: Asked, before: Mark | None) -> list[ColumnElement[bool]]:
    meant: list[ColumnElement[bool]] = [trail.c.practice_id == practice]
    if asked.since is not None:
        meant.append(trail.c.at >= asked.since)
    if asked.until is not None:
        meant.append(trail.c.at < asked.until)
    if before is not None:
        meant.append(tuple_(trail.c.at, trail.c.seq) < tuple_(before.at, before.seq))
    return meant


def _newest(query: Select[Any], limit: int) -> Select[Any]:
    return query.order_by(trail.c.at.desc(), trail.c.seq.desc()).limit(limit)


def _of_each(
    values: ColumnElement[Any], column: ColumnElement[Any], meant: list[ColumnElement[bool]], limit: int
) -> Select[Any]:
    one = func.unnest(values).table_valued("value").render_derived("one")
    found = _newest(select(trail).where(*meant, column == one.c.value), limit).lateral("found")
    newest = (found.c.at.desc(), found.c.seq.desc())
    return select(found).select_from(one.join(found, true())).order_by(*newest).limit(limit)


def _of_acts(acts: Sequence[Noted], meant: list[ColumnElement[bool]], limit: int) -> Select[Any]:
    """Of each act the newest without a reason, which its index has in order, and those with one, which are few.

    Looked for by comparisons alone: below row security the planner takes nothing else as a way, for a function might tell of
    rows that are another practice's.
    """
    kept = collate(trail.c.action, "C")
    found = [
        _newest(select(trail).where(*meant, one), limit).subquery(f"found{number}")
        for number, one in enumerate(
            one
            for act in acts
            for one in (kept == str(act), and_(kept > f"{act}{REASONED}", kept < f"{act}{AFTER}"))
        )
    ]
    together = union_all(*(select(one) for one in found)).subquery("found")
    newest = (together.c.at.desc(), together.c.seq.desc())
    return select(together).order_by(*newest).limit(limit)


def subjects_of(
    practice: PracticeId, person: PersonId | None, conversation: ConversationId | None
) -> Select[Any]:
    """What lines about a client, or a conversation, may name: themselves, and the letters and mails of a conversation."""
    if conversation is not None:
        held = select(cast(conversation, Uuid).label("id")).cte("held")
    else:
        held = (
            select(members.c.conversation_id.label("id"))
            .where(members.c.practice_id == practice, members.c.person_id == person)
            .cte("held")
        )
    within = select(held.c.id)
    own = [select(cast(person, Uuid).label("id"))] if person is not None else []
    return select(
        union_all(
            *own,
            within,
            select(originals.c.id).where(
                originals.c.practice_id == practice, originals.c.conversation_id.in_(within)
            ),
            select(outbox.c.id).where(outbox.c.practice_id == practice, outbox.c.conversation_id.in_(within)),
        )
        .subquery()
        .c.id
    )


def _whose(practice: PracticeId, subjects: Collection[UUID]) -> Select[Any]:
    # One parameter: a thousand of them cost more to write down than to look for.
    named = any_(cast(list(subjects), ARRAY(Uuid)))
    is_client = (members.c.practice_id == practice, members.c.role == Role.CLIENT)
    through = [
        select(one.c.id, members.c.person_id)
        .join_from(one, members, one.c.conversation_id == members.c.conversation_id)
        .where(one.c.practice_id == practice, one.c.id == named, *is_client)
        for one in (originals, outbox)
    ]
    found = union_all(
        select(members.c.conversation_id.label("subject"), members.c.person_id.label("person")).where(
            *is_client, members.c.conversation_id == named
        ),
        *through,
        select(sign_ins.c.id, sign_ins.c.person_id).where(
            sign_ins.c.practice_id == practice, sign_ins.c.id == named
        ),
    ).subquery()
    return select(found.c.subject, found.c.person).order_by(found.c.subject, found.c.person)
