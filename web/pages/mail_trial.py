"""Whether mail goes out, for who administers: a test mail to their own address, and the records that DNS needs."""

from time import monotonic
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.entrance.hats import administers, other_hat
from messaging.entrance.signing_in import must_set_up
from messaging.errors import NotFound, SecondFactorDue, TooFast
from messaging.practice.operating import only_practice
from messaging.practice.overseeing import note_mail_tried
from web.http.refusals import headers_of, status_of
from web.mail_trial import look_up, records_of, send_test
from web.pages.account import bar_of, words_of
from web.pages.parts.account_view import MailTrial, RecordRow
from web.pages.parts.asking import Visit, form_of, key_of, own_visit, page
from web.pages.parts.showing import fresh_key, signed_in

TEMPLATE: Final = "parts/mail_trial.html"


async def show(request: Request) -> Response:
    """GET /account/mail"""
    visit = await _visit(request)
    return page(request, TEMPLATE, await _view(visit))


async def send(request: Request) -> Response:
    """POST /account/mail: one mail to their own address; what became of it stands in the answer."""
    visit = await _visit(request)
    key_of(await form_of(request))
    to = await _own_address(visit)
    if to is None or visit.house.settings.mail.relay is None:
        return page(request, TEMPLATE, await _view(visit), 409)
    try:
        visit.house.mail_tried.take(visit.practice.id, monotonic())
    except TooFast as refusal:
        return await _too_fast(request, visit, refusal)
    await note_mail_tried(visit.office, visit.person)
    trouble = await send_test(visit.house, visit.practice, to)
    outcome = "refused" if trouble else "sent"
    return page(request, TEMPLATE, await _view(visit, outcome=outcome, says=trouble or ""))


async def look(request: Request) -> Response:
    """POST /account/mail/records: whether DNS has them by now."""
    visit = await _visit(request)
    key_of(await form_of(request))
    try:
        visit.house.mail_tried.take(visit.practice.id, monotonic())
    except TooFast as refusal:
        return await _too_fast(request, visit, refusal)
    found = {one.name.partition(" ")[0]: one for one in await look_up(visit.house, visit.practice)}
    return page(request, TEMPLATE, await _view(visit, found=found))


async def _visit(request: Request) -> Visit:
    """Raises NotFound for who does not administer, in either hat; NotSignedIn, SecondFactorDue."""
    visit, asking = await own_visit(request)
    if must_set_up(visit.office.clock(), asking):
        raise SecondFactorDue
    if not await administers(visit.office, visit.person):
        raise NotFound
    return visit


async def _own_address(visit: Visit) -> str | None:
    """Theirs; a second hat has the first one's."""
    if visit.person.email or visit.person.hat_of is None:
        return visit.person.email
    other = await other_hat(visit.office, visit.person)
    return other.email if other else None


async def _too_fast(request: Request, visit: Visit, refusal: TooFast) -> Response:
    answer = page(request, TEMPLATE, await _view(visit, mistake=words_of(refusal)), status_of(refusal))
    answer.headers.update(headers_of(refusal))
    return answer


async def _view(
    visit: Visit, *, says: str = "", found: dict[str, Any] | None = None, **more: Any
) -> MailTrial:
    # Where several practices share a server, what its relay is called is for whoever runs it.
    alone = await only_practice(visit.office) == visit.practice.id
    mail, found = visit.house.settings.mail, found or {}
    rows = [
        RecordRow(
            one.kind,
            one.name,
            one.type,
            one.value,
            relay_too=one.kind == "SPF",
            says=found[one.kind].says if one.kind in found else "",
            fine=one.kind in found and found[one.kind].fine,
        )
        for one in records_of(visit.house, visit.practice)
    ]
    return MailTrial(
        signed_in(visit),
        await bar_of(visit),
        visit.here,
        fresh_key(),
        relay=mail.relay is not None,
        address=await _own_address(visit) or "",
        account=mail.sender is not None,
        signs=mail.dkim is not None,
        records=tuple(rows),
        says=says if alone else "",
        **more,
    )
