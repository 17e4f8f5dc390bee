"""The API's description of sessions, offered times and check-ins, kept beside the routes it describes."""

from typing import Any, Final

from web.api.describing import MOMENT, TEXT, UUID, answers, body, path

_MINUTES: Final = {"type": "integer", "minimum": 5, "maximum": 240}
_REPEAT: Final = {
    "type": "object",
    "properties": {name: {"type": "integer", "minimum": 1} for name in ("weeks", "count")},
    "required": ["weeks", "count"],
    "description": "every so many weeks, so many in all, on the practice's clock: the answer is {sessions}",
}
_BOOK: Final = {"starts": MOMENT, "minutes": _MINUTES, "repeat": _REPEAT, "key": UUID}
_OFFER: Final = {
    "starts": MOMENT,
    "ends": MOMENT,
    "minutes": _MINUTES,
    "pause": {"type": "integer"},
    "repeat": _REPEAT,
}
_CHECK_IN: Final = {
    "key": UUID,
    "place": TEXT,
    "region": {"type": "string", "pattern": "^[A-Z]{2}$", "description": "ISO 3166-1 alpha-2"},
    "place_of": UUID,
    "alone": {"type": "boolean"},
    "phone": TEXT,
    "phone_of": UUID,
    "word": TEXT,
    "new_word": TEXT,
}
_CLOSING: Final = {"key": UUID, "text": TEXT, "homework": TEXT, "next": MOMENT}
_RULES: Final = {
    "grace_minutes": {"type": "integer", "minimum": 0, "maximum": 120},
    "plan_b_minutes": {"type": "integer", "minimum": 0, "maximum": 60},
    "reminder_minutes": {"type": "integer", "minimum": 0, "maximum": 20160},
    "code_word": {"type": "boolean"},
    "regions": {"type": "array", "items": TEXT},
    "cancel_minutes": {"type": "integer", "minimum": 0, "maximum": 10080},
}
_MARGINS: Final = {
    "before": {"type": "integer", "minimum": 0, "maximum": 120},
    "after": {"type": "integer", "minimum": 0, "maximum": 120},
    "notice": {"type": "integer", "minimum": 0, "maximum": 20160},
}
_ACT: Final = {
    "name": "act",
    "in": "path",
    "required": True,
    "schema": {"enum": ["open", "extend", "end", "missed"]},
}
SESSIONS_PATHS: Final[dict[str, Any]] = {
    "/conversations/{conversation}/sessions": {
        "parameters": [path("conversation")],
        "post": {"requestBody": body(_BOOK, []), "responses": answers(201, 401, 404, 409, 422)},
    },
    "/sessions/{session}/check-ins": {
        "parameters": [path("session")],
        "get": {"responses": answers(200, 401, 404)},
        "post": {
            "requestBody": body(_CHECK_IN, ["key", "alone"]),
            "responses": answers(200, 201, 401, 404, 409, 422, 503),
        },
    },
    "/conversations/{conversation}/whereabouts": {
        "parameters": [path("conversation")],
        "get": {"responses": answers(200, 401, 404)},
    },
    "/sessions": {"get": {"responses": answers(200, 401, 404)}},
    "/sessions/{session}/move": {
        "parameters": [path("session")],
        "post": {
            "requestBody": body({"slot": UUID, "starts": MOMENT, "minutes": _MINUTES}, []),
            "responses": answers(200, 401, 404, 409, 422, 503),
        },
    },
    "/sessions/{session}/cancel": {
        "parameters": [path("session")],
        "post": {"responses": answers(200, 401, 404, 409, 503)},
    },
    "/me/margins": {
        "get": {"responses": answers(200, 401, 404)},
        "put": {"requestBody": body(_MARGINS, []), "responses": answers(200, 401, 404, 422)},
    },
    "/slots": {
        "get": {"responses": answers(200, 401, 404)},
        "post": {
            "requestBody": body(_OFFER, ["starts"]),
            "responses": answers(201, 401, 404, 409, 422, 503),
        },
    },
    "/slots/{slot}": {
        "parameters": [path("slot")],
        "delete": {"responses": answers(204, 401, 404, 409)},
    },
    "/slots/{slot}/take": {
        "parameters": [path("slot")],
        "post": {
            "requestBody": body({"conversation": UUID, "key": UUID}, []),
            "responses": answers(201, 401, 404, 409, 422, 503),
        },
    },
    "/sessions/{session}/closing": {
        "parameters": [path("session")],
        "post": {
            "requestBody": body(_CLOSING, ["key", "text"]),
            "responses": answers(200, 201, 401, 404, 409, 413, 422, 503),
        },
    },
    "/sessions/{session}/record": {
        "parameters": [path("session")],
        "get": {"responses": answers(200, 401, 404)},
    },
    "/session-rules": {
        "get": {"responses": answers(200, 401)},
        "put": {"requestBody": body(_RULES, []), "responses": answers(200, 401, 404, 422)},
    },
    "/sessions/{session}/{act}": {
        "parameters": [path("session"), _ACT],
        "post": {
            "requestBody": body({"minutes": {"type": "integer"}}, []),
            "responses": answers(200, 401, 404, 409, 422),
        },
    },
}
