"""All tables: importing the parts is what fills the metadata."""

from threads.tables import (
    absence,
    agreements,
    conversations,
    drafts,
    exports,
    fetched,
    forms,
    installation,
    integrating,
    mail,
    notes,
    people,
    record,
    releases,
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
        releases,
        agreements,
        mail,
        fetched,
        exports,
        forms,
    ),
    integrating,
    trail,
)

__all__ = ["PARTS", "metadata"]
