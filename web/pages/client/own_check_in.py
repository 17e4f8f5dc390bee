"""A client's own settings of checking in: what is kept of their answers, and their code word, set by their password."""

from collections.abc import Mapping
from dataclasses import replace
from time import monotonic
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from messaging.errors import Busy, Malformed, WrongCredentials
from messaging.inbox.listing import inbox
from messaging.sessions.countries import country
from messaging.sessions.recognising import choose_anew, word_chosen
from messaging.sessions.standings import last_check_in
from messaging.trust.access import Deed
from web.http.refusals import headers_of, status_of
from web.pages.client.check_in_view import KeptAnswers, OwnCheckIn
from web.pages.parts.asking import Visit, client_visit, form_of, go, key_of, page
from web.pages.parts.saying import refusal_said
from web.pages.parts.showing import fresh_key, signed_in, with_name


async def show(request: Request) -> Response:
    """GET /me/check-in"""
    visit = await client_visit(request)
    view = replace(await _own(visit), done="done" in request.query_params)
    return page(request, "client/own_check_in.html", view)


async def set_word(request: Request) -> Response:
    """POST /me/check-in. A wrong password is a guess at it, and counted as one."""
    visit = await client_visit(request)
    fields = await form_of(request)
    key_of(fields)
    try:
        await _set(visit, fields)
    except (Malformed, WrongCredentials, Busy) as refusal:
        view = replace(await _own(visit), mistake=refusal_said(refusal))
        # A wrong password on a page of one's own is a mistake in a form: 401 would say that the sign-in has ended.
        status = 422 if isinstance(refusal, WrongCredentials) else status_of(refusal)
        refused = page(request, "client/own_check_in.html", view, status)
        refused.headers.update({} if isinstance(refusal, WrongCredentials) else headers_of(refusal))
        return refused
    return go("/me/check-in?done=1")


async def _set(visit: Visit, fields: Mapping[str, str]) -> None:
    guess = visit.house.guesses.of_person("own", visit.person.id, monotonic())
    try:
        await choose_anew(visit.office, visit.person, fields.get("word"), fields.get("password", ""))
    except (Malformed, Busy):
        guess.give_back(monotonic())
        raise
    guess.give_back(monotonic())


async def _own(visit: Visit) -> OwnCheckIn:
    kept = []
    for line in await inbox(visit.office, visit.person):
        held, circle = await visit.enter(line.conversation.id, Deed.READ)
        last = await last_check_in(visit.office, held)
        if last is not None:
            said = last.answers
            readers = with_name(circle, visit.person.id)
            kept.append(KeptAnswers(readers, last.at, said.place, country(said.region), said.phone))
    return OwnCheckIn(
        signed_in(visit),
        visit.here,
        fresh_key(),
        since=await word_chosen(visit.office, visit.person),
        kept=tuple(kept),
    )


ROUTES: Final = (Route("/me/check-in", show), Route("/me/check-in", set_word, methods=["POST"]))
"""Where it is asked for."""
