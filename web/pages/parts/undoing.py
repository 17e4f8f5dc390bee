"""Undoing what one did a moment ago: one bar on every page, with scripts and without."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from starlette.requests import Request
from starlette.responses import Response

from messaging import undoing
from messaging.errors import Busy, Conflict, Refusal
from messaging.people import Role
from messaging.slips import Slip, Undoable, sealed_slip
from web.http.refusals import headers_of, status_of
from web.http.slips import KeptSlip, keep_slips
from web.pages.parts.asking import Visit, form_of, go, member_visit, page
from web.pages.parts.saying import refusal_said
from web.pages.parts.showing import undo_bar
from web.pages.parts.undoing_view import UndoBar


async def done(
    request: Request, visit: Visit, answer: Response, slip: Slip | None, name: str = ""
) -> Response:
    """The answer to a deed, with the slip that undoes it. Where only a part of the page was asked for it is the bar."""
    slips = visit.slips
    if slip is not None:
        slip = replace(slip, name=name)
        text = await sealed_slip(visit.office, visit.practice.id, visit.person.id, slip)
        slips = ((text, slip), *slips)
    if _is_part(request):
        answer = _bar(request, visit, slips)
    if slip is not None:
        keep_slips(answer, visit.house.settings.web, slips)
    return answer


async def undo(request: Request) -> Response:
    """POST /undo `slip`: of whatever kind the deed was. What comes too late is told why it stands."""
    visit = await member_visit(request)
    text = (await form_of(request)).get("slip", "")
    left = [one for one in visit.slips if one[0] != text]
    try:
        slip = await undoing.undo(visit.office, visit.person, text, visit.practice)
    except (Conflict, Busy) as refusal:
        if not _is_part(request):
            raise
        return _bar(request, visit, left, refusal)
    answer = _bar(request, visit, left, undone=slip.deed) if _is_part(request) else go(_place(visit, slip))
    keep_slips(answer, visit.house.settings.web, left)
    return answer


def _is_part(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"


def _bar(
    request: Request,
    visit: Visit,
    slips: Sequence[KeptSlip],
    refusal: Refusal | None = None,
    undone: str = "",
) -> Response:
    view = UndoBar(undo_bar(visit, slips), refusal_said(refusal) if refusal else "", undone)
    answer = page(request, "parts/_undo_bar.html", view, status_of(refusal) if refusal else 200)
    answer.headers.update(headers_of(refusal) if refusal else {})
    return answer


def _place(visit: Visit, slip: Slip) -> str:
    """Where one sees that it is as it was."""
    match slip.deed:
        case Undoable.SETTLED:
            return f"/c/{slip.conversation}"
        case Undoable.REFUSED:
            return f"/screener#held-{slip.target}"
        case Undoable.MOVED | Undoable.CANCELLED:
            if visit.person.role is Role.CLIENT:
                return "/me/sessions?done=restored"
            return f"/calendar?done=restored#s-{slip.target}"
        case _:
            assert_never(slip.deed)
