"""All a client can set, on one page: three things of their device by one form, its notices, and where the rest is set."""

from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.entrance.own_choices import HERE, OwnChoices, choose_own, exit_of, exits_of
from messaging.entrance.signing_in import SignedIn
from messaging.errors import Malformed, Refusal
from messaging.leaving.wishes import choose_language
from messaging.people import AppName, Language
from messaging.sessions.countries import COUNTRIES
from web.http.refusals import status_of
from web.pages.client.own_settings_view import OwnSettings
from web.pages.parts.asking import Visit, client_asking, client_visit, form_of, go, key_of, page
from web.pages.parts.push_stand import push_stand
from web.pages.parts.saying import refusal_said
from web.pages.parts.showing import fresh_key, signed_in
from web.pages.parts.views import Named

PLACE: Final = "/me/settings"


async def show(request: Request) -> Response:
    """GET /me/settings"""
    visit, asking = await client_asking(request)
    view = replace(await _settings(visit, asking), done=request.query_params.get("done", ""))
    return page(request, "client/own_settings.html", view)


async def choose(request: Request) -> Response:
    """POST /me/settings: what this is called, where Exit leads, where they are. The lists are the server's."""
    visit, asking = await client_asking(request)
    fields = await form_of(request)
    key_of(fields)
    try:
        if (app := fields.get("app")) not in set(AppName):
            raise Malformed("Please choose one of these names.")
        choices = OwnChoices(AppName(app), fields.get("exit", HERE), fields.get("country") or None)
        await choose_own(visit.office, visit.person, visit.practice, choices)
    except Refusal as refusal:
        view = replace(await _settings(visit, asking), mistake=refusal_said(refusal))
        return page(request, "client/own_settings.html", view, status_of(refusal))
    return go(f"{PLACE}?done=1")


async def choose_spoken(request: Request) -> Response:
    """POST /me/language: in which language their pages and mail speak; empty is as the practice or the browser has it."""
    visit = await client_visit(request)
    fields = await form_of(request)
    key_of(fields)
    chosen = fields.get("language", "")
    if chosen and chosen not in set(Language):
        raise Malformed("Please choose one of these.")
    await choose_language(visit.office, visit.person, Language(chosen) if chosen else None)
    return go(f"{PLACE}?done=language")


async def _settings(visit: Visit, asking: SignedIn) -> OwnSettings:
    return OwnSettings(
        signed_in(visit),
        visit.here,
        fresh_key(),
        apps=tuple(AppName),
        exits=tuple(Named(one.place, one.name) for one in exits_of(visit.practice)),
        exit_page=exit_of(visit.person, visit.practice),
        countries=tuple(Named(code, name) for code, name in COUNTRIES.items()),
        country=visit.person.country or "",
        language=visit.person.language or "",
        mail=visit.person.email_mode if visit.person.email else "",
        push=await push_stand(visit.house, asking),
    )
