"""The API's description of what is for programs of others, kept beside the routes it describes."""

from typing import Any, Final

from messaging.integrating.events import TYPES
from messaging.integrating.service_accounts import Scope
from web.api.describing import TEXT, answers, body, path, query

_HOOK: Final = {
    "url": {"type": "string", "format": "uri"},
    "secret": TEXT,
    "types": {"type": "array", "items": {"enum": sorted(TYPES)}, "minItems": 1},
}
_ACCOUNT: Final = {
    "name": TEXT,
    "scopes": {"type": "array", "items": {"enum": sorted(Scope)}, "minItems": 1},
}

INTEGRATING_PATHS: Final[dict[str, Any]] = {
    "/events": {
        "get": {
            "parameters": [query("after"), query("limit")],
            "responses": answers(200, 401, 404, 422, 503),
        }
    },
    "/me/push": {
        "get": {"responses": answers(200, 401)},
        "put": {
            "requestBody": body(
                dict.fromkeys(("endpoint", "p256dh", "auth"), TEXT), ["endpoint", "p256dh", "auth"]
            ),
            "responses": answers(204, 401, 404, 409, 422, 503),
        },
        "delete": {"responses": answers(204, 401, 503)},
    },
    "/webhooks": {
        "get": {"responses": answers(200, 401, 404)},
        "post": {
            "requestBody": body(_HOOK, ["url", "secret", "types"]),
            "responses": answers(201, 401, 403, 404, 409, 422, 503),
        },
    },
    "/webhooks/{webhook}": {
        "parameters": [path("webhook")],
        "get": {"responses": answers(200, 401, 404)},
        "delete": {"responses": answers(204, 401, 404, 503)},
    },
    "/service-accounts": {
        "get": {"responses": answers(200, 401, 404)},
        "post": {
            "requestBody": body(_ACCOUNT, ["name", "scopes"]),
            "responses": answers(201, 401, 403, 404, 409, 422, 503),
        },
    },
    "/service-accounts/{account}": {
        "parameters": [path("account")],
        "get": {"responses": answers(200, 401, 404)},
        "delete": {"responses": answers(204, 401, 404, 503)},
    },
}
