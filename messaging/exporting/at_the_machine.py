"""A whole record, handed to whoever runs the program: nobody is admitted, and the trail says so before a word is read."""

from messaging.errors import Malformed, NotFound
from messaging.exporting.record import ExportFormat, Record, record_at_the_machine
from messaging.ids import SYSTEM, ConversationId
from messaging.office import Office
from messaging.practice.operating import REASON, practice_ids
from messaging.trust.access import Errand, Work, errand
from messaging.trust.noted import ForReason, Noted


async def hand_out(
    office: Office, conversation: ConversationId | None, form: ExportFormat, reason: str = ""
) -> tuple[Errand, Record]:
    """The way to it, and what stands before its entries. Raises NotFound, Malformed, Busy."""
    if len(reason) > REASON:
        raise Malformed(f"a reason has at most {REASON} characters")
    for practice in await practice_ids(office):
        found = await office.memory.conversations.find(practice, conversation) if conversation else None
        if found is not None:
            act, why = Noted(f"exported_{form.value}"), " ".join(reason.split())
            said = ForReason(act, why) if why else act
            await office.memory.trail.note(practice, office.clock(), SYSTEM, said, found.id)
            way = errand(practice, found.id, Work.EXPORTING)
            return way, await record_at_the_machine(office, found, way)
    raise NotFound("there is no such conversation")
