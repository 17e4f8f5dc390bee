"""What an operator's programs ask: alive, ready, and the metrics.

A probe calls the container by any name or number, so alive and ready answer whatever the Host: they say nothing of anyone,
set nothing and lead nowhere. Metrics are for this machine only.
"""

from ipaddress import ip_address
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from web.http.metrics import exposition
from web.state import House

ANY_HOST: Final = frozenset({"/health/live", "/health/ready", "/metrics"})
"""Paths at which the guard asks for no Host of ours."""
PASSED_ON: Final = ("x-forwarded-for", "x-real-ip", "forwarded", "via")
"""What proxies add. A request that bears one did not begin on this machine, or must not be taken to have."""


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
    # Likewise a consent that has ended: mail waits, and somebody must give another.
    lack = house.access.lack if house.access is not None else None
    oauth = {"oauth": lack.value} if lack is not None else {}
    # Words are kept all the same where they cannot be archived.
    archive = {"archive": house.archive.standing.value} if house.archive is not None else {}
    broken = {"loops": sorted(house.keeper.pausing)} if house.keeper.pausing else {}
    workers = {"workers": "{} of {}".format(*house.fellows.standing)} if house.fellows is not None else {}
    return JSONResponse({"status": "ready", **imap, **oauth, **archive, **broken, **workers})


async def metrics(request: Request) -> Response:
    """GET /metrics, for who asks from this machine itself. To all others there is nothing here."""
    if not _from_this_machine(request):
        raise HTTPException(404)
    return Response(exposition(request.state["house"]), media_type="text/plain; version=0.0.4")


def _from_this_machine(request: Request) -> bool:
    """By the TCP peer, which cannot be made up. A proxy on this machine is a peer too: then its headers tell."""
    if request.client is None or any(name in request.headers for name in PASSED_ON):
        return False
    try:
        peer = ip_address(request.client.host)
    except ValueError:
        return False
    return (getattr(peer, "ipv4_mapped", None) or peer).is_loopback


ROUTES = [
    Route("/health/live", live),
    Route("/health/ready", ready),
    Route("/metrics", metrics),
]
