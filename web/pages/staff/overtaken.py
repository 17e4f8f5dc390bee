"""Two clinicians answer one letter: the second is stopped before sending, keeps what they wrote, and is shown the first."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from messaging.conversations import Circle
from messaging.errors import Refusal
from messaging.letters.drafts import keep
from messaging.record.past import latest_letter_by
from messaging.trust.access import Deed
from web.pages.parts.asking import Visit
from web.pages.parts.drafting import letter_in
from web.pages.parts.entries import Reader, letter_shown
from web.pages.parts.views import Field, Letter


async def overtaken(
    visit: Visit, circle: Circle, fields: Mapping[str, str], field: Field
) -> tuple[Field, Letter | None]:
    """The field with what was written, kept as a draft, and the letter a colleague sent meanwhile."""
    writes, _ = await visit.enter(circle.conversation.id, Deed.WRITE)
    with suppress(Refusal):  # too many drafts, or the database is away: it stands in its field all the same
        kept = (await keep(visit.office, writes, letter_in(fields).writing)).draft
        field = replace(field, key=str(kept.id), revision=kept.revision, kept_at=kept.at)
    reads, _ = await visit.enter(circle.conversation.id, Deed.READ)
    colleagues = {person.id for person in circle.clinicians} - {visit.person.id}
    last = await latest_letter_by(
        visit.office, reads, circle.conversation.last_number, lambda one: one.author in colleagues
    )
    if last is None:
        return field, None
    reader = Reader(circle, visit.person.id, f"/c/{circle.conversation.id}")
    shown = await visit.aside(letter_shown, last, reader, [last])
    return field, shown if isinstance(shown, Letter) else None
