"""Conversations, their messages, and the inbox."""

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from channels.chat.rows import row
from messaging.arriving.files import file_checks
from messaging.errors import Malformed, NotFound
from messaging.ids import parse_uuid
from messaging.inbox.listing import first_read, inbox
from messaging.letters.sending import HandedIn, send_letter
from messaging.letters.writing import Letter, Purpose
from messaging.memory.record import Verdict
from messaging.record.readers import ReaderSeen, readers_of
from messaging.record.reading import enter, entries_after, note_opening
from messaging.trust.access import Deed
from web.api.answers import answer
from web.api.files import standing
from web.api.reading_requests import a_choice, conversation_id, id_list, json_object, text_field, whole_number
from web.http.guards import person_asking
from web.state import House

PAGE = 100


async def everything(request: Request) -> Response:
    """GET /conversations"""
    house: House = request.state["house"]
    lines = await inbox(house.office, await person_asking(request), shown=True)
    return answer({"conversations": [row(line, house.office.clock()) for line in lines]})


async def waiting(request: Request) -> Response:
    """GET /inbox"""
    house: House = request.state["house"]
    person = await person_asking(request)
    if not person.role.is_clinician:
        raise NotFound
    lines = await inbox(house.office, person, shown=True)
    lines.sort(key=lambda i: (first_read(i), i.promise is None, i.promise.timestamp() if i.promise else 0))
    return answer({"entries": [row(line, house.office.clock()) for line in lines]})


async def messages(request: Request) -> Response:
    """GET /conversations/{id}/messages?after=N&limit=M"""
    house: House = request.state["house"]
    person = await person_asking(request)
    after = whole_number(request.query_params.get("after"), 0)
    limit = whole_number(request.query_params.get("limit"), PAGE)
    held, circle = await enter(house.office, person, conversation_id(request), Deed.READ)
    await note_opening(house.office, held)
    entries = await entries_after(house.office, held, after, limit) if limit else []
    checks = await file_checks(house.office, held, entries)
    found = [standing(frames.message(e, e.number, circle.people.get(e.author)), checks) for e in entries]
    return answer({"messages": found, "last": circle.conversation.last_number})


async def readers(request: Request) -> Response:
    """GET /conversations/{id}/readers: who has opened it, for the client of it."""
    house: House = request.state["house"]
    person = await person_asking(request)
    found = await readers_of(house.office, person, conversation_id(request))
    return answer({"readers": [_seen(one) for one in found]})


def _seen(one: ReaderSeen) -> dict[str, str]:
    shown = {"person": str(one.person.id), "name": one.person.name}
    shown |= {"reason": one.reason} if one.reason else {}
    return shown | ({"at": frames.moment(one.at)} if one.at else {})


async def write(request: Request) -> Response:
    """POST /conversations/{id}/messages"""
    house: House = request.state["house"]
    person = await person_asking(request)
    conversation = conversation_id(request)
    sent = await json_object(request)
    key = parse_uuid(sent.get("key"))
    if key is None:
        raise Malformed("`key` is a UUID made for this letter.")
    if sent.get("channel", "web") != "web":
        raise Malformed("Letters written here have the channel `web`.")
    answers = sent.get("in_reply_to")
    if answers is not None and (not isinstance(answers, int) or isinstance(answers, bool)):
        raise Malformed("`in_reply_to` is the number of a letter.")
    held, circle = await enter(house.office, person, conversation, Deed.WRITE)
    files = id_list(sent, "files")
    purpose = a_choice(sent, "purpose", Purpose)
    letter = HandedIn(
        Letter(key, text_field(sent, "text"), sent.get("subject"), answers, files, purpose=purpose)
    )
    outcome = await send_letter(house.office, held, circle, letter, house.letters)
    body = {
        "id": str(outcome.id),
        "number": outcome.number,
        "at": frames.moment(outcome.at) if outcome.at else None,
    }
    return answer(body, 200 if outcome.verdict is Verdict.KNOWN else 201)
