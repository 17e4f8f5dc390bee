"""What a client of the embedded PostgreSQL is given: one Access for each role. And why it may be refused."""

from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

DATABASE: Final = "quietline"
OWNER: Final = "quietline_owner"
APP: Final = "quietline_app"
BACKUP: Final = "quietline_backup"
ARCHIVE: Final = "quietline_archive"
PORT: Final = 5432
"""Only a part of the socket's name: nothing listens on the network."""
APART: Final = 5433
"""For a database that nobody else is to find while it is moved: whoever looks for it beside a server sees none."""


class ClusterError(Exception):
    """The embedded database cannot run. Its text is one line for the operator, and names the fix where there is one."""


class AlreadyRunning(ClusterError):
    """Another process runs the database of this data directory."""


@dataclass(frozen=True)
class Access:
    """How one role reaches the database."""

    host: str
    """The directory of the Unix socket."""
    port: int
    database: str
    user: str
    password: str = field(repr=False)

    def url(self) -> str:
        """A DSN as asyncpg and libpq read it. It holds the password: not for logs."""
        who = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"
        return f"postgresql://{who}@/{quote(self.database, safe='')}?host={quote(self.host)}&port={self.port}"

    def connect_kwargs(self) -> dict[str, Any]:
        """The arguments of `asyncpg.connect`."""
        return {
            "host": self.host,
            "port": self.port,
            "database": self.database,
            "user": self.user,
            "password": self.password,
        }


@dataclass(frozen=True)
class Accesses:
    owner: Access
    """Owns the tables: migrations only."""
    app: Access
    backup: Access
    """Sees every row of every practice, changes none."""
    archive: Access
    """Takes away base copies and the log of changes as they are on the disk; has a right to no table."""
