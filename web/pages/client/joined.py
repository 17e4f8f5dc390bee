"""Somebody joined: a client is asked whether they may read what was written before, and answers without giving a reason."""

from starlette.requests import Request
from starlette.responses import Response

from messaging.errors import NotFound
from messaging.ids import PersonId, parse_uuid
from messaging.inbox.listing import InboxLine
from messaging.practice.from_start import answer_asked, asked_of
from messaging.trust.access import Deed
from web.pages.client.views import StartAsk
from web.pages.parts.asking import Visit, client_visit, conversation_of, form_of, go, key_of


async def asks_for(visit: Visit, lines: list[InboxLine]) -> tuple[StartAsk, ...]:
    """What is asked of them, for their first page."""
    found = []
    for line in lines:
        if not any(one.start_asked for one in line.conversation.members):
            continue
        held, circle = await visit.enter(line.conversation.id, Deed.READ)
        for one in await asked_of(visit.office, held, circle.conversation):
            person = circle.people[one.person]
            found.append(
                StartAsk(str(held.conversation), str(person.id), person.name, person.role, one.since)
            )
    return tuple(found)


async def say_start(request: Request) -> Response:
    """POST /me/joined/{conversation}/{person} `answer`: may they read everything? Twice is once."""
    visit = await client_visit(request)
    fields, person = await form_of(request), parse_uuid(request.path_params["person"])
    key_of(fields)
    held, _ = await visit.enter(conversation_of(request), Deed.WRITE)
    if person is None or fields.get("answer") not in ("yes", "no"):
        raise NotFound
    await answer_asked(visit.office, held, PersonId(person), agrees=fields["answer"] == "yes")
    return go("/me")
