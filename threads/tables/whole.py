"""All tables: importing the parts is what fills the metadata."""

from threads.tables import (
    conversations,
    drafts,
    exports,
    fetched,
    installation,
    mail,
    people,
    record,
    sessions,
    trail,
)
from threads.tables.columns import metadata

PARTS = (installation, people, conversations, sessions, drafts, record, mail, fetched, exports, trail)

__all__ = ["PARTS", "metadata"]
