"""Who has lost password and phrase, on the page of whoever answers for them: yes, or no."""

from starlette.requests import Request
from starlette.responses import Response

from messaging.errors import Conflict, NotFound
from messaging.ids import PersonId, parse_uuid
from messaging.practice.letting_back import say_no, say_yes
from messaging.trust.roles import Task, must_do
from web.pages.parts.asking import Visit, administrator_visit, clinician_visit, form_of, go, key_of


async def allow(request: Request) -> Response:
    """POST …/{person}/way-back/yes: a day from now a mailed link is enough, and they are told. Twice is once."""
    visit, person = await _visit(request)
    try:
        await say_yes(visit.office, visit.person, person)
    except Conflict:  # stopped meanwhile, or nobody waits any more
        return go(f"{_place(request)}?done=nobody-waits")
    visit.house.mail_owed.set()
    return go(f"{_place(request)}?done=allowed")


async def refuse(request: Request) -> Response:
    """POST …/{person}/way-back/no: nothing comes of it, also after a yes."""
    visit, person = await _visit(request)
    await say_no(visit.office, visit.person, person)
    return go(f"{_place(request)}?done=refused")


async def _visit(request: Request) -> tuple[Visit, PersonId]:
    """Whoever answers for people, and whom they mean. Raises NotSignedIn, NotFound, Malformed."""
    by_administrator = request.url.path.startswith("/admin/")
    visit = await (administrator_visit if by_administrator else clinician_visit)(request)
    must_do(visit.person, Task.CLIENTS)
    key_of(await form_of(request))
    found = parse_uuid(request.path_params["person"])
    if found is None:
        raise NotFound
    return visit, PersonId(found)


def _place(request: Request) -> str:
    """Their page."""
    return request.url.path.rpartition("/way-back/")[0]
