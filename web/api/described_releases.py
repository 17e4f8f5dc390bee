"""The API's description of releases, kept beside the routes it describes."""

from typing import Any, Final

from messaging.releases import Part
from messaging.releasing.giving import PURPOSE
from web.api.describing import TEXT, UUID, answers, body, path, query

_TIME: Final = {"type": "string", "description": "a day on the practice's clock, or a moment (RFC 3339)"}
_MADE: Final = {
    "to": UUID,
    "kinds": {"type": "array", "items": {"enum": [one.value for one in Part]}, "minItems": 1},
    "from": _TIME,
    "until": _TIME,
    "purpose": TEXT | {"maxLength": PURPOSE},
    "expires": _TIME,
    "key": UUID,
}

RELEASES_PATHS: Final[dict[str, Any]] = {
    "/conversations/{conversation}/releases": {
        "parameters": [path("conversation")],
        "get": {"responses": answers(200, 401, 404)},
        "post": {
            "requestBody": body(_MADE, ["to", "kinds", "from", "purpose", "expires"]),
            "responses": answers(201, 401, 403, 404, 409, 413, 422, 503, 507),
        },
    },
    "/releases": {"get": {"responses": answers(200, 401, 404)}},
    "/releases/{release}": {
        "parameters": [path("release")],
        "get": {"responses": answers(200, 401, 404)},
        "delete": {"responses": answers(204, 401, 404, 503)},
    },
    "/releases/{release}/messages": {
        "parameters": [path("release")],
        "get": {
            "parameters": [query("after"), query("limit")],
            "responses": answers(200, 401, 404, 422, 503),
        },
    },
}
