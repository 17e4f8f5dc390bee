"""What a fault of the database means: an outage that passes, a conflict with what stands, or a defect of ours.

Every class of SQLSTATE (PostgreSQL, appendix A) has its place in one table. A class that is not in it, and every other
exception, is a defect: it is loud, and what was asked is refused.
"""

from enum import StrEnum
from typing import Any, Final

import asyncpg
from sqlalchemy import exc

from messaging.faults import located


class Meaning(StrEnum):
    """What to do about a fault."""

    OUTAGE = "outage"
    """The database is away, stopping, full, locked or read-only: the same may succeed later, so Busy."""
    CONFLICT = "conflict"
    """It contradicts what stands: whoever asked knows what that means."""
    DEFECT = "defect"
    """Asked wrongly, or not understood: asking again helps nobody."""


CLASSES: Final[dict[str, Meaning]] = {
    "00": Meaning.DEFECT,  # success
    "01": Meaning.DEFECT,  # warning
    "02": Meaning.DEFECT,  # no data
    "03": Meaning.DEFECT,  # SQL statement not yet complete
    "08": Meaning.OUTAGE,  # connection
    "09": Meaning.DEFECT,  # triggered action
    "0A": Meaning.DEFECT,  # feature not supported
    "0B": Meaning.DEFECT,  # invalid transaction initiation
    "0F": Meaning.DEFECT,  # locator
    "0L": Meaning.DEFECT,  # invalid grantor
    "0P": Meaning.DEFECT,  # invalid role
    "0Z": Meaning.DEFECT,  # diagnostics
    "10": Meaning.DEFECT,  # XQuery
    "20": Meaning.DEFECT,  # case not found
    "21": Meaning.DEFECT,  # cardinality
    "22": Meaning.DEFECT,  # data
    "23": Meaning.CONFLICT,  # integrity constraint
    "24": Meaning.DEFECT,  # cursor state
    "25": Meaning.DEFECT,  # transaction state
    "26": Meaning.DEFECT,  # statement name
    "27": Meaning.DEFECT,  # triggered data change
    "28": Meaning.OUTAGE,  # authorization: a password or pg_hba.conf that is being changed, or a failover half done
    "2B": Meaning.DEFECT,  # dependent privileges
    "2D": Meaning.DEFECT,  # transaction termination
    "2F": Meaning.DEFECT,  # SQL routine
    "34": Meaning.DEFECT,  # cursor name
    "38": Meaning.DEFECT,  # external routine
    "39": Meaning.DEFECT,  # external routine invocation
    "3B": Meaning.DEFECT,  # savepoint
    "3D": Meaning.OUTAGE,  # the database is not there: a restore under way
    "3F": Meaning.DEFECT,  # schema name
    "40": Meaning.OUTAGE,  # transaction rollback: serialization, deadlock
    "42": Meaning.DEFECT,  # syntax or access rule
    "44": Meaning.DEFECT,  # with check option
    "53": Meaning.OUTAGE,  # resources: disk, memory, connections
    "54": Meaning.DEFECT,  # program limit
    "55": Meaning.OUTAGE,  # not in prerequisite state: locked, in use, not accepting connections
    "57": Meaning.OUTAGE,  # operator intervention, and a limit of time
    "58": Meaning.OUTAGE,  # system: I/O
    "72": Meaning.OUTAGE,  # snapshot
    "F0": Meaning.OUTAGE,  # configuration file
    "HV": Meaning.DEFECT,  # foreign data
    "P0": Meaning.DEFECT,  # PL/pgSQL
    "XX": Meaning.DEFECT,  # internal: also damaged data, which must be loud
}

STATES: Final[dict[str, Meaning]] = {
    "25006": Meaning.OUTAGE,  # read-only: what a failover to a standby looks like
    "25P03": Meaning.OUTAGE,  # idle in transaction for too long, and disconnected
    "25P04": Meaning.OUTAGE,  # transaction timeout, and disconnected
    "40002": Meaning.CONFLICT,  # integrity constraint, found at the commit
    "55P02": Meaning.DEFECT,  # a parameter that cannot be changed now
    "55P04": Meaning.DEFECT,  # an enum's value that is not committed yet
}
"""Those that mean something else than their class."""

_DRIVER: Final = (
    (ValueError, Meaning.DEFECT),  # among them the driver's: an argument it cannot send, a bad configuration
    (asyncpg.UnsupportedClientFeatureError, Meaning.DEFECT),
    (asyncpg.UnsupportedServerFeatureError, Meaning.DEFECT),
    # A closed connection, or one that died under a query; the driver has no better word for either.
    (asyncpg.InterfaceError, Meaning.OUTAGE),
    (asyncpg.InternalClientError, Meaning.OUTAGE),
    # Of the pool: nobody gave a connection back in time. Not the built-in TimeoutError.
    (exc.TimeoutError, Meaning.OUTAGE),
    (exc.DisconnectionError, Meaning.OUTAGE),
    (OSError, Meaning.OUTAGE),  # the built-in TimeoutError is one, too
    (EOFError, Meaning.OUTAGE),
)
"""Faults without a SQLSTATE, the special ones first."""


def meaning_of(fault: BaseException) -> Meaning:
    """By the fault itself, or by the one it was raised from: SQLAlchemy wraps the driver's."""
    link: BaseException | None = fault
    lost = False
    for _ in range(8):  # chains are short; a circle must not hold us
        if link is None:
            break
        found = _of(link)
        if found is not None:
            return found
        lost |= isinstance(link, exc.DBAPIError) and link.connection_invalidated
        link = (link.orig if isinstance(link, exc.DBAPIError) else None) or link.__cause__
    return Meaning.OUTAGE if lost else Meaning.DEFECT


def _of(link: BaseException) -> Meaning | None:
    if isinstance(link, asyncpg.PostgresError) and link.sqlstate is not None:
        state = str(link.sqlstate)
        return STATES.get(state) or CLASSES.get(state[:2], Meaning.DEFECT)
    return next((meaning for kind, meaning in _DRIVER if isinstance(link, kind)), None)


def is_outage(fault: BaseException) -> bool:
    """Whether the same request may succeed a moment later."""
    return meaning_of(fault) is Meaning.OUTAGE


def is_locked(fault: exc.DBAPIError | asyncpg.PostgresError) -> bool:
    """Whether somebody else's lock was in the way."""
    cause = fault.orig if isinstance(fault, exc.DBAPIError) else fault
    return getattr(cause, "sqlstate", None) in ("55P03", "40P01")


def named(fault: BaseException) -> dict[str, Any]:
    """For the log: what it is and where (`located`), and its SQLSTATE, never its text."""
    state = getattr(fault, "sqlstate", None)
    return located(fault) | ({"sqlstate": str(state)} if state else {})
