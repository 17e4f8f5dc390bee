"""Who cares is away: a client reads it on their first page, and is asked whether a colleague may stand in."""

from starlette.requests import Request
from starlette.responses import Response

from messaging.absence.consent import answer_question, away_here, questions_of
from messaging.errors import NotFound
from messaging.ids import parse_uuid
from messaging.inbox.listing import InboxLine
from messaging.trust.access import Deed
from web.pages.client.views import AwayNote, CoverAsk
from web.pages.parts.asking import Visit, client_visit, conversation_of, form_of, go, key_of


async def who_is_away(visit: Visit, lines: list[InboxLine]) -> tuple[AwayNote, ...]:
    """For their first page."""
    found = []
    for line in lines:
        if not line.conversation.answer.away:
            continue
        held, circle = await visit.enter(line.conversation.id, Deed.READ)
        for one in await away_here(visit.office, held, circle.conversation):
            scope = one.scope.value if one.scope else ""
            found.append(AwayNote(one.name, one.begins, one.cover, scope))
    return tuple(found)


async def cover_asks(visit: Visit, lines: list[InboxLine]) -> tuple[CoverAsk, ...]:
    """What they are asked, or have said yes to and can take back."""
    found = []
    for line in lines:
        if not line.conversation.answer.away:
            continue
        held, _ = await visit.enter(line.conversation.id, Deed.READ)
        for one in await questions_of(visit.office, held):
            found.append(
                CoverAsk(
                    conversation_id=str(held.conversation),
                    absence=str(one.absence),
                    cover=one.cover,
                    absent=one.absent,
                    scope=one.scope.value,
                    agreed=one.agreed,
                    running=one.running,
                )
            )
    return tuple(found)


async def say_cover(request: Request) -> Response:
    """POST /me/cover/{conversation}/{absence} `answer`: may they stand in? Twice is once."""
    visit = await client_visit(request)
    fields, absence = await form_of(request), parse_uuid(request.path_params["absence"])
    key_of(fields)
    held, _ = await visit.enter(conversation_of(request), Deed.WRITE)
    if absence is None or fields.get("answer") not in ("yes", "no"):
        raise NotFound
    await answer_question(visit.office, held, absence, agrees=fields["answer"] == "yes")
    return go("/me")
