"""The API's description of notes, kept beside the routes it describes."""

from typing import Any, Final

from web.api.describing import TEXT, UUID, answers, body, path

_WRITTEN: Final = {"text": TEXT, "key": UUID, "session": UUID}
_CHANGED: Final = {"text": TEXT, "version": {"type": "integer", "minimum": 1}}
_BEFORE: Final = {"name": "before", "in": "query", "schema": UUID}


def _paths(kind: str) -> dict[str, Any]:
    here = f"/conversations/{{conversation}}/notes/{kind}"
    return {
        here: {
            "parameters": [path("conversation")],
            "get": {"parameters": [_BEFORE], "responses": answers(200, 401, 404, 422)},
            "post": {
                "requestBody": body(_WRITTEN, ["text"]),
                "responses": answers(200, 201, 401, 404, 409, 413, 422, 503, 507),
            },
        },
        f"{here}/{{note}}": {
            "parameters": [path("conversation"), path("note")],
            "get": {"responses": answers(200, 401, 404)},
            "put": {
                "requestBody": body(_CHANGED, ["text"]),
                "responses": answers(200, 401, 404, 409, 413, 422, 503, 507),
            },
            "delete": {"responses": answers(204, 401, 404, 409, 503)},
        },
    }


NOTES_PATHS: Final[dict[str, Any]] = {**_paths("progress"), **_paths("process")}
