"""What comes in: JSON objects and ids, strictly read. Every mistake is a Malformed or a NotFound."""

import json
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar
from uuid import UUID

import msgspec
from starlette.requests import Request

from messaging.errors import Malformed, NotFound
from messaging.ids import ConversationId, SessionId, parse_uuid
from messaging.sessions.wall_time import within_years

DIGITS: Final = 12
"""Of a number in an address: more than any of ours, and few enough to be read at once."""


SMALL: Final = 64 * 1024
"""Octets of a body that is read as it comes: whatever it holds takes some milliseconds."""
ITEMS: Final = 200
"""Of a larger one: fields, and elements of one of them. Its octets are to be a text's."""
Choice = TypeVar("Choice", bound=StrEnum)
Flat = str | int | float | bool | None
_LARGE: Final = msgspec.json.Decoder(dict[str, Flat | list[Flat]])


async def json_object(request: Request) -> dict[str, Any]:
    """The body. Raises Malformed for anything but a JSON object (no NaN, no duplicate keys)."""
    raw = await request.body()
    if len(raw) > SMALL:
        _check_flat(raw)
    try:
        held = json.loads(raw, parse_constant=_no_constant, object_pairs_hook=_unique)
    except (ValueError, RecursionError):
        raise Malformed("The body is not JSON.") from None
    if not isinstance(held, dict):
        raise Malformed("The body is not a JSON object.")
    return held


def _check_flat(raw: bytes) -> None:
    """Two megabytes of brackets are half a second of work, and no thread can take it: the parser lets nobody else run."""
    try:
        held = _LARGE.decode(raw)
    except (msgspec.MsgspecError, RecursionError):
        raise Malformed("The body is not JSON that is taken here.") from None
    if len(held) > ITEMS or any(isinstance(one, list) and len(one) > ITEMS for one in held.values()):
        raise Malformed("The body has too many parts.")
    # Of a name that stands a hundred thousand times one is left: what came is to be about as long as what it says.
    escapes = 6 * raw.count(b"\\u") + raw.count(b"\\")
    if len(raw) > len(msgspec.json.encode(held)) + escapes + SMALL:
        raise Malformed("The body has too many parts.")


def only(held: dict[str, Any], *names: str) -> dict[str, Any]:
    """The same, if it has no other fields. Raises Malformed naming those: a misspelt one must not be passed over."""
    unknown = sorted(held.keys() - set(names))
    if unknown:
        raise Malformed(f"Not known here: {', '.join(repr(one[:40]) for one in unknown[:5])}.")
    return held


def text_field(held: dict[str, Any], name: str) -> str:
    """A required string. Raises Malformed."""
    value = held.get(name)
    if not isinstance(value, str):
        raise Malformed(f"`{name}` is missing or not a text.")
    return value


def a_text(held: dict[str, Any], name: str) -> str | None:
    """A string that may be absent or null. Raises Malformed."""
    return None if held.get(name) is None else text_field(held, name)


def id_list(held: dict[str, Any], name: str) -> tuple[UUID, ...]:
    """Ids, where there are some. Raises Malformed."""
    value = held.get(name, [])
    found = [parse_uuid(one) for one in value] if isinstance(value, list) else [None]
    if None in found:
        raise Malformed(f"`{name}` is a list of ids.")
    return tuple(one for one in found if one is not None)


def a_flag(held: dict[str, Any], name: str) -> bool | None:
    """True or false, where it is there. Raises Malformed."""
    value = held.get(name)
    if value is not None and not isinstance(value, bool):
        raise Malformed(f"`{name}` is true or false.")
    return value


def a_choice(held: dict[str, Any], name: str, choices: type[Choice]) -> Choice | None:
    """One of an enumeration, where it is there. Raises Malformed naming them."""
    value = held.get(name)
    if value is None:
        return None
    try:
        return choices(value)
    except ValueError:
        raise Malformed(f"`{name}` is one of {', '.join(one.value for one in choices)}.") from None


def whole_number(raw: str | None, default: int, highest: int = 2**31 - 1) -> int:
    """A number in a query. Raises Malformed."""
    if raw is None:
        return default
    if not raw.isascii() or not raw.isdigit() or len(raw) > DIGITS or int(raw) > highest:
        raise Malformed("A number in the query cannot be read.")
    return int(raw)


def aware_moment(value: object) -> datetime:
    """RFC 3339 with an offset. Raises Malformed."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Malformed("A time is written like 2026-11-22T18:00:00+01:00.")
    return within_years(moment)


def conversation_id(request: Request) -> ConversationId:
    """The conversation of the path. What is no id is not found."""
    found = parse_uuid(request.path_params["conversation"])
    if found is None:
        raise NotFound
    return ConversationId(found)


def session_id(request: Request) -> SessionId:
    """The session of the path. What is no id is not found."""
    found = parse_uuid(request.path_params["session"])
    if found is None:
        raise NotFound
    return SessionId(found)


def _no_constant(_: str) -> None:
    raise ValueError("not JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    held = dict(pairs)
    if len(held) != len(pairs):
        raise ValueError("a key stands twice")
    return held
