"""Installing: what a phone is told of us, by the name somebody chose. The same for everybody, and nothing of anybody."""

from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from messaging.people import AppName
from web.pages.parts.rendering import asset

GROUND: Final = "#fbfaf8"
SIZES: Final = (192, 512)


async def manifest(request: Request) -> Response:
    """GET /app/{name}.webmanifest (W3C, Web Application Manifest)."""
    named = request.path_params["name"]
    if named not in set(AppName):
        raise HTTPException(404)
    app = AppName(named)
    words = request.state["templates"].get_template("parts/_apps.html").module
    start = f"/?app={app}"
    said = {
        "id": start,
        "name": words.apps[app.value],
        "short_name": words.apps[app.value],
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": [
            {
                "src": asset(f"app/{app}-{size}.png"),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": use,
            }
            for size in SIZES
            for use in ("any", "maskable")
        ],
    }
    return JSONResponse(said, media_type="application/manifest+json")


def app_asked(request: Request) -> str:
    """The name in the address an installed app begins at; the usual one where it names none of ours."""
    named = request.query_params.get("app", "")
    return named if named in set(AppName) else AppName.NOTES
