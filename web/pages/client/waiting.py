"""The waiting room: a client checks in before a session, and again within it when asked."""

from collections.abc import Mapping
from dataclasses import replace
from time import monotonic
from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from messaging.conversations import Circle, Session, SessionState
from messaging.errors import Busy, Malformed, NoSession
from messaging.ids import parse_uuid
from messaging.sessions.at_hand import session_at_hand
from messaging.sessions.checking_in import Given, check_in
from messaging.sessions.countries import COUNTRIES, country
from messaging.sessions.recognising import word_chosen
from messaging.sessions.standings import Answers, last_check_in, own_standing
from messaging.trust.access import Deed, Pass
from web.fair.guesses import may_compare
from web.http.refusals import headers_of, status_of
from web.pages.client.check_in_view import CheckInForm, WaitingRoom
from web.pages.parts.asking import Visit, client_visit, conversation_of, form_of, go, key_of, page
from web.pages.parts.saying import refusal_said
from web.pages.parts.showing import fresh_key, session, signed_in, with_name
from web.pages.parts.views import Named

NOBODY: Final = UUID(int=0)
REGIONS: Final = tuple(Named(code, name) for code, name in COUNTRIES.items())


async def before_the_room(request: Request, visit: Visit, held: Pass, circle: Circle) -> Response | None:
    """The waiting room, while a session is near and the client has still to check in or to wait; else None."""
    near = await session_at_hand(visit.office, circle.conversation)
    if near is None:
        return None
    standing = await own_standing(visit.office, held, circle, near)
    if not standing.missing and near.state is SessionState.LIVE:
        return None
    view = _room(visit, circle, near)
    if standing.missing:
        view = replace(view, form=await form_for(visit, held, circle, near), again=bool(standing.steps))
    return page(request, "client/waiting_room.html", view)


async def show(request: Request) -> Response:
    """GET /me/session/{conversation}/check-in: to say it anew, though nobody asked."""
    visit, held, circle, near = await _asked(request)
    view = replace(_room(visit, circle, near), form=await form_for(visit, held, circle, near), again=True)
    return page(request, "client/waiting_room.html", view)


async def answer(request: Request) -> Response:
    """POST /me/session/{conversation}/check-in. What follows is the same page whatever the word was."""
    visit, held, circle, near = await _asked(request)
    fields = await form_of(request)
    try:
        given = await given_by(visit, held, fields)
        comparing = may_compare(
            visit.house.guesses, visit.person.id, given.word or given.new_word, monotonic()
        )
        await check_in(visit.office, held, near, key_of(fields), given, comparing=comparing)
    except (Malformed, Busy) as refusal:
        return await _again(request, (visit, held, circle, near), fields, refusal)
    return go(f"/me/session/{circle.conversation.id}")


async def _asked(request: Request) -> tuple[Visit, Pass, Circle, Session]:
    visit = await client_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.SAY)
    near = await session_at_hand(visit.office, circle.conversation)
    if near is None:
        raise NoSession("There is no session to check in for now.")
    return visit, held, circle, near


async def _again(
    request: Request,
    asked: tuple[Visit, Pass, Circle, Session],
    fields: Mapping[str, str],
    refusal: Malformed | Busy,
) -> Response:
    """The form once more with what was written, but for the word: that is typed anew."""
    visit, held, circle, near = asked
    empty = await form_for(visit, held, circle, near)
    form = replace(
        empty,
        same_place=fields.get("where") == "same",
        same_phone=fields.get("call") == "same",
        place=fields.get("place", ""),
        region=fields.get("region", ""),
        alone=fields.get("alone", ""),
        phone=fields.get("phone", ""),
        mistake=refusal_said(refusal),
    )
    view = replace(_room(visit, circle, near), form=form, again=True)
    refused = page(request, "client/waiting_room.html", view, status_of(refusal))
    refused.headers.update(headers_of(refusal))
    return refused


async def given_by(visit: Visit, held: Pass, fields: Mapping[str, str]) -> Given:
    """The form's fields as an answer. Raises Malformed."""
    if fields.get("alone") not in ("yes", "no"):
        raise Malformed("Please say whether you are alone.")
    # The one that stood on the page: another device may have answered since.
    before = await last_check_in(visit.office, held, parse_uuid(fields.get("last")) or NOBODY)
    last = before.answers if before else Answers()
    place, region, phone = fields.get("place", ""), fields.get("region", ""), fields.get("phone", "")
    if fields.get("where") == "same":
        place, region = last.place, last.region
    if fields.get("call") == "same":
        phone = last.phone
    word, new_word = fields.get("word", ""), fields.get("new_word", "")
    if "new_word" in fields and not new_word.strip():
        raise Malformed("Please choose a word: by it we know at the next session that it is you.")
    return Given(place, region, fields["alone"] == "yes", phone, word, new_word)


async def form_for(visit: Visit, held: Pass, circle: Circle, near: Session) -> CheckInForm:
    """The form, offering what was said the last time."""
    before = await last_check_in(visit.office, held)
    last = before.answers if before else None
    kept = await word_chosen(visit.office, visit.person)
    wanted = "choose" if circle.conversation.rules.code_word else ""
    return CheckInForm(
        action=f"/me/session/{circle.conversation.id}/check-in",
        key=fresh_key(),
        conversation_id=str(circle.conversation.id),
        session_id=str(near.id),
        readers=with_name(circle, visit.person.id),
        countries=REGIONS,
        word="asked" if kept else wanted,
        last=str(before.id) if before else "",
        last_place=", ".join((last.place, country(last.region))) if last else "",
        last_phone=last.phone if last else "",
        same_place=last is not None,
        same_phone=bool(last and last.phone),
    )


def _room(visit: Visit, circle: Circle, near: Session) -> WaitingRoom:
    return WaitingRoom(
        signed_in=signed_in(visit),
        here=visit.here,
        session=session(near, circle, visit.person.id),
        last=circle.conversation.last_number,
    )


async def plan_b_for_client(visit: Visit, held: Pass, circle: Circle, live: Session) -> str:
    """What was agreed for a break of the connection, from their own check-in; empty where no number was given."""
    standing = await own_standing(visit.office, held, circle, live)
    phone = standing.answered.answers.phone if standing.answered else ""
    return (
        f"{with_name(circle, visit.person.id)} calls you at {phone}." if phone and circle.clinicians else ""
    )
