"""One's own account, for everybody: the password, where one is signed in, and what comes beside the password."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.backup.on_paper import paper_of
from messaging.entrance.hats import other_hat
from messaging.entrance.own_ways import change_password, end_other_sign_ins, end_sign_in, sign_ins_of
from messaging.entrance.recovery_phrases import phrase_since
from messaging.entrance.second_factors import codes_left, has_app, is_due, stand_of
from messaging.entrance.signing_in import SignedIn
from messaging.errors import Malformed, NotFound, Refusal, TooFast
from messaging.ids import SignInId, parse_uuid
from messaging.leaving.quiet import checked_quiet
from messaging.leaving.wishes import choose_told
from messaging.memory.sign_ins import SignInKind, StoredSignIn
from messaging.people import Person, Role
from messaging.practice.ways_back import own_wish
from messaging.trust.passwords import least_length
from web.http.entrance import keep_device, said_again
from web.http.refusals import headers_of, status_of
from web.pages.parts import views as parts
from web.pages.parts.account_view import Account, SignInRow
from web.pages.parts.asking import Visit, form_of, go, key_of, number_in, own_visit, page
from web.pages.parts.push_stand import push_stand
from web.pages.parts.saying import _, refusal_said
from web.pages.parts.showing import counted_bar, fresh_key, signed_in

PLACE: Final = "/account"
NEVER: Final = "never"
FAR: Final = timedelta(days=366)


async def show(request: Request) -> Response:
    """GET /account"""
    visit, asking = await own_visit(request)
    view = replace(await _account(visit, asking), done=request.query_params.get("done", ""))
    return page(request, "parts/account.html", view)


async def change(request: Request) -> Response:
    """POST /account/password: every other sign-in ends."""
    visit, asking = await own_visit(request)
    fields = await form_of(request)
    key_of(fields)
    try:
        async with said_again(visit.house, visit.person.id):
            await change_password(visit.office, asking, fields.get("old", ""), fields.get("new", ""))
    except Refusal as refusal:
        view = replace(await _account(visit, asking), where="password", mistake=words_of(refusal))
        answer = page(request, "parts/account.html", view, status_of(refusal))
        answer.headers.update(headers_of(refusal))
        return answer
    return go(f"{PLACE}?done=password")


async def end(request: Request) -> Response:
    """POST /account/sign-ins/{sign_in}/end: there it is over, within moments."""
    visit, asking = await own_visit(request)
    key_of(await form_of(request))
    name = parse_uuid(request.path_params["sign_in"])
    if name is None:
        raise NotFound
    await end_sign_in(visit.office, asking, SignInId(name))
    return go(f"{PLACE}?done=ended")


async def end_others(request: Request) -> Response:
    """POST /account/sign-ins/end-others"""
    visit, asking = await own_visit(request)
    key_of(await form_of(request))
    await end_other_sign_ins(visit.office, asking)
    return go(f"{PLACE}?done=ended")


async def device(request: Request) -> Response:
    """POST /account/device: whether the device is only theirs, said anew; it counts from this answer on."""
    _, asking = await own_visit(request)
    fields = await form_of(request)
    key_of(fields)
    answer = go(f"{PLACE}?done=device#places")
    await keep_device(request, answer, asking, own=fields.get("own") == "yes")
    return answer


async def told(request: Request) -> Response:
    """POST /account/told: after how many minutes a mail says that a letter waits unread, or never. For clinicians."""
    visit, asking = await own_visit(request)
    fields = await form_of(request)
    key_of(fields)
    if not visit.person.role.is_clinician:
        raise NotFound
    said, quiet = fields.get("after", ""), None
    try:
        if fields.get("quiet") == "yes":
            quiet = checked_quiet(fields.get("begins"), fields.get("ends"))
        await choose_told(visit.office, visit.person, None if said == NEVER else number_in(said, 0), quiet)
    except Malformed as refusal:
        view = replace(await _account(visit, asking), where="told", mistake=refusal_said(refusal))
        return page(request, "parts/account.html", view, status_of(refusal))
    return go(f"{PLACE}?done=told")


async def bar_of(visit: Visit) -> parts.StaffBar:
    """The counts of the top bar; none for who must set up a second factor first, and for clients, who have no such bar."""
    if not visit.person.role.is_clinician or is_due(visit.office, visit.person):
        return parts.StaffBar("account", due=is_due(visit.office, visit.person))
    return await counted_bar(visit, "account")


def words_of(refusal: Refusal) -> str:
    """Said beside a form: who was too fast is told when to come back."""
    return (
        _("There were many tries. Please wait a minute.")
        if isinstance(refusal, TooFast)
        else refusal_said(refusal)
    )


async def _account(visit: Visit, asking: SignedIn) -> Account:
    person, office = visit.person, visit.office
    stand = stand_of(office, person)
    found = await sign_ins_of(office, asking)
    return Account(
        signed_in(visit),
        await bar_of(visit),
        visit.here,
        fresh_key(),
        tuple(_row(one, asking) for one in found),
        factor=stand.state,
        by_app=not person.second_factor or await has_app(office, person.practice, person.id),
        grace_until=_soon(visit, stand.grace_until),
        sheet=await sheet_of(visit),
        mail_goes=visit.house.settings.mail.relay is not None,
        mail_domain=visit.practice.mail_domain or visit.house.settings.mail.domain,
        codes_left=await codes_left(office, person) if person.second_factor else 0,
        phrase_since=await phrase_since(office, person) if person.role is Role.CLIENT else None,
        wish=await own_wish(office, person),
        hat=other.role if (other := await other_hat(office, person)) else "",
        is_second_hat=person.hat_of is not None,
        told=_told(person),
        own=not asking.sign_in.shared if asking.sign_in.kind is SignInKind.COOKIE else None,
        quiet=(f"{person.quiet.begins:%H:%M}", f"{person.quiet.ends:%H:%M}") if person.quiet else None,
        push=None if person.role is Role.CLIENT else await push_stand(visit.house, asking),
        least=least_length(staff=person.role is not Role.CLIENT, second_factor=person.second_factor),
    )


async def sheet_of(visit: Visit) -> str:
    """How it stands with the recovery sheet, for whom it is. The demonstration's has nothing to protect."""
    if getattr(visit.house, "demo_people", ()):
        return ""
    try:
        return "remains" if await paper_of(visit.office, visit.person) is None else "kept"
    except NotFound:
        return ""


def _told(person: Person) -> str:
    """As the form says it; empty for whom nobody tells."""
    if not person.role.is_clinician:
        return ""
    return NEVER if person.told_after is None else str(person.told_after)


def _soon(visit: Visit, until: datetime | None) -> datetime | None:
    """The demonstration's people have for ever, which is no day to name."""
    return until if until is not None and until - visit.here.now < FAR else None


def _row(one: StoredSignIn, asking: SignedIn) -> SignInRow:
    return SignInRow(
        str(one.id),
        one.device,
        one.created_at,
        one.seen_at,
        program=one.kind is SignInKind.BEARER,
        new=not one.known_device,
        present=one.id == asking.sign_in.id,
    )
