"""Arriving: the first set-up of an installation. It works once."""

import hmac
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final
from zoneinfo import available_timezones

from starlette.requests import Request
from starlette.responses import Response

from messaging.addresses import valid_address
from messaging.entrance.signing_in import well_chosen
from messaging.errors import Malformed, NotFound
from messaging.office import Office
from messaging.people import Role
from messaging.practice.founding import NAME_LIMIT, NewPerson, NewPractice
from messaging.practice.founding import set_up as begin
from messaging.practice.operating import practice_ids
from web.bringing import place_of_upload
from web.pages.parts.asking import form_of, page
from web.pages.parts.saying import _, refusal_said
from web.pages.parts.showing import fresh_key
from web.pages.public.sign_in import welcome
from web.pages.public.views import SetUp
from web.state import House

FIELDS: Final = ("practice", "time_zone", "name", "username", "email")
FOUNDED: Final = "/account/recovery-sheet?first=1"
"""Right after it: the recovery sheet. Then a second factor, and what remains to be done for mail."""


@cache
def time_zones() -> tuple[str, ...]:
    """Those people live in, by region."""
    regions = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return (*sorted(zone for zone in available_timezones() if zone.startswith(regions)), "UTC")


async def set_up(request: Request) -> Response:
    """GET /set-up?token=…: nothing here once there is a practice, or for any other token."""
    token = request.query_params.get("token", "")
    await allowed(request, token)
    return page(request, "public/set_up.html", SetUp(fresh_key(), token, time_zones=time_zones()))


async def found(request: Request) -> Response:
    """POST /set-up: makes the practice and its first person, and signs them in.

    Who sees clients is a therapist with a second hat in which they administer; who does not administers alone. One person
    has one role: an administrator may not read a word.
    """
    fields = await form_of(request)
    token = fields.get("token", "")
    house = await allowed(request, token)
    mistakes = await _mistakes(house.office, fields)
    if mistakes:
        return page(request, "public/set_up.html", _again(fields, token, mistakes), 422)
    house.setup_token = None  # before the first wait: two hands at once found one practice
    try:
        entered = await begin(house.office, *_new(fields))
    # Whatever it was, also a browser that left: the link works again, unless there is a practice by now.
    except BaseException:
        house.setup_token = token
        raise
    place_of_upload(house.settings.database).unlink(
        missing_ok=True
    )  # a backup that was brought, and not wanted then
    return welcome(request, entered, FOUNDED)


async def allowed(request: Request, token: str) -> House:
    """By the one-time link, while there is no practice. Raises NotFound, Busy."""
    house: House = request.state["house"]
    expected = house.setup_token
    if expected is None or not hmac.compare_digest(token.encode(), expected.encode()):
        raise NotFound
    if await practice_ids(house.office):
        raise NotFound
    return house


def _new(fields: Mapping[str, str]) -> tuple[NewPractice, NewPerson]:
    practice = NewPractice(slug_of(fields["practice"]), fields["practice"], fields["time_zone"])
    first = NewPerson(
        _role(fields),
        fields["username"].strip(),
        fields["name"],
        fields.get("email", "").strip() or None,
        password=fields["password"],
    )
    return practice, first


def _role(fields: Mapping[str, str]) -> Role:
    return Role.ADMINISTRATOR if fields.get("clients") == "no" else Role.THERAPIST


def slug_of(name: str) -> str:
    """A practice's short name in plain letters: Praxis für Ruhe becomes praxis-fur-ruhe."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:63].rstrip("-") or "practice"


async def _mistakes(office: Office, fields: Mapping[str, str]) -> dict[str, str]:
    """Everything at once, before anything is made: half a set-up could not be repeated."""
    found: dict[str, str] = {}
    for name in ("practice", "name", "username"):
        value = fields.get(name, "").strip()
        if not value or len(value) > NAME_LIMIT or not value.isprintable():
            found[name] = _("Please write 1 to 200 characters here.")
    if fields.get("time_zone") not in time_zones():
        found["time_zone"] = _("Please choose one of the list.")
    email = fields.get("email", "").strip()
    if email and not valid_address(email):
        found["email"] = _("This is not an address that mail can be sent to.")
    try:
        await well_chosen(office, Role.THERAPIST, fields.get("password"), second_factor=False)
    except Malformed as refusal:
        found["password"] = refusal_said(refusal)
    return found


def _again(fields: Mapping[str, str], token: str, mistakes: Mapping[str, str]) -> SetUp:
    practice, time_zone, name, username, email = (fields.get(one, "") for one in FIELDS)
    zone = time_zone if time_zone in time_zones() else "UTC"
    return SetUp(
        key=fresh_key(),
        token=token,
        practice=practice,
        time_zone=zone,
        time_zones=time_zones(),
        name=name,
        username=username,
        email=email,
        sees_clients=fields.get("clients") != "no",
        mistakes=mistakes,
    )
