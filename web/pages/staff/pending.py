"""Letters a clinician has written and not yet sent: when each goes, and taking it back."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from messaging.errors import Malformed, NotFound
from messaging.ids import parse_uuid
from messaging.letters import sending_later
from messaging.letters.sending_later import PendingLetter, When, pending_letters, send_now, take_back
from messaging.memory.sending_later import NOT_SENT
from messaging.sessions.wall_time import moment, wall_time
from messaging.slips import UNDO
from messaging.trust.access import Deed, Pass
from web.pages.parts.asking import Visit, clinician_visit, conversation_of, go, page
from web.pages.parts.showing import opening
from web.pages.staff.pending_view import Pending, PendingBar

MORNING: Final = time(8)


def when_of(visit: Visit, fields: Mapping[str, str]) -> When | None:
    """What the form says of when the letter goes; None: at once. Raises Malformed.

    Times are the practice's: a letter planned for the morning goes in the morning of those who care.
    """
    match fields.get("when", ""):
        case "":
            return None
        case "undo":
            return When(send_at=visit.here.now + UNDO)
        case "morning":
            return When(send_at=_next_morning(visit))
        case "sleep":
            return When(wake_at=_next_morning(visit))
        case "at":
            day, _, clock = fields.get("at", "").partition("T")
            return When(send_at=moment(wall_time(day, clock), visit.here.zone))
        case _:
            raise Malformed("Please say when the letter shall go.")


def _next_morning(visit: Visit) -> datetime:
    day = visit.here.now.astimezone(visit.here.zone).date() + timedelta(days=1)
    return moment(datetime.combine(day, MORNING), visit.here.zone)


async def waiting_here(visit: Visit, held: Pass) -> tuple[Pending, ...]:
    """The clinician's own letters that wait in this conversation."""
    return tuple(_shown(visit, one) for one in await pending_letters(visit.office, held))


def _shown(visit: Visit, one: PendingLetter) -> Pending:
    wake, going = one.when.wake_at, one.state not in NOT_SENT
    return Pending(
        key=str(one.key),
        opening=opening(one.text),
        send_at=one.when.send_at if going else None,
        wake_at=wake,
        rested=wake is not None and wake <= visit.here.now,
        stopped=one.state.value if one.state in NOT_SENT else "",
        soon=going and one.when.send_at is not None and one.when.send_at - visit.here.now <= UNDO,
    )


async def undo(request: Request) -> Response:
    """POST /c/{conversation}/pending/{letter}/undo: nothing went out, and the text is back in its field."""
    visit, held = await _admitted(request)
    draft = await take_back(visit.office, held, _key(request))
    return go(f"/c/{held.conversation}?draft={draft.id}#answer")


async def now(request: Request) -> Response:
    """POST /c/{conversation}/pending/{letter}/now: it need not wait."""
    visit, held = await _admitted(request)
    await send_now(visit.office, held, _key(request))
    return go(f"/c/{held.conversation}#pending")


async def discard(request: Request) -> Response:
    """POST /c/{conversation}/pending/{letter}/discard: thrown away; the page has asked."""
    visit, held = await _admitted(request)
    await sending_later.discard(visit.office, held, _key(request))
    return go(f"/c/{held.conversation}")


async def bar(request: Request) -> Response:
    """GET /c/{conversation}/pending: what still waits, asked for again when its time has come."""

    visit, held = await _admitted(request)
    view = PendingBar(visit.here, str(held.conversation), await waiting_here(visit, held))
    return page(request, "staff/_pending_bar.html", view)


async def _admitted(request: Request) -> tuple[Visit, Pass]:
    visit = await clinician_visit(request)
    held, _ = await visit.enter(conversation_of(request), Deed.WRITE)
    return visit, held


def _key(request: Request) -> UUID:
    found = parse_uuid(request.path_params["letter"])
    if found is None:
        raise NotFound
    return found
