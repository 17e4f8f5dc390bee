"""The API's description of documents and agreements, kept beside the routes it describes."""

from typing import Any, Final

from messaging.agreements.documents import LANGUAGE
from messaging.conversations import Working
from web.api.describing import TEXT, UUID, answers, body, path

_NUMBER: Final = {"type": "integer", "minimum": 1}
_FROM: Final = {"type": "string", "description": "a moment, or a day on the practice's clock"}
_DOCUMENT: Final = {
    "title": TEXT,
    "language": {"type": "string", "pattern": f"^{LANGUAGE.pattern}$"},
    "way": {"enum": [one.value for one in Working]},
    "text": TEXT,
    "from": _FROM,
    "original": UUID,
}
_VERSION: Final = {"text": TEXT, "title": TEXT, "from": _FROM, "after": _NUMBER}

AGREEMENT_PATHS: Final[dict[str, Any]] = {
    "/documents": {
        "get": {"responses": answers(200, 401, 404)},
        "post": {
            "requestBody": body(_DOCUMENT, ["title", "language", "way", "text"]),
            "responses": answers(201, 401, 404, 409, 413, 422, 503),
        },
    },
    "/documents/{document}": {
        "parameters": [path("document")],
        "get": {"responses": answers(200, 401, 404)},
        "delete": {"responses": answers(204, 401, 404, 503)},
    },
    "/documents/{document}/versions": {
        "parameters": [path("document")],
        "post": {
            "requestBody": body(_VERSION, ["text"]),
            "responses": answers(201, 401, 404, 409, 413, 422, 503),
        },
    },
    "/conversations/{conversation}/agreements": {
        "parameters": [path("conversation")],
        "get": {"responses": answers(200, 401, 404)},
    },
    "/conversations/{conversation}/agreements/{document}": {
        "parameters": [path("conversation"), path("document")],
        "delete": {"responses": answers(204, 401, 404, 503, 507)},
    },
    "/conversations/{conversation}/agreements/{document}/accept": {
        "parameters": [path("conversation"), path("document")],
        "post": {
            "requestBody": body({"version": _NUMBER, "name": TEXT}, ["version"]),
            "responses": answers(200, 201, 401, 404, 409, 413, 422, 503, 507),
        },
    },
}
