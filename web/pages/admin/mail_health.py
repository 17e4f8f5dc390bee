"""How the practice's mail stands: what waits, for whose provider, what did not arrive. Never to whom, or about what."""

from starlette.requests import Request
from starlette.responses import Response

from messaging.counting.mail_health import flush_own, mail_health
from web.pages.admin.mail_health_view import MailPage, QueueRow
from web.pages.parts import views as parts
from web.pages.parts.asking import administrator_visit, form_of, go, key_of, page
from web.pages.parts.showing import fresh_key, signed_in

PLACE = "/admin/mail"


async def show(request: Request) -> Response:
    """GET /admin/mail?done=flushed"""
    visit = await administrator_visit(request)
    found = await mail_health(visit.office, visit.person)
    view = MailPage(
        signed_in=signed_in(visit),
        bar=parts.StaffBar("admin"),
        here=visit.here,
        key=fresh_key(),
        queue=tuple(
            QueueRow(one.domain or "", one.state.value, one.count, one.tries, one.next) for one in found.queue
        ),
        held=found.held,
        unarrived=found.unarrived,
        cut=found.cut,
        done=request.query_params.get("done") == "flushed",
    )
    return page(request, "admin/mail_health.html", view)


async def flush(request: Request) -> Response:
    """POST /admin/mail/flush: all that waits is tried within moments. Twice is once."""
    visit = await administrator_visit(request)
    key_of(await form_of(request))
    await flush_own(visit.office, visit.person)
    return go(f"{PLACE}?done=flushed")
