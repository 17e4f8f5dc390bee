"""All that the practice holds, in one locked file, for who administers it: asked for, looked at, fetched."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.entrance.signing_in import SignedIn
from messaging.errors import StepUp
from web.http.guards import asking_for_own
from web.pages.parts import views as parts
from web.pages.parts.asking import Visit, administrator_visit, form_of, go, key_of, page
from web.pages.parts.exports import archives_of, asked, fetched, handing
from web.pages.parts.exports_view import Archive
from web.pages.parts.showing import signed_in
from web.pages.second_factor import AGAIN

PLACE: Final = "/admin/archive"
SAY_AGAIN: Final = f"{AGAIN}?do=archive"
TEMPLATE: Final = "admin/archive.html"


async def show(request: Request) -> Response:
    """GET /admin/archive"""
    visit = await administrator_visit(request)
    return page(request, TEMPLATE, await _view(visit, await asking_for_own(request)))


async def ask(request: Request) -> Response:
    """POST /admin/archive: its records in one form."""
    visit = await administrator_visit(request)
    asking, fields = await asking_for_own(request), await form_of(request)
    key_of(fields)
    try:
        mistake = await asked(visit, asking, None, fields)
    except StepUp:
        return go(SAY_AGAIN)
    if mistake is None:
        return go(PLACE)
    return page(request, TEMPLATE, await _view(visit, asking, mistake), 422)


async def fetch(request: Request) -> Response:
    """GET /admin/archive/{export}/file"""
    await administrator_visit(request)
    return await fetched(request, await asking_for_own(request), SAY_AGAIN)


async def _view(visit: Visit, asking: SignedIn, mistake: str = "") -> Archive:
    form = handing(visit, asking, PLACE, SAY_AGAIN, mistake)
    return Archive(signed_in(visit), parts.StaffBar("practice"), form, await archives_of(visit, PLACE))
