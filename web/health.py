"""What an operator's programs ask: alive, ready, and the metrics."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from web.metrics import exposition
from web.state import House


async def live(_: Request) -> Response:
    """GET /health/live: this process answers."""
    return JSONResponse({"status": "live"})


async def ready(request: Request) -> Response:
    """GET /health/ready: words would be kept right now, as a write shows."""
    house: House = request.state["house"]
    if not await house.writes():
        return JSONResponse({"status": "not ready", "reason": "database"}, 503)
    if house.draining or not house.room.left:
        return JSONResponse({"status": "not ready", "reason": "draining" if house.draining else "disk"}, 503)
    # A mailbox that cannot be reached is not a reason to take requests away from this node; it is a reason to look.
    imap = {"imap": house.fetching.standing.value} if house.fetching is not None else {}
    broken = {"loops": sorted(house.keeper.pausing)} if house.keeper.pausing else {}
    return JSONResponse({"status": "ready", **imap, **broken})


async def metrics(request: Request) -> Response:
    """GET /metrics"""
    return Response(exposition(request.state["house"]), media_type="text/plain; version=0.0.4")


ROUTES = [
    Route("/health/live", live),
    Route("/health/ready", ready),
    Route("/metrics", metrics),
]
