"""The API's description of itself (OpenAPI 3.1), kept beside the routes it describes."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from messaging.exporting.record import ExportFormat
from messaging.inbox.labels import LENGTH, MOST
from messaging.letters.uploads import AT_MOST
from messaging.letters.writing import Purpose
from web.api.answers import answer
from web.api.described_agreements import AGREEMENT_PATHS
from web.api.described_care import CARE_PATHS
from web.api.described_integrating import INTEGRATING_PATHS
from web.api.described_notes import NOTES_PATHS
from web.api.described_people import PEOPLE_PATHS
from web.api.described_releases import RELEASES_PATHS
from web.api.described_sessions import SESSIONS_PATHS
from web.api.describing import OCTETS, TEXT, UUID, answers, body, files, named, path, query
from web.http.handing_on import media_type_of
from web.http.handing_out import ANYTHING, PLAIN

_DRAFT: Final = {
    "conversation": UUID,
    "kind": {"enum": ["chat", "letter"]},
    "text": TEXT,
    "revision": {"type": "integer", "minimum": 0},
    "page": UUID,
    "turn": {"type": "integer", "minimum": 0},
}
_EXPORTED: Final = frozenset(map(media_type_of, ExportFormat))
_LETTER: Final = {
    "key": UUID,
    "text": TEXT,
    "subject": TEXT,
    "channel": {"const": "web"},
    "in_reply_to": {"type": "integer"},
    "purpose": {"enum": [one.value for one in Purpose]},
    "files": {"type": "array", "items": UUID, "maxItems": AT_MOST},
}
_FILE: Final = {"letter": UUID, "original": {"enum": ["true", "false"]}, "file": OCTETS}
_ARRANGED: Final = {
    "labels": {"type": "array", "items": {"type": "string", "maxLength": LENGTH}, "maxItems": MOST},
    "snoozed_until": {"type": ["string", "null"], "format": "date-time"},
    "assignee": {"type": ["string", "null"], "format": "uuid"},
}
_NUMBER: Final = {
    "name": "number",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}

PATHS: Final[dict[str, Any]] = {
    **PEOPLE_PATHS,
    **INTEGRATING_PATHS,
    **NOTES_PATHS,
    **CARE_PATHS,
    **RELEASES_PATHS,
    **AGREEMENT_PATHS,
    **SESSIONS_PATHS,
    "/sign-ins": {
        "post": {
            "security": [],
            "requestBody": body(
                {
                    "username": TEXT,
                    "password": TEXT,
                    "practice": TEXT,
                    "code": TEXT,
                    "own_device": {"type": "boolean"},
                },
                ["username", "password"],
            ),
            "responses": answers(201, 401, 422, 429, 503),
        }
    },
    "/sign-ins/current": {"delete": {"responses": answers(204, 401)}},
    "/inbox": {"get": {"responses": answers(200, 401, 404)}},
    "/search": {
        "post": {
            "requestBody": body(
                {"q": TEXT, "conversation": UUID, "kind": TEXT, "from": TEXT, "until": TEXT}, ["q"]
            ),
            "responses": answers(200, 401, 404, 409, 422, 429, 503),
        }
    },
    "/inbox/{conversation}": {
        "parameters": [path("conversation")],
        "patch": {"requestBody": body(_ARRANGED, []), "responses": answers(200, 401, 404, 422, 503)},
    },
    "/conversations/{conversation}/messages": {
        "parameters": [path("conversation")],
        "get": {
            "parameters": [query("after"), query("limit")],
            "responses": answers(200, 401, 404, 422),
        },
        "post": {
            "requestBody": body(_LETTER, ["key", "text"]),
            "responses": answers(200, 201, 401, 404, 409, 413, 422, 503),
        },
    },
    "/conversations/{conversation}/messages/{number}/correct": {
        "parameters": [path("conversation"), _NUMBER],
        "post": {
            "requestBody": body({"key": UUID, "text": TEXT}, ["key", "text"]),
            "responses": answers(200, 201, 401, 404, 409, 413, 422, 429, 503),
        },
    },
    "/conversations/{conversation}/messages/{number}/withdraw": {
        "parameters": [path("conversation"), _NUMBER],
        "post": {
            "requestBody": body({"key": UUID}, ["key"]),
            "responses": answers(200, 201, 401, 404, 409, 422, 429, 503),
        },
    },
    "/conversations/{conversation}/read-mark": {
        "parameters": [path("conversation")],
        "put": {
            "requestBody": body({"number": {"type": "integer", "minimum": 1}}, ["number"]),
            "responses": answers(200, 401, 404, 422),
        },
    },
    "/conversations/{conversation}/settle": {
        "parameters": [path("conversation")],
        "post": {
            "requestBody": body({"key": UUID}, ["key"]),
            "responses": answers(200, 201, 401, 404, 409, 422, 503),
        },
    },
    "/conversations/{conversation}/files/{file}": {
        "parameters": [path("conversation"), path("file")],
        "get": {"responses": files({*PLAIN, ANYTHING}, 200, 401, 404, 409)},
        "delete": {"responses": answers(204, 401, 404, 409)},
    },
    "/conversations/{conversation}/files": {
        "parameters": [path("conversation")],
        "post": {
            "requestBody": body(_FILE, ["file"], "multipart/form-data"),
            "responses": answers(201, 401, 404, 409, 413, 422, 429, 503, 507),
        },
    },
    "/drafts": {
        "get": {
            "parameters": [named("conversation"), named("kind")],
            "responses": answers(200, 401, 404, 422),
        }
    },
    "/drafts/{draft}": {
        "parameters": [path("draft")],
        "put": {
            "requestBody": body(_DRAFT, ["conversation", "kind", "text"]),
            "responses": answers(200, 401, 404, 409, 413, 422, 503),
        },
        "delete": {"parameters": [named("conversation")], "responses": answers(204, 401, 404)},
    },
    "/conversations/{conversation}/exports": {
        "parameters": [path("conversation")],
        "post": {
            "requestBody": body(
                {
                    "format": {"enum": [one.value for one in ExportFormat]},
                    "process_notes": {"type": "boolean", "description": "for who cares"},
                },
                ["format"],
            ),
            "responses": answers(202, 401, 403, 404, 422, 429, 503, 507),
        },
    },
    "/practice/exports": {
        "post": {
            "requestBody": body({"format": {"enum": [one.value for one in ExportFormat]}}, ["format"]),
            "responses": answers(202, 401, 403, 404, 422, 429, 503, 507),
        },
    },
    "/exports/{export}": {"parameters": [path("export")], "get": {"responses": answers(200, 401, 404)}},
    "/exports/{export}/file": {
        "parameters": [path("export")],
        "get": {"responses": files(_EXPORTED, 200, 206, 401, 403, 404, 409, 410, 416, 503)},
    },
}


async def openapi(_: Request) -> Response:
    """GET /openapi.json"""
    problem = {
        "type": "object",
        "properties": {"type": TEXT, "title": TEXT, "status": {"type": "integer"}, "detail": TEXT},
    }
    described = {
        "openapi": "3.1.0",
        "info": {"title": "Quietline", "version": "1"},
        "servers": [{"url": "/api/v1"}],
        "security": [{"bearer": []}, {"cookie": []}],
        "paths": PATHS,
        "components": {
            "schemas": {"Problem": problem},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "quietline"},
            },
        },
    }
    return answer(described)
