"""The description of what concerns people: who is here, one's own ways in, who writes with whom."""

from typing import Any, Final

from messaging.conversations import Kind
from messaging.enquiries.public import NAMES
from messaging.leaving.answer_rules import MOST_DAYS, Weekday
from messaging.people import EmailMode, Identity, Language, Role
from web.api.describing import TEXT, UUID, answers, body, path

_FLAG: Final = {"type": "boolean"}
_MODE: Final = {"enum": [one.value for one in EmailMode]}
_IDENTITY: Final = {"enum": [one.value for one in Identity]}
_LANGUAGE: Final = {"enum": ["", *(one.value for one in Language)]}
_PERSON: Final = {
    "role": {"enum": [one.value for one in Role]},
    "name": TEXT,
    "username": TEXT,
    "email": TEXT,
    "email_mode": _MODE,
    "ref": TEXT,
    "password": TEXT,
    "identity": _IDENTITY,
    "pseudonym": TEXT,
    "language": _LANGUAGE,
}
_CHANGES: Final = {
    "name": TEXT,
    "email": {"type": ["string", "null"]},
    "email_mode": _MODE,
    "active": _FLAG,
    "identity": _IDENTITY,
    "pseudonym": TEXT,
    "language": _LANGUAGE,
    "takes_enquiries": _FLAG,
}
_QUIET: Final = {"type": ["object", "null"], "properties": {"from": TEXT, "until": TEXT}}
_IDS: Final = {"type": "array", "items": UUID}
_CIRCLE: Final = {
    "clients": _IDS,
    "clinicians": _IDS,
    "kind": {"enum": [one.value for one in Kind]},
    "ref": TEXT,
}
_NUMBER: Final = {"type": "object", "properties": {"name": TEXT, "number": TEXT, "when": TEXT}}
_HOLIDAY: Final = {
    "type": "object",
    "properties": {"day": {"type": "string", "format": "date"}, "name": TEXT},
}
_EXIT: Final = {"type": "object", "properties": {"name": TEXT, "url": {"type": "string", "format": "uri"}}}
_PRACTICE: Final = {
    "name": TEXT,
    "time_zone": TEXT,
    "numbers": {"type": "array", "items": _NUMBER},
    "workdays": {"type": "array", "items": {"enum": [one.value for one in Weekday]}},
    "holidays": {"type": "array", "items": _HOLIDAY},
    "identity": {"enum": [one.value for one in Identity]},
    "mail_name": TEXT,
    "mail_subject": TEXT,
    "language": _LANGUAGE,
    "exits": {"type": "array", "items": _EXIT},
    "page": {
        "type": ["object", "string"],
        "properties": {
            **dict.fromkeys(("about", "unsuitable", "waiting"), TEXT),
            "questions": {"type": "array", "items": TEXT},
        },
    },
}

