"""The operator's own listener (`QUIETLINE_OPS`): health and metrics, in every role, and nothing else.

Whoever reaches it may ask, by whatever name: it belongs on a private address.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from web.http import health
from web.http.callers import Callers
from web.http.dressing import Dressed
from web.http.http_socket import HttpSocket
from web.http.metrics import exposition
from web.serve import Server, accepting, bound
from web.settings import Listen
from web.state import House
from web.version import VERSION
from web.workers.counted import together


@asynccontextmanager
async def ops_running(house: House, at: Listen | None) -> AsyncIterator[dict[str, str]]:
    """Listens while everything else starts, runs and stops; yields its address, or none. Raises CannotListen."""
    if at is None:
        yield {}
        return
    listening = bound("OPS", at)
    server = Server(
        uvicorn.Config(
            _application(house),
            loop="uvloop",
            # Whoever reaches this port may send what they like, as at the main one: the same bounds.
            http=partial(HttpSocket, callers=Callers(())),  # type: ignore[arg-type]
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=5,
            limit_concurrency=32,
        )
    )
    async with accepting(server, listening) as address:
        yield {"ops": address}


def _application(house: House) -> Starlette:
    async def metrics(_: Request) -> Response:
        counted = exposition(house)
        if house.fellows is not None:
            counted = together({"1": counted.decode(), **await house.fellows.metrics()})
        return Response(counted, media_type="text/plain; version=0.0.4")

    async def ready(request: Request) -> Response:
        request.scope["state"] = {"house": house}
        return await health.ready(request)

    async def nothing(_: Request, __: Exception) -> Response:
        return PlainTextResponse("There is nothing here.", 404)

    async def live(_: Request) -> Response:
        # Which version runs is for who runs it: the main listener, which anybody may ask, does not say.
        return JSONResponse({"status": "live", "version": VERSION})

    routes = [Route("/health/live", live), Route("/health/ready", ready), Route("/metrics", metrics)]
    dressing = Middleware(Dressed, settings=house.settings.web)
    application = Starlette(routes=routes, exception_handlers={404: nothing}, middleware=[dressing])
    application.router.redirect_slashes = False
    return application
