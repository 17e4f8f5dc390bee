"""A conversation as its joined rows have it, one a member."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, or_, select

from messaging.conversations import (
    AnswerRule,
    Conversation,
    Covers,
    CoverScope,
    EnquiryState,
    Kind,
    Member,
    Session,
    SessionState,
    Snoozed,
)
from messaging.ids import ConversationId, PersonId, PracticeId, SessionId
from messaging.people import Role
from threads.agreements.due import DUE, read_due
from threads.practice.away import read_away
from threads.practice.from_start import read_asked
from threads.sessions.sessions import rules_of_row
from threads.tables.conversations import conversations, members
from threads.tables.sessions import session_rules, sessions

_c, _m, _s, _r = conversations.c, members.c, sessions.c, session_rules.c

WHOLE = (
    select(
        conversations,
        _m.person_id,
        _m.role,
        _m.read_number,
        _m.first_number,
        _m.start_asked,
        _m.snoozed_until,
        _m.snoozed_number,
        _m.cover_absence,
        _m.cover_scope,
        _m.cover_until,
        _s.starts,
        _s.minutes,
        _s.opened_at,
        _r.grace_minutes,
        _r.plan_b_minutes,
        _r.reminder_minutes,
        _r.code_word,
        _r.regions,
        DUE,
        _r.cancel_minutes,
    )
    .select_from(conversations)
    .outerjoin(
        members,
        # Who stands in for a time is none of it from that moment on, whenever somebody comes to end it.
        and_(
            _m.practice_id == _c.practice_id,
            _m.conversation_id == _c.id,
            _m.left_at.is_(None),
            or_(_m.cover_until.is_(None), _m.cover_until > func.now()),
        ),
    )
    .outerjoin(sessions, and_(_s.practice_id == _c.practice_id, _s.id == _c.live_session))
    .outerjoin(session_rules, _r.practice_id == _c.practice_id)
    .order_by(_c.id, _m.joined_at, _m.person_id)
)


def conversation_of_rows(rows: "list[Row[Any]] | Any") -> Conversation:
    """From its joined rows, one a member."""
    first = rows[0]
    conversation = ConversationId(first.id)
    live = None
    if first.live_session is not None and first.opened_at is not None:
        live = Session(
            id=SessionId(first.live_session),
            conversation=conversation,
            state=SessionState.LIVE,
            starts=first.starts,
            minutes=first.minutes,
            opened_at=first.opened_at,
        )
    return Conversation(
        practice=PracticeId(first.practice_id),
        id=conversation,
        kind=Kind(first.kind),
        revision=first.revision,
        last_number=first.last_number,
        last_at=first.last_at,
        waiting_since=first.waiting_since,
        answer=AnswerRule(first.answer_weekday, first.answer_by, first.answer_days, read_away(first.away)),
        live=live,
        members=tuple(_member(r) for r in rows if r.person_id is not None),
        rules=rules_of_row(first),
        ended_at=first.ended_at,
        assignee=_assignee(first.assignee_id, rows),
        labels=first.labels,
        enquiry=None if first.enquiry is None else EnquiryState(first.enquiry),
    )


def _member(row: "Row[Any]") -> Member:
    return Member(
        person=PersonId(row.person_id),
        role=Role(row.role),
        read_number=row.read_number,
        first_number=row.first_number,
        start_asked=read_asked(row.start_asked),
        due=read_due(row.due),
        snoozed=None if row.snoozed_until is None else Snoozed(row.snoozed_until, row.snoozed_number or 0),
        covers=_covers(row),
    )


def _covers(row: "Row[Any]") -> Covers | None:
    if row.cover_absence is None:
        return None
    return Covers(row.cover_absence, CoverScope(row.cover_scope), row.cover_until)


def _assignee(person: UUID | None, rows: "list[Row[Any]] | Any") -> PersonId | None:
    """Who answers, while they belong to it as one who may."""
    mine = {r.person_id for r in rows if r.role is not None and Role(r.role).is_clinician}
    return PersonId(person) if person in mine and person is not None else None
