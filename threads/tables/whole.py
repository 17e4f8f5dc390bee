"""All tables: importing the parts is what fills the metadata."""

from threads.tables import (
    absence,
    agreements,
    conversations,
    drafts,
    exports,
    fetched,
    installation,
    mail,
    notes,
    people,
    record,
    sessions,
    snippets,
    trail,
)
from threads.tables.columns import metadata

PARTS = (
    *(
        installation,
        people,
        snippets,
        conversations,
        absence,
        sessions,
        drafts,
        record,
        notes,
        agreements,
        mail,
        fetched,
        exports,
    ),
    trail,
)

__all__ = ["PARTS", "metadata"]
