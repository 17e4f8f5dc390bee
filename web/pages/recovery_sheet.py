"""The recovery sheet on pages: made for printing, shown in the answer to a form, asked back, and then shown no more."""

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.backup.on_paper import (
    ASKED,
    asked_groups,
    keep_sheet,
    may_renew,
    paper_of,
    renew_sheet,
    show_sheet,
)
from messaging.entrance.signing_in import SignedIn
from messaging.errors import Conflict, NotFound, Refusal, StepUp
from messaging.trust.root_keys import RootKey
from web.http.entrance import said_again
from web.http.refusals import headers_of, status_of
from web.key_command import keys_of
from web.master_key import KeyTrouble, alone_at, rotation_of
from web.pages.account import PLACE as ACCOUNT
from web.pages.account import bar_of, words_of
from web.pages.parts.account_view import Sheet
from web.pages.parts.asking import Visit, form_of, go, key_of, own_visit, page
from web.pages.parts.showing import fresh_key, signed_in
from web.pages.second_factor import AGAIN

PLACE: Final = "/account/recovery-sheet"
TEMPLATE: Final = "parts/recovery_sheet.html"
NO_FILE: Final = (
    "The key file cannot be read or replaced from here. Please do it on the server: quietline keys rotate."
)


async def show(request: Request) -> Response:
    """GET /account/recovery-sheet: what it is for, and how it stands. Never the sheet itself."""
    visit, _ = await _visit(request)
    kept_at = await paper_of(visit.office, visit.person)
    step = "remains" if kept_at is None else "kept"
    first = "first" in request.query_params
    return page(request, TEMPLATE, await _view(visit, step, first=first, kept_at=kept_at))


async def reveal(request: Request) -> Response:
    """POST /account/recovery-sheet: the sheet, at no address of its own."""
    visit, asking = await _visit(request)
    fields = await form_of(request)
    key_of(fields)
    try:
        groups = await show_sheet(visit.office, asking, _key(visit))
    except StepUp:
        return go(f"{AGAIN}?do=sheet")
    except (Conflict, KeyTrouble) as trouble:
        return await _refused(request, visit, "remains", trouble)
    today = visit.here.now.astimezone(visit.here.zone).date().isoformat()
    view = await _view(visit, "shown", groups=groups, made_on=today, first=_first(fields))
    return page(request, TEMPLATE, view)


async def ask(request: Request) -> Response:
    """GET /account/recovery-sheet/ask: two of its groups."""
    visit, _ = await _visit(request)
    if await paper_of(visit.office, visit.person) is not None:
        return go(PLACE)
    first = "first" in request.query_params
    return page(request, TEMPLATE, await _view(visit, "ask", asked=asked_groups(visit.office), first=first))


async def keep(request: Request) -> Response:
    """POST /account/recovery-sheet/ask: it is on paper. Wrong answers are paced as wrong passwords are."""
    visit, asking = await _visit(request)
    fields = await form_of(request)
    key_of(fields)
    said = _said(fields)
    try:
        async with said_again(visit.house, visit.person.id):
            await keep_sheet(visit.office, asking, _key(visit), said)
    except StepUp:
        return go(f"{AGAIN}?do=sheet")
    except NotFound:  # sent twice, and the first has kept it
        return go(PLACE)
    except (Refusal, KeyTrouble) as trouble:
        asked = tuple(said) if len(said) == ASKED else asked_groups(visit.office)
        return await _refused(request, visit, "ask", trouble, asked=asked, first=_first(fields))
    return go(f"{ACCOUNT}?done={'founded' if _first(fields) else 'sheet'}")


async def renew(request: Request) -> Response:
    """POST /account/recovery-sheet/new: another key, whose sheet is not on paper yet."""
    visit, asking = await _visit(request)
    key_of(await form_of(request))
    if not _renews(visit):
        raise NotFound
    try:
        await may_renew(visit.office, asking)
        path = visit.house.settings.database.master_key_file
        with alone_at(path):
            await renew_sheet(visit.office, asking, rotation_of(path))
    except StepUp:
        return go(f"{AGAIN}?do=sheet")
    except NotFound:  # sent twice, and the first has made it
        return go(PLACE)
    except KeyTrouble as trouble:
        kept_at = await paper_of(visit.office, visit.person)
        return await _refused(request, visit, "kept", trouble, kept_at=kept_at)
    return go(PLACE)


async def _visit(request: Request) -> tuple[Visit, SignedIn]:
    """The demonstration has no sheet: everybody knows its passwords. Raises NotFound, NotSignedIn."""
    visit, asking = await own_visit(request)
    if getattr(visit.house, "demo_people", ()):
        raise NotFound
    return visit, asking


def _key(visit: Visit) -> RootKey:
    """The master key as it lies there now. Raises KeyTrouble."""
    return keys_of(visit.house.settings.database, may_make=False).known[0]


def _renews(visit: Visit) -> bool:
    """With a database of its own all that serves is on this machine; elsewhere the key is first copied to every one.
    And only a file can be replaced."""
    database = visit.house.settings.database
    return database.url is None and database.master_key_command is None


def _said(fields: Mapping[str, str]) -> dict[int, str]:
    """What stands on the paper, by the numbers of the groups; none where the form was not ours."""
    found = {}
    for one in ("first", "second"):
        number = fields.get(f"{one}_number", "")
        if not number.isascii() or not number.isdigit() or len(number) > 2:
            return {}
        found[int(number)] = fields.get(one, "")
    return found


def _first(fields: Mapping[str, str]) -> bool:
    return fields.get("founded") == "yes"


async def _refused(
    request: Request, visit: Visit, step: str, trouble: Refusal | KeyTrouble, **more: Any
) -> Response:
    """A fault of the files is named in the log of whoever runs the server, not here: it names paths."""
    if isinstance(trouble, KeyTrouble):
        return page(request, TEMPLATE, await _view(visit, step, mistake=NO_FILE, **more), 503)
    view = await _view(visit, step, mistake=words_of(trouble), **more)
    answer = page(request, TEMPLATE, view, status_of(trouble))
    answer.headers.update(headers_of(trouble))
    return answer


async def _view(visit: Visit, step: str, **more: Any) -> Sheet:
    return Sheet(
        signed_in(visit), await bar_of(visit), visit.here, fresh_key(), step, renews=_renews(visit), **more
    )
