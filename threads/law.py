"""The law of the record, as it is now: functions, triggers, row security and rights, one file of `threads/sql` a subject.

Steps (`migrations/`) change tables; what is said here is laid on anew after them. A step says which files it installs and
what they hold by then (`INSTALLS`), so the newest step of a program stands for its law, too: a program that is too old for a
law does not know its step, and lays none of its own on (`schema.must_be_known`).
"""

import hashlib
from pathlib import Path
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

SQL: Final = Path(__file__).parent / "sql"
SUBJECTS: Final = ("arriving", "erasing", "queue", "record", "row_security")
"""The files, by name and not by what is found: one that was left out of a package is missed. None leans on another."""
SERVING: Final = "serving"
"""One more, not the schema's but a role's: what it may do is given when the role is known."""


def law_of(subject: str) -> str:
    """What one file says."""
    return (SQL / f"{subject}.sql").read_text(encoding="utf-8")


def mark_of(subject: str) -> str:
    """What a step names a file by."""
    return hashlib.sha256(law_of(subject).encode()).hexdigest()[:16]


async def install(connection: AsyncConnection) -> None:
    """Lays all of it on, within the transaction that is under way."""
    for subject in SUBJECTS:
        await _run(connection, law_of(subject))


async def give_rights(connection: AsyncConnection, quoted_role: str) -> None:
    """Lets a role serve; its name as SQL takes it."""
    await _run(connection, law_of(SERVING).replace(":role", quoted_role))


async def _run(connection: AsyncConnection, script: str) -> None:
    """By the driver itself: through SQLAlchemy it prepares each statement, and takes no scripts."""
    # SQLAlchemy begins the driver's transaction with its own first statement, not before.
    await connection.exec_driver_sql("select 1")
    raw = await connection.get_raw_connection()
    assert raw.driver_connection is not None
    await raw.driver_connection.execute(script)
