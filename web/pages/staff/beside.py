"""Two private fields beside a reply, each on a page of its own ground: four lenses on a letter, and a session's margin.

A page of answering fetches the sheet when it is unfolded, and keeps it by this route alone: never by the letter's form.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from messaging.errors import NotFound
from messaging.ids import SessionId, parse_uuid
from messaging.notes.beside import (
    Lens,
    Place,
    as_lenses,
    as_text,
    beside_letter,
    beside_session,
    keep_beside,
    kept_beside,
)
from messaging.notes.note import Changed
from messaging.trust.access import Pass
from web.http.refusals import status_of
from web.pages.parts.asking import HIGHEST, Visit, form_of, go, number_in, page
from web.pages.parts.showing import fresh_key, signed_in
from web.pages.staff.beside_view import Beside
from web.pages.staff.noting import SAID, changed, entered

TEXT = "text"


@dataclass(frozen=True, slots=True)
class _Asked:
    """Beside what, and by which names its fields go."""

    visit: Visit
    held: Pass
    name: str
    place: Place
    action: str
    fields: tuple[str, ...]

    def words_of(self, text: str) -> dict[str, str]:
        """By field."""
        if self.fields == (TEXT,):
            return {TEXT: text}
        return {str(lens): words for lens, words in as_lenses(text).items()}

    def text_of(self, said: Mapping[str, str]) -> str:
        """The same as one text."""
        if self.fields == (TEXT,):
            return said.get(TEXT, "")
        return as_text({lens: said.get(lens, "") for lens in Lens})


async def show_lenses(request: Request) -> Response:
    """GET /c/{conversation}/lenses/{number}: of the letter with this number."""
    return await _show(request, await _letter(request))


async def keep_lenses(request: Request) -> Response:
    """POST /c/{conversation}/lenses/{number} `resonance, theme, hypotheses, plan, version, key`"""
    return await _keep(request, await _letter(request))


async def show_margin(request: Request) -> Response:
    """GET /c/{conversation}/margin/{session}"""
    return await _show(request, await _session(request))


async def keep_margin(request: Request) -> Response:
    """POST /c/{conversation}/margin/{session} `text, version, key`"""
    return await _keep(request, await _session(request))


async def _letter(request: Request) -> _Asked:
    visit, held, circle = await entered(request)
    number = number_in(request.path_params["number"], HIGHEST)
    place = await beside_letter(visit.office, held, number)
    action = f"/c/{held.conversation}/lenses/{number}"
    return _Asked(visit, held, circle.title(), place, action, tuple(Lens))


async def _session(request: Request) -> _Asked:
    visit, held, circle = await entered(request)
    session = parse_uuid(request.path_params["session"])
    if session is None:
        raise NotFound
    place = await beside_session(visit.office, held, SessionId(session))
    action = f"/c/{held.conversation}/margin/{session}"
    return _Asked(visit, held, circle.title(), place, action, (TEXT,))


async def _show(request: Request, asked: _Asked) -> Response:
    return page(request, "staff/beside.html", await _view(asked))


async def _keep(request: Request, asked: _Asked) -> Response:
    """One press, or a field that is left: what stands there then is kept, and the page says when."""
    fields = await form_of(request)
    said = changed({**fields, TEXT: asked.text_of(fields)})
    try:
        await keep_beside(
            asked.visit.office, asked.held, asked.place, Changed(said.text, said.version or None)
        )
    except SAID as refusal:
        view = replace(await _view(asked), mistake=refusal.detail)
        typed = {name: fields.get(name, "") for name in asked.fields}
        return page(request, "staff/beside.html", replace(view, words=typed), status_of(refusal))
    return go(asked.action)


async def _view(asked: _Asked) -> Beside:
    found = await kept_beside(asked.visit.office, asked.held, asked.place)
    return Beside(
        signed_in=signed_in(asked.visit),
        here=asked.visit.here,
        conversation_id=str(asked.held.conversation),
        name=asked.name,
        action=asked.action,
        key=fresh_key(),
        version=found.version if found else 0,
        words=asked.words_of(found.text if found else ""),
        kept_at=(found.changed_at or found.at) if found else None,
    )
