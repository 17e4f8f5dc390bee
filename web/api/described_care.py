"""The API's description of measures, assignments and plans, kept beside the routes it describes."""

from typing import Any, Final

from messaging.assignments.assignment import AssignmentKind, TaskState
from messaging.ending.planning import MOST as REMAIN
from messaging.plans.plan import MOST
from web.api.describing import TEXT, UUID, answers, body, path

_GIVEN: Final = {
    "kind": {"enum": [one.value for one in AssignmentKind]},
    "what": {"type": "string", "description": "a measure's name; the words of a task or resource"},
    "every": {"type": "string", "description": "session, n sessions or n weeks; once where it is absent"},
    "due": {"type": "string", "format": "date"},
    "why": TEXT,
    "key": UUID,
}
_HANDED: Final = {
    "answers": {
        "type": "object",
        "additionalProperties": {"type": "integer"},
        "description": "of a measure: the value chosen for each item, by its id",
    },
    "state": {"enum": [one.value for one in TaskState], "description": "of a task or resource"},
    "text": TEXT,
    "key": UUID,
}
_LANGUAGE: Final = {"name": "language", "in": "query", "schema": TEXT}
_NAME: Final = {"name": "measure", "in": "path", "required": True, "schema": TEXT}

_PART: Final = {
    "type": "object",
    "properties": {"name": TEXT, "text": TEXT},
    "required": ["name", "text"],
}
_PLAN: Final = {
    "parts": {"type": "array", "items": _PART, "minItems": 1, "maxItems": MOST},
    "version": {"type": "integer", "minimum": 0},
    "key": UUID,
}

_DAY: Final = {"type": "string", "format": "date"}
_COUNT: Final = {"type": "integer", "minimum": 0, "maximum": REMAIN}
_ENDING: Final = {
    "day": _DAY,
    "by_itself": {"type": "boolean", "description": "care ends when the day is over"},
    "letters": _COUNT,
    "sessions": _COUNT,
    "write_until": _DAY,
    "elsewhere": TEXT,
    "text": TEXT,
    "key": UUID,
}

CARE_PATHS: Final[dict[str, Any]] = {
    "/measures": {"get": {"parameters": [_LANGUAGE], "responses": answers(200, 401)}},
    "/conversations/{conversation}/assignments": {
        "parameters": [path("conversation")],
        "get": {"responses": answers(200, 401, 404)},
        "post": {
            "requestBody": body(_GIVEN, ["kind", "what"]),
            "responses": answers(200, 201, 401, 404, 409, 413, 422, 503, 507),
        },
    },
    "/conversations/{conversation}/ending": {
        "parameters": [path("conversation")],
        "get": {"responses": answers(200, 401, 404)},
        "put": {
            "requestBody": body(_ENDING, ["day"]),
            "responses": answers(200, 401, 404, 409, 413, 422, 503, 507),
        },
        "delete": {"responses": answers(204, 401, 404, 409, 503)},
    },
    "/conversations/{conversation}/plan": {
        "parameters": [path("conversation")],
        "get": {"responses": answers(200, 401, 404)},
        "put": {
            "requestBody": body(_PLAN, ["parts"]),
            "responses": answers(200, 401, 404, 409, 413, 422, 503, 507),
        },
    },
    "/conversations/{conversation}/plan/remarks": {
        "parameters": [path("conversation")],
        "put": {
            "requestBody": body({"part": TEXT, "text": TEXT, "key": UUID}, ["part", "text"]),
            "responses": answers(200, 401, 404, 409, 413, 422, 503, 507),
        },
    },
    "/assignments/{assignment}": {
        "parameters": [path("assignment")],
        "delete": {"responses": answers(204, 401, 404, 503)},
    },
    "/assignments/{assignment}/answers": {
        "parameters": [path("assignment")],
        "post": {
            "requestBody": body(_HANDED, []),
            "responses": answers(200, 201, 401, 404, 409, 413, 422, 503, 507),
        },
    },
    "/conversations/{conversation}/measures/{measure}": {
        "parameters": [path("conversation"), _NAME],
        "get": {"responses": answers(200, 401, 404)},
    },
}
