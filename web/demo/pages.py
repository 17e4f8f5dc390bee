"""The demonstration's own pages: who is in it, and the clients' mailboxes."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from channels.email.terms import Relay
from messaging.errors import Malformed, NotFound
from messaging.ids import PracticeId
from messaging.messages import LETTER_LIMIT, checked_text
from web.demo.being import being, place_of
from web.demo.mailroom import Kept, Mailroom, send
from web.demo.mails import Answered, Written, answering_subject, compose
from web.demo.people import CHARACTERS, MAIL_DOMAIN, PASSWORD, ZONE, Character
from web.demo.views import DemoMail, DemoMailbox
from web.house import utc_now
from web.pages.parts.asking import form_of, go, key_of, page
from web.pages.parts.showing import fresh_key
from web.pages.parts.views import Here
from web.pages.public.views import DemoPerson
from web.settings import WebSettings
from web.state import House

MAILBOXES: Final = {one.username: one for one in CHARACTERS if one.email}


@dataclass(frozen=True, slots=True)
class Mailing:
    """The mailboxes, and where their answers go: the server's own SMTP listener."""

    room: Mailroom
    server: Relay


def people(web: WebSettings) -> tuple[DemoPerson, ...]:
    """Who can sign in, and where each can be without."""
    return tuple(
        DemoPerson(one.username, PASSWORD, one.name, one.says, place_of(web, one)) for one in CHARACTERS
    )


def routes(mailing: Mailing, practice: PracticeId) -> list[BaseRoute]:
    """The demonstration's routes."""
    box = "/demo/mailbox/{username}"
    return [
        Route("/demo", listing),
        Route("/demo/be", being(practice)),
        Route(box, _of(show, mailing)),
        Route(box, _of(answer, mailing), methods=["POST"]),
    ]


def _of(
    handler: Callable[[Mailing, Request], Awaitable[Response]], mailing: Mailing
) -> Callable[[Request], Awaitable[Response]]:
    return partial(handler, mailing)


async def listing(request: Request) -> Response:
    """GET /demo"""
    house: House = request.state["house"]
    template = request.state["templates"].get_template("demo/demo.html")
    return HTMLResponse(template.render(people=people(house.settings.web), mailboxes=MAILBOXES))


async def show(mailing: Mailing, request: Request) -> Response:
    """GET /demo/mailbox/{username}?mail=ID"""
    owner = _owner(request)
    opened = mailing.room.find(owner.email or "", request.query_params.get("mail"))
    view = DemoMailbox(
        here=Here(utc_now(), ZoneInfo(ZONE)),
        username=owner.username,
        name=owner.name,
        address=owner.email or "",
        key=fresh_key(),
        mails=tuple(_shown(one) for one in mailing.room.mails(owner.email or "")),
        opened=_shown(opened) if opened else None,
        sent="sent" in request.query_params,
    )
    return page(request, "demo/mailbox.html", view)


async def answer(mailing: Mailing, request: Request) -> Response:
    """POST /demo/mailbox/{username}: a real mail, to where a mail program would send it. Twice is once."""
    owner, fields = _owner(request), await form_of(request)
    address = owner.email or ""
    name = key_of(fields).hex
    answered = mailing.room.find(address, fields.get("in_reply_to"))
    if answered is None or answered.mine:
        raise NotFound
    place = f"/demo/mailbox/{owner.username}?mail={answered.id}&sent=1"
    if mailing.room.find(address, name) is not None:
        return go(place)
    to = _answers_to(answered)
    written = Written(
        name=owner.name,
        address=address,
        to=to,
        subject=answering_subject(answered.letter.subject),
        text=checked_text(fields.get("text"), LETTER_LIMIT),
        at=utc_now(),
        message_id=f"{name}@{MAIL_DOMAIN}",
        answered=_quoted(answered),
    )
    raw = compose(written, ZoneInfo(ZONE))
    await send(mailing.server, address, to, written.message_id, raw)
    mailing.room.put(address, raw, name=name, mine=True)
    return go(place)


def _owner(request: Request) -> Character:
    owner = MAILBOXES.get(request.path_params["username"])
    if owner is None:
        raise NotFound
    return owner


def _answers_to(mail: Kept) -> str:
    """Reply-To, else From, as mail programs do."""
    found = (*mail.letter.reply_to, *mail.letter.from_addresses)
    if not found:
        raise Malformed("This mail says nobody to answer to.")
    return found[0].address


def _sender(mail: Kept) -> str:
    named = mail.letter.from_addresses
    return (named[0].name or named[0].address) if named else ""


def _quoted(mail: Kept) -> Answered:
    letter = mail.letter
    return Answered(_sender(mail), mail.at, letter.text, letter.message_id, letter.references)


def _shown(mail: Kept) -> DemoMail:
    letter = mail.letter
    return DemoMail(mail.id, _sender(mail), letter.subject, mail.at, letter.text, mail.mine)
