"""Exports as rows."""

from typing import Any

from messaging.ids import ConversationId, ExportId, PersonId, PracticeId
from messaging.memory.exporting import ExportState, Holder, NewExport, StoredExport


def new_row(held: Holder, new: NewExport) -> dict[str, Any]:
    """As it is kept when it is asked for."""
    return {
        "practice_id": held.practice,
        "id": new.id,
        "conversation_id": held.conversation,
        "person_id": held.person,
        "form": new.form,
        "state": ExportState.WAITING,
        "made_at": new.at,
        "mark": new.mark,
        "own_notes": new.own_notes,
    }


def export_of_row(row: Any) -> StoredExport:
    """The same, read."""
    return StoredExport(
        practice=PracticeId(row.practice_id),
        id=ExportId(row.id),
        conversation=None if row.conversation_id is None else ConversationId(row.conversation_id),
        person=PersonId(row.person_id),
        form=row.form,
        state=ExportState(row.state),
        made_at=row.made_at,
        tries=row.tries,
        progress=row.progress,
        mark=row.mark,
        octets=row.octets,
        expires_at=row.expires_at,
        sealed=row.sealed,
        own_notes=row.own_notes,
    )
