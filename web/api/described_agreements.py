"""The API's description of documents and agreements, kept beside the routes it describes."""

from typing import Any, Final

from messaging.agreements.documents import LANGUAGE
from messaging.agreements.exchange import EXCHANGES, WORDS
from messaging.conversations import Working
from messaging.leaving.answer_rules import MOST_DAYS, Weekday
from messaging.memory.exchanges import ReplyKind
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

_NUMBERED: Final = {
    "name": "number",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1},
}
_ANSWERS: Final = {
    "type": "object",
    "properties": {
        "weekday": {"enum": [one.value for one in Weekday]},
        "by": TEXT,
        "working_days": {"type": "integer", "minimum": 1, "maximum": MOST_DAYS},
    },
    "description": "when letters are answered; as before where it is absent",
}
_TERMS: Final = {
    "answers": _ANSWERS,
    "words": {
        "type": ["integer", "null"],
        "minimum": WORDS[0],
        "maximum": WORDS[-1],
        "description": "about how many a letter has; never a limit",
    },
    "exchanges": {"type": ["integer", "null"], "minimum": EXCHANGES[0], "maximum": EXCHANGES[-1]},
    "goes_on": {"type": "boolean", "description": "answers that came before are counted too"},
    "key": UUID,
}

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
    "/conversations/{conversation}/exchange-contract": {
        "parameters": [path("conversation")],
        "get": {"responses": answers(200, 401, 404)},
        "put": {
            "requestBody": body(_TERMS, []),
            "responses": answers(200, 401, 404, 409, 413, 422, 503, 507),
        },
    },
    "/conversations/{conversation}/exchange-contract/accept": {
        "parameters": [path("conversation")],
        "post": {
            "requestBody": body({"proposal": UUID}, ["proposal"]),
            "responses": answers(200, 401, 404, 409, 413, 422, 503, 507),
        },
    },
    "/conversations/{conversation}/messages/{number}/kind": {
        "parameters": [path("conversation"), _NUMBERED],
        "put": {
            "requestBody": body({"kind": {"enum": [one.value for one in ReplyKind]}}, ["kind"]),
            "responses": answers(200, 401, 404, 409, 413, 422, 503, 507),
        },
    },
}
