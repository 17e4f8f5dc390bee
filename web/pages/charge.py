"""The places of whoever answers for people: each is there twice, below /admin/people and below /clients."""

from starlette.requests import Request

from messaging.trust.roles import Task, must_do
from web.pages.parts import views as parts
from web.pages.parts.asking import Visit, administrator_visit, clinician_visit
from web.pages.parts.showing import counted_bar


async def charge_visit(request: Request) -> Visit:
    """Whoever answers for people. Raises NotSignedIn, or NotFound for everyone else."""
    visit = await (administrator_visit if by_administrator(request) else clinician_visit)(request)
    must_do(visit.person, Task.CLIENTS)
    return visit


def by_administrator(request: Request) -> bool:
    """Whether it is an administrator's place."""
    return request.url.path.startswith("/admin/")


def base(request: Request) -> str:
    """Below which all of them lie."""
    return "/admin/people" if by_administrator(request) else "/clients"


def back(request: Request) -> str:
    """Where one came from."""
    return "/admin" if by_administrator(request) else "/inbox"


async def charge_bar(request: Request, visit: Visit) -> parts.StaffBar:
    """The top bar there."""
    if by_administrator(request):
        return parts.StaffBar("admin")
    return await counted_bar(visit, "")
