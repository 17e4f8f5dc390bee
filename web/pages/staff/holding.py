"""A live session beside the talking: more time, the closing step, and what the open page asks for again."""

from contextlib import suppress
from datetime import datetime
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.errors import Malformed, NoSession
from messaging.ids import parse_uuid
from messaging.inbox.listing import held_letters
from messaging.leaving.promises import promise_of
from messaging.letters.sending_later import pending_letters
from messaging.sessions.closing import Closing, close_with
from messaging.sessions.finding import session_in
from messaging.sessions.holding import extend_session
from messaging.sessions.wall_time import within_years
from messaging.trust.access import Deed, Pass
from web.pages.parts.asking import (
    Visit,
    client_visit,
    clinician_visit,
    conversation_of,
    form_of,
    go,
    key_of,
    page,
)
from web.pages.parts.showing import fresh_key
from web.pages.staff.inbox import next_letter, rows_for
from web.pages.staff.views import Waits

SOME_MORE: Final = 5
"""Minutes a session is made longer by one press."""


async def extend_now(request: Request) -> Response:
    """POST /c/{conversation}/sessions/extend: five more minutes, by the clinician only."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.HOLD_SESSION)
    live = circle.conversation.live
    key = key_of(await form_of(request))
    with suppress(
        NoSession, Malformed
    ):  # it has just ended, or is as long as one may be: the page shows how it stands
        if live is not None:
            await extend_session(visit.office, held, live, SOME_MORE, key)
    return go(f"/c/{circle.conversation.id}")


async def close_as_client(request: Request) -> Response:
    """POST /me/session/{conversation}/closing, for a page without scripts; with them it goes by the API."""
    visit = await client_visit(request)
    held, _ = await visit.enter(conversation_of(request), Deed.SAY)
    return await _close(request, visit, held, f"/me/session/{held.conversation}")


async def close_as_clinician(request: Request) -> Response:
    """POST /c/{conversation}/sessions/closing, likewise."""
    visit = await clinician_visit(request)
    held, _ = await visit.enter(conversation_of(request), Deed.SAY)
    return await _close(request, visit, held, f"/c/{held.conversation}")


async def _close(request: Request, visit: Visit, held: Pass, back: str) -> Response:
    fields = await form_of(request)
    found = await session_in(visit.office, held, parse_uuid(fields.get("session")))
    wall = fields.get("next")
    closing = Closing(
        key=key_of(fields),
        text=fields.get("text"),
        homework=fields.get("homework") or None,
        next=_in_practice(wall, visit) if wall else None,
    )
    await close_with(visit.office, held, found, closing)
    return go(back)


def _in_practice(wall: str, visit: Visit) -> datetime:
    """What clocks show in the practice. Raises Malformed."""
    try:
        return within_years(datetime.fromisoformat(wall).replace(tzinfo=visit.here.zone))
    except ValueError:
        raise Malformed("The next appointment is a day and a time.") from None


async def waits(request: Request) -> Response:
    """GET /c/{conversation}/waits: whether somebody waits for an answer, alone."""
    visit = await clinician_visit(request)
    reads, circle = await visit.enter(conversation_of(request), Deed.READ)
    conversation = circle.conversation
    promise = promise_of(visit.practice, conversation)
    held = bool(await held_letters(visit.office, visit.person, visit.practice, [conversation]))
    name = str(conversation.id)
    # The whole list is asked for only where one may want to go on.
    done = conversation.waiting_since is None or await pending_letters(visit.office, reads)
    following = next_letter((await rows_for(visit)).rows, name) if done else None
    view = Waits(visit.here, name, fresh_key(), conversation.waiting_since, promise, held, following)
    return page(request, "staff/_waits.html", view)
