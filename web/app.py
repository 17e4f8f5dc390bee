"""The application as a value: routes, one guard around them, and the edge's table of refusals."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from messaging.errors import Refusal
from web.api import routes as api
from web.http import health
from web.http.dressing import dressed
from web.http.faults import note
from web.http.guards import Guard
from web.http.live import PATH, Live
from web.http.refusals import is_for_programs, problem, refusal_problem
from web.pages import routes as pages
from web.pages.parts.rendering import Templates
from web.pages.public import trouble
from web.state import House, State

Handler = Callable[[Request, Exception], Awaitable[Response]]


def application(house: House, extra: list[BaseRoute] | None = None) -> Starlette:
    """The whole of HTTP over one house. `extra` routes are the demo's."""
    templates = Templates()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[State]:
        yield {"house": house, "templates": templates}

    return Starlette(
        routes=[
            api.ROUTES,
            *health.ROUTES,
            *(extra or []),
            *pages.ROUTES,
        ],
        middleware=[
            Middleware(Guard, settings=house.settings.web, sockets={PATH: Live()}, page=trouble.turned_away)
        ],
        exception_handlers={Refusal: _refused, HTTPException: _http, Exception: _failed},
        lifespan=lifespan,
    )


async def _refused(request: Request, fault: Exception) -> Response:
    if not isinstance(fault, Refusal):
        raise fault
    return refusal_problem(fault) if is_for_programs(request) else await trouble.refused(request, fault)


async def _http(request: Request, fault: Exception) -> Response:
    if not isinstance(fault, HTTPException):
        raise fault
    if is_for_programs(request):
        code = {404: "not_found", 405: "method_not_allowed"}.get(fault.status_code, "refused")
        return problem(fault.status_code, code, "There is nothing here for you.", fault.headers)
    return await trouble.not_found(request, fault)


async def _failed(request: Request, fault: Exception) -> Response:
    number = note(request, fault)
    if is_for_programs(request):
        words = "Something went wrong here. Nothing you sent was lost silently; try again."
        answer = problem(500, "failed", words, more={"request": number})
    else:
        answer = await trouble.failed(request, number)
    house: House = request.state["house"]
    return dressed(answer, house.settings.web)
