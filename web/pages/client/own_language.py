"""In which language one's pages and mail speak to oneself."""

from starlette.requests import Request
from starlette.responses import Response

from messaging.errors import Malformed
from messaging.leaving.wishes import choose_language
from messaging.people import Language
from web.pages.parts.asking import client_visit, form_of, go, key_of

PLACE = "/me/mail"


async def choose(request: Request) -> Response:
    """POST /me/language: one of ours; empty is as the practice or the browser has it."""
    visit = await client_visit(request)
    fields = await form_of(request)
    key_of(fields)
    chosen = fields.get("language", "")
    if chosen and chosen not in set(Language):
        raise Malformed("Please choose one of these.")
    await choose_language(visit.office, visit.person, Language(chosen) if chosen else None)
    return go(f"{PLACE}?done=language")
