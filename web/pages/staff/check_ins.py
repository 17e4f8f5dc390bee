"""Check-ins as clinicians see them: a card for each client beside the conversation, asking again, and the record."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.conversations import Circle, Session, SessionState
from messaging.errors import NoSession, NotFound
from messaging.ids import PersonId, parse_uuid
from messaging.memory.record import Outcome
from messaging.record.reading import note_opening
from messaging.sessions.at_hand import session_at_hand, waiting_room_open
from messaging.sessions.checking_in import ask_again, dialled, let_in
from messaging.sessions.countries import country
from messaging.sessions.finding import sessions_of
from messaging.sessions.recognising import reset_word, words_chosen
from messaging.sessions.standings import (
    Answers,
    Standing,
    Step,
    standings,
)
from messaging.trust.access import Deed, Pass, admit, may
from web.pages.parts.asking import Visit, clinician_visit, conversation_of, form_of, go, key_of, page
from web.pages.parts.showing import counted_bar, fresh_key, joined, signed_in
from web.pages.staff.check_ins_view import CheckInCard, CheckInRecord, CheckIns, CodeWord, PastSession

SESSIONS: Final = 10
"""Past sessions in the record's page; the record itself has them all (see the API)."""


async def check_ins_for(visit: Visit, circle: Circle, session: Session | None) -> CheckIns:
    """The cards of a session that is live or near, for a clinician's page."""
    conversation = circle.conversation
    theirs = may(visit.person, conversation, Deed.HOLD_SESSION)  # who looks in holds no sessions
    if session is None or not theirs or not waiting_room_open(session, visit.here.now):
        return CheckIns(visit.here, str(conversation.id))
    held = admit(visit.person, conversation, Deed.HOLD_SESSION)
    found = await standings(visit.office, held, circle, session)
    cards = tuple(_card(one, conversation.rules.regions) for one in found)
    return CheckIns(visit.here, str(conversation.id), session.state is SessionState.LIVE, cards)


def plan_b_for_staff(check_ins: CheckIns) -> str:
    """Whom to call at which number when the connection breaks; empty where no number was given."""
    return ", ".join(f"{card.name}: {card.phone}" for card in check_ins.cards if card.phone)


def _card(standing: Standing, regions: Iterable[str]) -> CheckInCard:
    client, answered, last = standing.person, standing.answered, standing.last
    waived = last is not None and last.step is Step.WAIVED
    card = CheckInCard(
        person_id=str(client.id),
        name=client.name,
        key=fresh_key(),
        state="answered" if answered else "let_in" if waived else "missing",
        at=answered.at if answered else last.at if last else None,
        asked_at=last.at if last and last.step is Step.ASKED else None,
    )
    return _answered(card, answered.answers, regions) if answered else card


def _answered(card: CheckInCard, answers: Answers, regions: Iterable[str]) -> CheckInCard:
    return replace(
        card,
        place=answers.place,
        country=country(answers.region),
        outside=outside(answers.region, regions),
        alone=answers.alone,
        word=answers.word.value,
        phone=answers.phone,
        dial=dialled(answers.phone),
    )


def outside(region: str, regions: Iterable[str]) -> str:
    """The places the practice allows, where this one is none of them. They may be named by code or by name."""
    allowed = [country(one.upper()) if len(one) == 2 else one for one in regions]
    known = {one.casefold() for one in allowed}
    return joined(allowed) if allowed and country(region).casefold() not in known else ""


async def cards(request: Request) -> Response:
    """GET /c/{conversation}/check-ins: the cards alone."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.HOLD_SESSION)
    await note_opening(visit.office, held)
    return await _cards(request, visit, circle)


async def ask(request: Request) -> Response:
    """POST /c/{conversation}/check-ins/ask"""
    return await _decide(request, ask_again)


async def admit_without(request: Request) -> Response:
    """POST /c/{conversation}/check-ins/let-in"""
    return await _decide(request, let_in)


async def _decide(request: Request, act: Callable[..., Awaitable[Outcome]]) -> Response:
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.HOLD_SESSION)
    fields = await form_of(request)
    near = await session_at_hand(visit.office, circle.conversation)
    if near is None:
        raise NoSession("There is no session to check in for now.")
    await act(visit.office, held, circle, near, _client(fields), key_of(fields))
    if "hx-request" in request.headers:
        return await _cards(request, visit, circle)
    return go(f"/c/{circle.conversation.id}")


async def _cards(request: Request, visit: Visit, circle: Circle) -> Response:
    near = await session_at_hand(visit.office, circle.conversation)
    return page(request, "staff/_check_ins.html", await check_ins_for(visit, circle, near))


def _client(fields: Mapping[str, str]) -> PersonId:
    found = parse_uuid(fields.get("person"))
    if found is None:
        raise NotFound
    return PersonId(found)


async def record(request: Request) -> Response:
    """GET /c/{conversation}/check-ins/record: what was answered before the latest sessions, and who has a code word."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.HOLD_SESSION)
    await note_opening(visit.office, held)
    view = CheckInRecord(
        signed_in=signed_in(visit),
        bar=await counted_bar(visit, "inbox"),
        here=visit.here,
        conversation_id=str(circle.conversation.id),
        name=circle.title(),
        words=await _words(visit, held, circle),
        sessions=await _sessions(visit, held, circle),
    )
    return page(request, "staff/check_in_record.html", view)


async def _words(visit: Visit, held: Pass, circle: Circle) -> tuple[CodeWord, ...]:
    chosen = await words_chosen(visit.office, held, circle)
    return tuple(CodeWord(str(one.id), one.name, fresh_key(), chosen[one.id]) for one in circle.clients)


async def _sessions(visit: Visit, held: Pass, circle: Circle) -> tuple[PastSession, ...]:
    found = []
    for one in await sessions_of(visit.office, held, SESSIONS):
        steps = await standings(visit.office, held, circle, one)
        shown = tuple(_card(each, circle.conversation.rules.regions) for each in steps if each.steps)
        if shown:
            found.append(PastSession(str(one.id), one.opened_at or one.starts, shown))
    return tuple(found)


async def reset(request: Request) -> Response:
    """POST /c/{conversation}/check-ins/reset-word: a forgotten word is taken away. Twice is once."""
    visit = await clinician_visit(request)
    held, circle = await visit.enter(conversation_of(request), Deed.HOLD_SESSION)
    fields = await form_of(request)
    key_of(fields)
    await reset_word(visit.office, held, circle, _client(fields))
    return go(f"/c/{circle.conversation.id}/check-ins/record")
