"""Help now: for anyone, whatever else is broken, and without a connection by a worker that has it in its own text."""

import asyncio
import json
import re
from contextlib import suppress
from functools import lru_cache
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from channels.language.speaking import spoken
from messaging.entrance.own_choices import exit_of
from messaging.ids import PracticeId, parse_uuid
from messaging.inbox.listing import inbox
from messaging.people import HelpNumber, Language, Person, Role
from messaging.practice.founding import practice_named
from messaging.record.reading import enter
from messaging.sessions.standings import last_check_in
from messaging.trust.access import Deed
from messaging.trust.tokens import read_token
from web.help_numbers import WAIT, Known
from web.http.dressing import SECURITY_HEADERS
from web.http.guards import shown_token, signed_in
from web.pages.parts.asking import plain_page
from web.pages.parts.help_kept import kept_for
from web.pages.parts.people_view import HelpLine
from web.pages.parts.rendering import Templates
from web.pages.parts.views import EMPTY_PAGE, KEPT_AT
from web.pages.public.help_lines import Country, countries, country_in
from web.pages.public.static import files
from web.pages.public.views import HelpNow, WayOut
from web.state import House

TEMPLATE: Final = "public/help_now.html"
ASSET: Final = re.compile(r"/static/([a-z_/]+\.(?:css|js|svg))\?v=[0-9a-f]+")
WORKERS: Final = 64
"""Texts of the worker that are kept made, one for each practice's numbers and each language."""


async def show(request: Request) -> Response:
    """GET /help-now"""
    house: House = request.state["house"]
    back, country, way_out = "/", None, WayOut()
    with suppress(Exception):  # who asks is a courtesy here; whatever fails, the numbers are shown
        async with asyncio.timeout(WAIT):
            person = (await signed_in(request)).person
            if person.role is Role.CLIENT:
                back, way_out = "/me", await _way_out(house, person)
                country = await _country_of(house, person)
    # A sign-in names its practice in clear: whose numbers are wanted is known while nobody can be asked.
    token = read_token(shown_token(request, house.settings.web) or "")
    known = await house.help_numbers.known(house.office, token.practice if token else None)
    kept_at = KEPT_AT if token is None else kept_for(token.practice, known.numbers, known.time_zone)
    view = HelpNow(
        _lines(known),
        back,
        country or country_in(known.time_zone),
        said=country is not None,
        countries=tuple(countries().values()),
        kept_at=kept_at,
        way_out=way_out,
    )
    return plain_page(request, TEMPLATE, view)


async def worker(request: Request) -> Response:
    """GET /help-now.js?of=PRACTICE: the worker, with the page in its text. The numbers of a practice are no secret."""
    house: House = request.state["house"]
    practice = parse_uuid(request.query_params.get("of"))
    known = await house.help_numbers.known(house.office, PracticeId(practice) if practice else None)
    text = _worker(request.state["templates"], spoken(), known.numbers, known.time_zone)
    return Response(text, media_type="text/javascript")


@lru_cache(maxsize=WORKERS)
def _worker(templates: Templates, _: Language, numbers: tuple[HelpNumber, ...], time_zone: str) -> str:
    """Neutral: it names no person, and is the same for everybody of a practice who speaks a language."""
    known = Known(numbers, time_zone)
    every = tuple(countries().values())
    view = HelpNow(_lines(known), country=country_in(time_zone), countries=every, kept=True)
    page = templates.get_template(TEMPLATE).render(view=view)
    held = files()
    wanted = {found[0]: held[found[1]] for found in ASSET.finditer(page)}
    kept = {
        "page": page,
        "files": {
            place: {"type": one.media_type, "text": one.content.decode()} for place, one in wanted.items()
        },
        "headers": {**SECURITY_HEADERS, "cache-control": "no-store"},
    }
    return f"self.KEPT = {json.dumps(kept)};\n{held['js/help_worker.js'].content.decode()}"


def _lines(known: Known) -> tuple[HelpLine, ...]:
    return tuple(HelpLine(one.name, one.number, one.when) for one in known.numbers)


async def _way_out(house: House, person: Person) -> WayOut:
    practice = await practice_named(house.office, person.practice)
    chosen = exit_of(person, practice) if practice else ""
    return WayOut(exit_url=chosen or EMPTY_PAGE)


async def _country_of(house: House, person: Person) -> Country | None:
    """Where they said they are, or were when they last checked in."""
    if person.country:
        return countries().get(person.country)
    for line in await inbox(house.office, person):
        held, _ = await enter(house.office, person, line.conversation.id, Deed.READ)
        last = await last_check_in(house.office, held)
        if last is not None:
            return countries().get(last.answers.region)
    return None
