"""A client writes a letter: on one device or several, with scripts or without."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import Response

from messaging.conversations import Circle
from messaging.errors import Busy, Conflict, KeyReused, Malformed
from messaging.inbox.listing import InboxLine, inbox
from messaging.letters.drafts import Draft, DraftKind, drafts_of
from messaging.letters.sending import send_letter
from messaging.record.past import latest_letter_by
from messaging.record.reading import note_opening
from messaging.trust.access import Deed
from messaging.trust.due import AgreementNeeded
from web.http.refusals import headers_of, status_of
from web.pages.client.places import SENT_BEFORE, promise_for_now
from web.pages.client.views import Answered, LetterWriting, Recipient
from web.pages.parts.asking import Visit, client_visit, conversation_named, go, page
from web.pages.parts.boundary import apart
from web.pages.parts.drafting import field_of, keep_for_later, letter_in, refilled
from web.pages.parts.letter_files import letter_form, with_files
from web.pages.parts.saying import _, refusal_said
from web.pages.parts.showing import joined, others, readers_for_client, signed_in, with_name
from web.pages.parts.views import Failed


async def write(request: Request) -> Response:
    """GET /me/letters/write?draft=ID: what was begun, wherever that was."""
    visit = await client_visit(request)
    return page(request, "client/letter_write.html", await _writing(visit, request.query_params.get("draft")))


async def _writing(visit: Visit, wanted: str | None = None) -> LetterWriting:
    lines = await inbox(visit.office, visit.person)
    begun: list[Draft] = []
    failed = False
    place: dict[str, str] = {}
    for line in lines:
        held, _ = await visit.enter(line.conversation.id, Deed.WRITE)
        found = await apart("draft", drafts_of(visit.office, held, DraftKind.LETTER))
        if isinstance(found, Failed):
            failed = True
            continue
        place |= {str(draft.id): str(line.conversation.id) for draft in found}
        begun += found
    field = replace(field_of(sorted(begun, key=lambda draft: draft.at, reverse=True), wanted), failed=failed)
    where = place.get(field.key) or (str(lines[0].conversation.id) if lines else "")
    if where:
        held, _ = await visit.enter(conversation_named(where), Deed.WRITE)
        field = await with_files(visit, held, field)
    recipients = tuple(_recipient(visit, line.circle) for line in lines)
    view = LetterWriting(signed_in(visit), visit.here, field, recipients, place.get(field.key, ""))
    return (
        view if len(lines) != 1 else replace(view, answers=await apart("answers", _answered(visit, lines[0])))
    )


async def _answered(visit: Visit, line: InboxLine) -> Answered | None:
    """The last letter to the client, to be read and quoted while they write."""
    held, circle = await visit.enter(line.conversation.id, Deed.READ)
    clinicians = {person.id for person in circle.clinicians}
    last = await latest_letter_by(
        visit.office, held, circle.conversation.last_number, lambda one: one.author in clinicians
    )
    if last is None:
        return None
    await note_opening(visit.office, held)
    fresh = circle.conversation.waiting_since is None
    return Answered(circle.people[last.author].name, last.at, last.body.text, fresh)


def _recipient(visit: Visit, circle: Circle) -> Recipient:
    me = visit.person.id
    together = [person.name for person in others(circle, me) if person not in circle.clinicians]
    clinicians = with_name(circle, me)
    name = f"{clinicians}, together with {joined(together)}" if together else clinicians
    readers = f"{readers_for_client(circle, me)}."
    return Recipient(str(circle.conversation.id), name, readers, promise_for_now(visit, circle))


async def post(request: Request) -> Response:
    """POST /me/letters/write. What was not taken comes back in the field, with the reason above it."""
    visit = await client_visit(request)
    form = await letter_form(request, visit)
    fields = form.fields
    conversation = conversation_named(fields.get("conversation"))
    held, circle = await visit.enter(conversation, Deed.WRITE)
    try:
        form.check()
        if fields.get("deed") == "keep":
            await keep_for_later(visit, held, fields)
            return go("/me/letters/write")
        await send_letter(visit.office, held, circle, letter_in(fields), visit.house.letters)
    except AgreementNeeded:  # the text is a draft
        return go("/me/agreements?kept=1")
    except (Malformed, Conflict, Busy) as refusal:
        reused = isinstance(refusal, KeyReused)
        view = await _writing(visit)
        field = await with_files(visit, held, refilled(view.field, fields, same_key=not reused))
        mistake = _(SENT_BEFORE) if reused else refusal_said(refusal)
        view = replace(view, chosen=str(conversation), field=field, mistake=mistake)
        answer = page(request, "client/letter_write.html", view, status_of(refusal))
        answer.headers.update(headers_of(refusal))
        return answer
    return go("/me/letters?sent=1")
