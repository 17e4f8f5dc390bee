"""What is to be read first, and where something was given: asked along with an inbox, of rows beside entries."""

from typing import Any, Final

from sqlalchemy import and_, exists, func, select

from threads.tables.record import entries, entry_subjects

_e, _s = entries.c, entry_subjects.c

RAISED: Final = """
(select min(e.at) from entry_subjects s
   join entries e on e.practice_id = s.practice_id and e.conversation_id = s.conversation_id and e.number = s.number
  where s.practice_id = c.practice_id and s.conversation_id = c.id and s.raised
    and s.number > mine.read_number and s.number >= mine.first_number)"""
"""When the first came that `mine` has not read, of the conversation `c`."""


def raised_at(mine: Any) -> Any:
    """The same, of memberships."""
    return (
        select(func.min(_e.at))
        .select_from(entry_subjects)
        .join(
            entries,
            and_(
                _e.practice_id == _s.practice_id,
                _e.conversation_id == _s.conversation_id,
                _e.number == _s.number,
            ),
        )
        .where(*_theirs(mine), _s.raised, _s.number > mine.c.read_number)
        .scalar_subquery()
    )


def given(mine: Any) -> Any:
    """Whether something was ever given there, a plan was written, or an end planned, that `mine` may read."""
    return exists().where(*_theirs(mine))


def _theirs(mine: Any) -> tuple[Any, ...]:
    return (
        _s.practice_id == mine.c.practice_id,
        _s.conversation_id == mine.c.conversation_id,
        _s.number >= mine.c.first_number,
    )
