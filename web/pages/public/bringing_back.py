"""The other way in at set-up: a backup is brought, looked through, and restored. By the one-time link alone."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.backup.header import NoBackup
from messaging.backup.sheet import NoSheet, typed
from messaging.errors import Conflict, Malformed, NoRoom, Refusal
from messaging.trust.encryption import KEY_BYTES
from web.bringing import can_be_restored_here, looked_through, place_of_upload
from web.http.refusals import status_of
from web.http.uploading import take_file
from web.pages.parts.asking import form_of, go, key_of, page
from web.pages.parts.saying import refusal_said
from web.pages.parts.showing import fresh_key
from web.pages.public.arriving import allowed
from web.pages.public.views import BroughtBack
from web.state import House

PLACE: Final = "/set-up/backup"
TEMPLATE: Final = "public/brought_back.html"
ONE_AT_A_TIME: Final = "A backup is arriving already. Please wait until it is here."


async def show(request: Request) -> Response:
    """GET /set-up/backup?token=…: how far it is."""
    house = await allowed(request, request.query_params.get("token", ""))
    return page(request, TEMPLATE, _view(house))


async def upload(request: Request) -> Response:
    """POST /set-up/backup/file?token=…: the backup, onto the disk as it comes. The token is in the address, where it is
    looked at before anything of the body is."""
    token = request.query_params.get("token", "")
    house = await allowed(request, token)
    bringing, place = house.bringing, place_of_upload(house.settings.database)
    if bringing.arriving:
        return _refused(request, house, Conflict(ONE_AT_A_TIME))
    bringing.arriving = True
    try:
        bringing.key = bringing.found = None
        bringing.trouble = ""
        await take_file(request, "file", place)
    except (Malformed, NoRoom) as refusal:
        return _refused(request, house, refusal)
    finally:
        bringing.arriving = False
    return go(f"{PLACE}?token={token}")


async def look(request: Request) -> Response:
    """POST /set-up/backup/look: with the recovery sheet or the key file's one line, all of it is looked through."""
    fields = await form_of(request)
    house = await allowed(request, fields.get("token", ""))
    key_of(fields)
    bringing, place = house.bringing, place_of_upload(house.settings.database)
    bringing.key = bringing.found = None
    if not place.exists():
        return go(f"{PLACE}?token={house.setup_token}")
    try:
        key = key_typed(fields.get("sheet", ""))
        bringing.found = await looked_through(place, key)
    except (NoSheet, NoBackup) as trouble:
        mistake = str(trouble)
        mistake = f"{mistake[:1].upper()}{mistake[1:]}{'' if mistake.endswith('.') else '.'}"
        return page(request, TEMPLATE, _view(house, mistake=mistake), 422)
    bringing.key = key
    return page(request, TEMPLATE, _view(house))


async def restore(request: Request) -> Response:
    """POST /set-up/backup/restore: the server ends, puts its empty database aside, and begins again with the backup."""
    fields = await form_of(request)
    house = await allowed(request, fields.get("token", ""))
    key_of(fields)
    bringing = house.bringing
    if bringing.key is None or not can_be_restored_here(house.settings.database):
        return go(f"{PLACE}?token={house.setup_token}")
    house.setup_token = None  # nobody founds a practice from here on
    bringing.wanted.set()
    return page(request, TEMPLATE, _view(house, restoring=True))


async def forget(request: Request) -> Response:
    """POST /set-up/backup/forget: what was brought is thrown away."""
    fields = await form_of(request)
    house = await allowed(request, fields.get("token", ""))
    key_of(fields)
    place_of_upload(house.settings.database).unlink(missing_ok=True)
    house.bringing.key = house.bringing.found = None
    return go(f"{PLACE}?token={house.setup_token}")


def key_typed(text: str) -> bytes:
    """The key, by the sheet or as the key file has it. Raises NoSheet."""
    line = text.strip()
    if len(line) == 2 * KEY_BYTES:
        try:
            return bytes.fromhex(line)
        except ValueError:
            pass  # then it is a sheet with a letter too many, and the sheet's own words say so
    return typed(text[:4096])


def _refused(request: Request, house: House, refusal: Refusal) -> Response:
    return page(request, TEMPLATE, _view(house, mistake=refusal_said(refusal)), status_of(refusal))


def _view(house: House, **more: Any) -> BroughtBack:
    settings, bringing = house.settings.database, house.bringing
    place = place_of_upload(settings)
    found = bringing.found
    return BroughtBack(
        key=fresh_key(),
        token=house.setup_token or "",
        size=place.stat().st_size if place.exists() else 0,
        place=str(place),
        at=found.at if found else "",
        program=found.program if found else "",
        rows=found.rows if found else {},
        opened=found.opened if found else 0,
        here=can_be_restored_here(settings),
        elsewhere=settings.url is not None,
        trouble=bringing.trouble,
        **more,
    )
