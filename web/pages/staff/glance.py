"""A conversation looked at from the list, in passing: its newest letters and sessions, and nothing of it counts as read."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.record.reading import entries_before, note_opening
from messaging.trust.access import Deed
from web.pages.parts.asking import clinician_visit, conversation_of, page
from web.pages.parts.entries import timeline
from web.pages.parts.showing import readers_for_staff
from web.pages.staff.conversation import reader_for
from web.pages.staff.glance_view import Glance

SHOWN: Final = 12
"""Entries: what a screen holds. Who wants more opens the conversation."""


async def glance(request: Request) -> Response:
    """GET /inbox/look/{conversation}: a part of the page. The trail says that it was opened, for its words were shown."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.READ)
    await note_opening(visit.office, held)
    found = await entries_before(visit.office, held, circle.conversation.last_number + 1, SHOWN)
    reader = await reader_for(visit, circle, held, found)
    view = Glance(
        here=visit.here,
        id=str(circle.conversation.id),
        name=circle.title(),
        readers=readers_for_staff(circle, visit.person.id),
        timeline=await visit.aside(timeline, found, reader, earlier=False),
    )
    return page(request, "staff/_glance.html", view)
