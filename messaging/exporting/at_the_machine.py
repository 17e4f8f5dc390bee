"""A whole record, or all of a practice, handed to whoever runs the program.

Nobody is admitted, and the trail says so before a word is read.
"""

from collections.abc import AsyncIterator

from messaging.errors import Malformed, NotFound
from messaging.exporting.record import ExportFormat, Record, record_at_the_machine
from messaging.exporting.whole import PracticeRecord, practice_record, records_of
from messaging.ids import SYSTEM, ConversationId
from messaging.office import Office
from messaging.practice.operating import REASON, practice_called, practice_ids
from messaging.trust.access import Errand, Work, errand
from messaging.trust.noted import Act, ForReason, Noted


async def hand_out(
    office: Office, conversation: ConversationId | None, form: ExportFormat, reason: str = ""
) -> tuple[Errand, Record]:
    """The way to it, and what stands before its entries. Raises NotFound, Malformed, Busy."""
    for practice in await practice_ids(office):
        found = await office.memory.conversations.find(practice, conversation) if conversation else None
        if found is not None:
            said = _said(Noted(f"exported_{form.value}"), reason)
            await office.memory.trail.note(practice, office.clock(), SYSTEM, said, found.id)
            way = errand(practice, found.id, Work.EXPORTING)
            return way, await record_at_the_machine(office, found, way)
    raise NotFound("there is no such conversation")


async def hand_out_practice(
    office: Office, slug: str, form: ExportFormat, reason: str = ""
) -> tuple[PracticeRecord, AsyncIterator[tuple[Errand, Record]]]:
    """All that a practice holds: what stands before its records, and those one after the other, each a line in the trail.

    Raises NotFound, Malformed, Busy.
    """
    whole = await practice_record(office, await practice_called(office, slug))
    said = _said(Noted.PRACTICE_HANDED_OUT, reason)
    await office.memory.trail.note(whole.practice.id, office.clock(), SYSTEM, said, None)
    return whole, records_of(office, whole, SYSTEM, _said(Noted(f"exported_{form.value}"), reason))


def _said(act: Noted, reason: str) -> Act:
    if len(reason) > REASON:
        raise Malformed(f"a reason has at most {REASON} characters")
    why = " ".join(reason.split())
    return ForReason(act, why) if why else act
