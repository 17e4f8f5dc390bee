"""Notes in a record that is handed out: progress notes in every whole one, process notes in their author's, if ticked."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from messaging.exporting.record import Record
from messaging.notes.note import Note
from messaging.notes.process import whole_own
from messaging.notes.progress import whole_notes
from messaging.office import Office
from messaging.trust.access import Pass, Way


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A note with all its versions, the newest last. `own`: a process note, of whoever is handed the file."""

    versions: Sequence[Note]
    own: bool = False

    @property
    def note(self) -> Note:
        """As it stands."""
        return self.versions[-1]


async def notes_in(office: Office, way: Way, record: Record) -> AsyncIterator[NoteLine]:
    """The newest first, progress notes before process notes. A client's copy has none. Raises Busy."""
    if not record.whole:
        return
    async for versions in whole_notes(office, way):
        yield NoteLine(versions)
    if record.own_notes and isinstance(way, Pass):
        async for note in whole_own(office, way):
            yield NoteLine((note,), own=True)
