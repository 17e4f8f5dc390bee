"""Conversations, their messages, and the inbox."""

from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from channels.chat import frames
from messaging.drafts import DraftKind, Writing
from messaging.errors import Malformed, NotFound
from messaging.ids import parse_uuid
from messaging.inbox import InboxLine, inbox
from messaging.messages import Entry
from messaging.reading import enter, entries_after, note_opening
from messaging.stored import Verdict
from messaging.trust.access import Deed
from messaging.writing import Letter, write_letter
from web.api.answers import answer
from web.api.reading_requests import conversation_id, json_object, text_field, whole_number
from web.guards import person_asking
from web.letters import one_letter
from web.state import House

PAGE = 100


def shown(line: InboxLine, now: datetime) -> dict[str, Any]:
    """A conversation as lists show it."""
    conversation = line.conversation
    promise, waiting = line.promise, conversation.waiting_since
    return {
        "id": str(conversation.id),
        "name": line.circle.title(),
        "kind": conversation.kind,
        "members": [{"id": str(p.id), "name": p.name, "role": p.role} for p in line.circle.people.values()],
        "last": conversation.last_number,
        "last_at": frames.moment(conversation.last_at) if conversation.last_at else None,
        "unread": line.unread,
        "waiting_since": frames.moment(waiting) if waiting else None,
        "promise": frames.moment(promise) if promise else None,
        "held": _held(line),
        "last_message": None if line.last is None else _opening(line.last),
        "session": _session(line, now),
    }


def _held(line: InboxLine) -> dict[str, Any] | None:
    """For clinicians: a letter that may be the client's waits in the screener, and until when it would be answered."""
    if line.held is None:
        return None
    promise = line.held.promise
    return {
        "since": frames.moment(line.held.since),
        "promise": frames.moment(promise) if promise else None,
    }


def _opening(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "channel": entry.channel,
        "author": str(entry.author),
        "text": entry.body.text[:200],
        "at": frames.moment(entry.at),
    }


def _session(line: InboxLine, now: datetime) -> dict[str, Any] | None:
    live = line.conversation.live
    return frames.session(live, now, line.conversation.rules) if live else None


async def everything(request: Request) -> Response:
    """GET /conversations"""
    house: House = request.state["house"]
    lines = await inbox(house.office, await person_asking(request))
    return answer({"conversations": [shown(line, house.office.clock()) for line in lines]})


async def waiting(request: Request) -> Response:
    """GET /inbox"""
    house: House = request.state["house"]
    person = await person_asking(request)
    if not person.role.is_clinician:
        raise NotFound
    lines = await inbox(house.office, person)
    lines.sort(key=lambda i: (i.promise is None, i.promise.timestamp() if i.promise else 0))
    return answer({"entries": [shown(line, house.office.clock()) for line in lines]})


async def messages(request: Request) -> Response:
    """GET /conversations/{id}/messages?after=N&limit=M"""
    house: House = request.state["house"]
    person = await person_asking(request)
    after = whole_number(request.query_params.get("after"), 0)
    limit = whole_number(request.query_params.get("limit"), PAGE)
    held, circle = await enter(house.office, person, conversation_id(request), Deed.READ)
    await note_opening(house.office, held)
    entries = await entries_after(house.office, held, after, limit) if limit else []
    found = [frames.message(e, e.number, circle.people.get(e.author)) for e in entries]
    return answer({"messages": found, "last": circle.conversation.last_number})


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
    letter = Letter(key, text_field(sent, "text"), sent.get("subject"), answers)
    async with one_letter(house, person.role, held, Writing(key, DraftKind.LETTER, letter.text)):
        outcome = await write_letter(house.office, held, circle, letter)
    body = {
        "id": str(outcome.id),
        "number": outcome.number,
        "at": frames.moment(outcome.at) if outcome.at else None,
    }
    return answer(body, 200 if outcome.verdict is Verdict.KNOWN else 201)
