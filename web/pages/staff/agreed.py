"""What was agreed with a client, changed where it stands in the file: when their letters are answered."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from messaging.errors import Malformed
from messaging.practice.circles import answer_by
from messaging.trust.access import Deed
from web.pages.parts.answer_rule import answer_fields, answer_rule
from web.pages.parts.asking import clinician_visit, conversation_of, form_of, go, key_of, page
from web.pages.parts.circles_view import AnswerFields
from web.pages.staff.conversation import as_left, having
from web.pages.staff.file_view import File
from web.pages.staff.views import Inbox


async def answer(request: Request) -> Response:
    """POST /c/{conversation}/answer-rule `way, days, by`. What waits is promised by it at once."""
    visit = await clinician_visit(request)
    fields, conversation = await form_of(request), conversation_of(request)
    key_of(fields)
    typed = answer_fields(fields)
    try:
        await answer_by(visit.office, visit.person, conversation, answer_rule(typed))
    except Malformed as refusal:
        held, circle = await visit.enter(conversation, Deed.READ)
        view = await as_left(request, visit, held, circle)
        return page(request, "staff/conversation.html", _mistaken(view, typed, refusal), 422)
    return go(f"/c/{conversation}#file")


def _mistaken(view: Inbox, typed: AnswerFields, refusal: Malformed) -> Inbox:
    file = view.open.file if view.open else None
    if not isinstance(file, File):
        return view
    return having(view, file=replace(file, answer=typed, mistake=refusal.detail))
