"""The API's description of itself (OpenAPI 3.1), kept beside the routes it describes."""

from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from web.api.answers import answer

_UUID: Final = {"type": "string", "format": "uuid"}
_TEXT: Final = {"type": "string"}
_MOMENT: Final = {"type": "string", "format": "date-time"}


def _body(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": required}
    return {"required": bool(required), "content": {"application/json": {"schema": schema}}}


def _answers(*statuses: int) -> dict[str, Any]:
    problem = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    fine = {"content": {"application/json": {"schema": {"type": "object"}}}}
    words = {200: "done", 201: "made", 204: "done", 401: "not signed in", 404: "absent, or not yours"}
    words |= {
        409: "contradicts what stands",
        413: "too long",
        422: "cannot be read",
        429: "too fast",
        503: "try again",
    }
    return {
        str(s): {"description": words[s], **({} if s == 204 else fine if s < 400 else problem)}
        for s in statuses
    }


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": _UUID}


def _query(name: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "integer", "minimum": 0}}


def _named(name: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": True, "schema": _TEXT}


_DRAFT: Final = {
    "conversation": _UUID,
    "kind": {"enum": ["chat", "letter"]},
    "text": _TEXT,
    "revision": {"type": "integer", "minimum": 0},
    "page": _UUID,
    "turn": {"type": "integer", "minimum": 0},
}
_MINUTES: Final = {"type": "integer", "minimum": 5, "maximum": 240}
_BOOK: Final = {"starts": _MOMENT, "minutes": _MINUTES, "key": _UUID}
_OFFER: Final = {"starts": _MOMENT, "ends": _MOMENT, "minutes": _MINUTES, "pause": {"type": "integer"}}
_LETTER: Final = {
    "key": _UUID,
    "text": _TEXT,
    "subject": _TEXT,
    "channel": {"const": "web"},
    "in_reply_to": {"type": "integer"},
}
_CHECK_IN: Final = {
    "key": _UUID,
    "place": _TEXT,
    "region": {"type": "string", "pattern": "^[A-Z]{2}$", "description": "ISO 3166-1 alpha-2"},
    "place_of": _UUID,
    "alone": {"type": "boolean"},
    "phone": _TEXT,
    "phone_of": _UUID,
    "word": _TEXT,
    "new_word": _TEXT,
}
_CLOSING: Final = {"key": _UUID, "text": _TEXT, "homework": _TEXT, "next": _MOMENT}
_RULES: Final = {
    "grace_minutes": {"type": "integer", "minimum": 0, "maximum": 120},
    "plan_b_minutes": {"type": "integer", "minimum": 0, "maximum": 60},
    "reminder_minutes": {"type": "integer", "minimum": 0, "maximum": 20160},
    "code_word": {"type": "boolean"},
    "regions": {"type": "array", "items": _TEXT},
}
_ACT: Final = {
    "name": "act",
    "in": "path",
    "required": True,
    "schema": {"enum": ["open", "extend", "end", "missed"]},
}
_NUMBER: Final = {
    "name": "number",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}

PATHS: Final[dict[str, Any]] = {
    "/sign-ins": {
        "post": {
            "security": [],
            "requestBody": _body(
                {"username": _TEXT, "password": _TEXT, "practice": _TEXT}, ["username", "password"]
            ),
            "responses": _answers(201, 401, 422, 429, 503),
        }
    },
    "/sign-ins/current": {"delete": {"responses": _answers(204, 401)}},
    "/me": {"get": {"responses": _answers(200, 401)}},
    "/conversations": {"get": {"responses": _answers(200, 401)}},
    "/inbox": {"get": {"responses": _answers(200, 401, 404)}},
    "/conversations/{conversation}/messages": {
        "parameters": [_path("conversation")],
        "get": {
            "parameters": [_query("after"), _query("limit")],
            "responses": _answers(200, 401, 404, 422),
        },
        "post": {
            "requestBody": _body(_LETTER, ["key", "text"]),
            "responses": _answers(200, 201, 401, 404, 409, 413, 422, 503),
        },
    },
    "/conversations/{conversation}/messages/{number}/correct": {
        "parameters": [_path("conversation"), _NUMBER],
        "post": {
            "requestBody": _body({"key": _UUID, "text": _TEXT}, ["key", "text"]),
            "responses": _answers(200, 201, 401, 404, 409, 413, 422, 429, 503),
        },
    },
    "/conversations/{conversation}/messages/{number}/withdraw": {
        "parameters": [_path("conversation"), _NUMBER],
        "post": {
            "requestBody": _body({"key": _UUID}, ["key"]),
            "responses": _answers(200, 201, 401, 404, 409, 422, 429, 503),
        },
    },
    "/conversations/{conversation}/read-mark": {
        "parameters": [_path("conversation")],
        "put": {
            "requestBody": _body({"number": {"type": "integer", "minimum": 1}}, ["number"]),
            "responses": _answers(200, 401, 404, 422),
        },
    },
    "/conversations/{conversation}/settle": {
        "parameters": [_path("conversation")],
        "post": {
            "requestBody": _body({"key": _UUID}, ["key"]),
            "responses": _answers(200, 201, 401, 404, 409, 422, 503),
        },
    },
    "/conversations/{conversation}/files/{file}": {
        "parameters": [_path("conversation"), _path("file")],
        "get": {"responses": _answers(200, 401, 404, 409)},
    },
    "/drafts": {
        "get": {
            "parameters": [_named("conversation"), _named("kind")],
            "responses": _answers(200, 401, 404, 422),
        }
    },
    "/drafts/{draft}": {
        "parameters": [_path("draft")],
        "put": {
            "requestBody": _body(_DRAFT, ["conversation", "kind", "text"]),
            "responses": _answers(200, 401, 404, 409, 413, 422, 503),
        },
        "delete": {"parameters": [_named("conversation")], "responses": _answers(204, 401, 404)},
    },
    "/conversations/{conversation}/sessions": {
        "parameters": [_path("conversation")],
        "post": {"requestBody": _body(_BOOK, []), "responses": _answers(201, 401, 404, 409, 422)},
    },
    "/sessions/{session}/check-ins": {
        "parameters": [_path("session")],
        "get": {"responses": _answers(200, 401, 404)},
        "post": {
            "requestBody": _body(_CHECK_IN, ["key", "alone"]),
            "responses": _answers(200, 201, 401, 404, 409, 422, 503),
        },
    },
    "/sessions": {"get": {"responses": _answers(200, 401, 404)}},
    "/sessions/{session}/move": {
        "parameters": [_path("session")],
        "post": {
            "requestBody": _body({"slot": _UUID, "starts": _MOMENT, "minutes": _MINUTES}, []),
            "responses": _answers(200, 401, 404, 409, 422, 503),
        },
    },
    "/sessions/{session}/cancel": {
        "parameters": [_path("session")],
        "post": {"responses": _answers(200, 401, 404, 409, 503)},
    },
    "/slots": {
        "get": {"responses": _answers(200, 401, 404)},
        "post": {
            "requestBody": _body(_OFFER, ["starts"]),
            "responses": _answers(201, 401, 404, 409, 422, 503),
        },
    },
    "/slots/{slot}": {
        "parameters": [_path("slot")],
        "delete": {"responses": _answers(204, 401, 404, 409)},
    },
    "/slots/{slot}/take": {
        "parameters": [_path("slot")],
        "post": {
            "requestBody": _body({"conversation": _UUID, "key": _UUID}, []),
            "responses": _answers(201, 401, 404, 409, 422, 503),
        },
    },
    "/sessions/{session}/closing": {
        "parameters": [_path("session")],
        "post": {
            "requestBody": _body(_CLOSING, ["key", "text"]),
            "responses": _answers(200, 201, 401, 404, 409, 413, 422, 503),
        },
    },
    "/sessions/{session}/record": {
        "parameters": [_path("session")],
        "get": {"responses": _answers(200, 401, 404)},
    },
    "/session-rules": {
        "get": {"responses": _answers(200, 401)},
        "put": {"requestBody": _body(_RULES, []), "responses": _answers(200, 401, 404, 422)},
    },
    "/sessions/{session}/{act}": {
        "parameters": [_path("session"), _ACT],
        "post": {
            "requestBody": _body({"minutes": {"type": "integer"}}, []),
            "responses": _answers(200, 401, 404, 409, 422),
        },
    },
}


async def openapi(_: Request) -> Response:
    """GET /openapi.json"""
    problem = {
        "type": "object",
        "properties": {"type": _TEXT, "title": _TEXT, "status": {"type": "integer"}, "detail": _TEXT},
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