PEOPLE_PATHS: Final[dict[str, Any]] = {
    "/me": {
        "get": {"responses": answers(200, 401)},
        "patch": {
            "requestBody": body({"language": _LANGUAGE}, ["language"]),
            "responses": answers(200, 401, 404, 422, 503),
        },
    },
    "/me/password": {
        "put": {
            "requestBody": body({"old": TEXT, "new": TEXT}, ["old", "new"]),
            "responses": answers(204, 401, 403, 422, 429, 503),
        }
    },
    "/me/device": {
        "put": {
            "requestBody": body({"own": {"type": "boolean"}}, ["own"]),
            "responses": answers(204, 401, 404, 422, 503),
        }
    },
    "/me/told": {
        "put": {
            "requestBody": body(
                {"after_minutes": {"type": ["integer", "null"]}, "quiet": _QUIET}, ["after_minutes"]
            ),
            "responses": answers(204, 401, 404, 422, 503),
        }
    },
    "/me/profile": {
        "get": {"responses": answers(200, 401, 404, 503)},
        "put": {
            "requestBody": body(dict.fromkeys(NAMES, TEXT), []),
            "responses": answers(200, 401, 404, 422, 503),
        },
    },
    "/conversations/{conversation}/enquiry": {
        "post": {
            "requestBody": body(
                {"state": {"enum": ["claimed", "referred", "declined"]}, "to": UUID}, ["state"]
            ),
            "responses": answers(204, 401, 404, 409, 422, 503),
        }
    },
    "/me/absence": {
        "get": {"responses": answers(200, 401, 404, 503)},
        "put": {
            "requestBody": body(
                {"from": TEXT, "until": TEXT, "cover": UUID, "scope": TEXT}, ["from", "until"]
            ),
            "responses": answers(200, 401, 404, 422, 503),
        },
        "delete": {"responses": answers(204, 401, 404, 503)},
    },
    "/me/step-up": {
        "post": {
            "requestBody": body({"password": TEXT, "code": TEXT}, ["password"]),
            "responses": answers(204, 401, 403, 422, 429, 503),
        }
    },
    "/me/step-up/passkey": {
        "get": {"responses": answers(200, 401, 404, 503)},
        "post": {
            "requestBody": body({"credential": {"type": "object"}}, ["credential"]),
            "responses": answers(204, 401, 404, 422, 503),
        },
    },
    "/me/totp": {
        "post": {"responses": answers(201, 401, 403, 503)},
        "put": {
            "requestBody": body({"code": TEXT}, ["code"]),
            "responses": answers(204, 401, 404, 422, 429, 503),
        },
        "delete": {"responses": answers(204, 401, 403, 404)},
    },
    "/me/recovery-codes": {"post": {"responses": answers(201, 401, 403, 404, 503)}},
    "/me/sign-ins": {"get": {"responses": answers(200, 401)}},
    "/me/sign-ins/{sign_in}": {
        "parameters": [path("sign_in")],
        "delete": {"responses": answers(204, 401, 404)},
    },
    "/people": {
        "get": {"responses": answers(200, 401, 404)},
        "post": {
            "requestBody": body(_PERSON, ["role", "name"]),
            "responses": answers(200, 201, 401, 404, 409, 422, 503),
        },
    },
    "/people/{person}": {
        "parameters": [path("person")],
        "patch": {
            "requestBody": body(_CHANGES, []),
            "responses": answers(200, 401, 404, 409, 422, 503),
        },
    },
    "/people/{person}/identity": {
        "parameters": [path("person")],
        "get": {"responses": answers(200, 401, 404)},
        "post": {
            "requestBody": body({"reason": TEXT, "unsafe": _FLAG, "key": TEXT}, ["reason"]),
            "responses": answers(200, 202, 401, 403, 404, 409, 422, 503),
        },
        "put": {
            "requestBody": body({"request": TEXT}, ["request"]),
            "responses": answers(204, 401, 403, 404, 409, 422, 503),
        },
        "delete": {"responses": answers(204, 401, 403, 404, 409, 503)},
    },
    "/people/{person}/identity/open": {
        "parameters": [path("person")],
        "post": {"responses": answers(200, 401, 403, 404, 409, 503)},
    },
    "/people/{person}/way-back": {
        "parameters": [path("person")],
        "put": {"responses": answers(204, 401, 404, 409, 503)},
        "delete": {"responses": answers(204, 401, 404, 503)},
    },
    "/people/{person}/invitation": {
        "parameters": [path("person")],
        "post": {
            "requestBody": body({"mail": _FLAG}, []),
            "responses": answers(201, 401, 404, 409, 422, 503),
        },
        "delete": {"responses": answers(204, 401, 404)},
    },
    "/conversations": {
        "get": {"responses": answers(200, 401)},
        "post": {
            "requestBody": body(_CIRCLE, ["clients", "clinicians"]),
            "responses": answers(200, 201, 401, 404, 409, 422, 503),
        },
    },
    "/conversations/{conversation}/members": {
        "parameters": [path("conversation")],
        "get": {"responses": answers(200, 401, 404)},
    },
    "/conversations/{conversation}/members/{person}": {
        "parameters": [path("conversation"), path("person")],
        "put": {
            "requestBody": body({"from": {"enum": ["now", "start"]}}, []),
            "responses": answers(204, 401, 404, 409, 422, 503),
        },
        "delete": {"responses": answers(204, 401, 404, 409, 503)},
    },
    "/conversations/{conversation}/members/{person}/start": {
        "parameters": [path("conversation"), path("person")],
        "put": {
            "requestBody": body({"agree": _FLAG}, ["agree"]),
            "responses": answers(204, 401, 404, 422, 503),
        },
        "delete": {"responses": answers(204, 401, 404, 503)},
    },
    "/conversations/{conversation}/end": {
        "parameters": [path("conversation")],
        "post": {
            "requestBody": body({"reason": TEXT, "knowingly": _FLAG}, []),
            "responses": answers(200, 401, 404, 409, 413, 422, 503),
        },
        "delete": {"responses": answers(204, 401, 404, 503)},
    },
    "/conversations/{conversation}/readers": {
        "parameters": [path("conversation")],
        "get": {"responses": answers(200, 401, 404)},
    },
    "/conversations/{conversation}/answer-rule": {
        "parameters": [path("conversation")],
        "put": {
            "requestBody": body(
                {
                    "weekday": {"enum": [one.value for one in Weekday]},
                    "by": {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
                    "working_days": {"type": "integer", "minimum": 1, "maximum": MOST_DAYS},
                },
                [],
            ),
            "responses": answers(200, 401, 404, 422, 503),
        },
    },
    "/practice": {"put": {"requestBody": body(_PRACTICE, []), "responses": answers(200, 401, 404, 422, 503)}},
}
