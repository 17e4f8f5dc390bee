"""An administrator's place: who is here, counts and times. No page of theirs leads to a word."""

from starlette.requests import Request
from starlette.responses import Response

from messaging.overseeing import Overview, everyone
from messaging.people import Role
from web import shown
from web.pages.asking import administrator_visit, page
from web.pages.showing import signed_in
from web.views import Admin, PersonRow


async def people(request: Request) -> Response:
    """GET /admin"""
    visit = await administrator_visit(request)
    rows = [_row(one) for one in await everyone(visit.office, visit.person)]
    view = Admin(signed_in(visit), shown.StaffBar("admin"), visit.here, tuple(rows))
    return page(request, "admin.html", view)


def _row(one: Overview) -> PersonRow:
    return PersonRow(
        name=one.person.name,
        username=one.username,
        role=one.person.role,
        since=one.stored.created_at,
        conversations=one.conversations,
        overdue=one.overdue,
        mail=_mail(one),
    )


def _mail(one: Overview) -> str:
    if one.person.role is not Role.CLIENT:
        return ""
    return one.person.email_mode if one.person.email else "none"
