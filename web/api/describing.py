"""What descriptions of the API are made of (OpenAPI 3.1)."""

from collections.abc import Iterable
from typing import Any, Final

UUID: Final = {"type": "string", "format": "uuid"}
TEXT: Final = {"type": "string"}
OCTETS: Final = {"type": "string", "format": "binary"}
MOMENT: Final = {"type": "string", "format": "date-time"}


def body(
    properties: dict[str, Any], required: list[str], media_type: str = "application/json"
) -> dict[str, Any]:
    """The body of a request: its fields, and which there must be."""
    schema = {"type": "object", "properties": properties, "required": required}
    return {"required": bool(required), "content": {media_type: {"schema": schema}}}


def answers(*statuses: int) -> dict[str, Any]:
    """What may be answered."""
    problem = {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    fine = {"content": {"application/json": {"schema": {"type": "object"}}}}
    words = {
        200: "done",
        201: "made",
        202: "begun",
        204: "done",
        401: "not signed in",
        404: "absent, or not yours",
    }
    words |= {
        403: "say once more who you are, or set up your second factor first",
        206: "a part",
        409: "contradicts what stands",
        410: "its time is over",
        416: "lies outside",
        507: "no room",
        413: "too long",
        422: "cannot be read",
        429: "too fast",
        503: "try again",
    }
    return {
        str(s): {"description": words[s], **({} if s == 204 else fine if s < 400 else problem)}
        for s in statuses
    }


def files(types: Iterable[str], *statuses: int) -> dict[str, Any]:
    """What may be answered where a file is handed out: octets of one of these types, whole or a part."""
    octets = {one: {"schema": OCTETS} for one in sorted(types)}
    found = answers(*statuses)
    for status in {"200", "206"} & found.keys():
        found[status] = {**found[status], "content": octets}
    return found


def path(name: str) -> dict[str, Any]:
    """An id in the address."""
    return {"name": name, "in": "path", "required": True, "schema": UUID}


def query(name: str) -> dict[str, Any]:
    """A number in the query."""
    return {"name": name, "in": "query", "schema": {"type": "integer", "minimum": 0}}


def named(name: str) -> dict[str, Any]:
    """A text the query must have."""
    return {"name": name, "in": "query", "required": True, "schema": TEXT}
