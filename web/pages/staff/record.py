"""The whole record of a conversation as a file, for who cares: asked for, looked at, fetched."""

from starlette.requests import Request
from starlette.responses import Response

from messaging.entrance.signing_in import SignedIn
from messaging.errors import StepUp
from web.http.guards import asking_for_own
from web.pages.account import bar_of
from web.pages.parts.asking import Visit, clinician_visit, conversation_of, form_of, go, key_of, page
from web.pages.parts.exports import asked, copies_of, fetched, handing
from web.pages.parts.exports_view import WholeRecord
from web.pages.parts.showing import signed_in
from web.pages.second_factor import AGAIN, RECORD


async def show(request: Request) -> Response:
    """GET /c/{conversation}/record"""
    visit = await clinician_visit(request)
    return page(request, "staff/record.html", await _view(request, visit, await asking_for_own(request)))


async def ask(request: Request) -> Response:
    """POST /c/{conversation}/record: in one form."""
    visit = await clinician_visit(request)
    asking, fields = await asking_for_own(request), await form_of(request)
    key_of(fields)
    try:
        mistake = await asked(visit, asking, conversation_of(request), fields)
    except StepUp:
        return go(_again(request))
    if mistake is None:
        return go(_place(request))
    return page(request, "staff/record.html", await _view(request, visit, asking, mistake), 422)


async def fetch(request: Request) -> Response:
    """GET /c/{conversation}/record/{export}/file"""
    await clinician_visit(request)
    return await fetched(request, await asking_for_own(request), _again(request))


async def _view(request: Request, visit: Visit, asking: SignedIn, mistake: str = "") -> WholeRecord:
    copies = await copies_of(visit, conversation_of(request), _place(request))
    form = handing(visit, asking, _place(request), _again(request), mistake)
    return WholeRecord(signed_in(visit), await bar_of(visit), form, copies.others, copies)


def _place(request: Request) -> str:
    return f"/c/{conversation_of(request)}/record"


def _again(request: Request) -> str:
    return f"{AGAIN}?do={RECORD}{conversation_of(request)}"
