"""What nobody should send: values of every wrong kind, in JSON and in forms, and requests that need no server."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode
from uuid import uuid4

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from web.app import application
from web.pages.parts.rendering import Templates
from web.state import House

MEGABYTE: Final = 1_000_000
DEEP: Final = 100_000
EDGES: Final = (
    "9999-12-31T23:59:59+00:00",
    "9999-12-31T23:59:59.999999-14:00",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z",
    "2027-02-30T00:00:00Z",
    "2027-01-01T00:00:00",
    "1969-12-31T23:59:59Z",
)
TEXTS: Final = (
    "",
    " ",
    "\x00",
    "a\x00b",
    "\ud800",
    "a\udfffb",
    "\U0001f700" * 100,
    "\u202e\u2066",
    "9" * 5000,
    "-1",
    "NaN",
    "\u0663",
    "\u00b2",
    "../../etc/passwd",
    "<script>",
    "00000000-0000-0000-0000-000000000000",
    "9999-12-31",
    "0001-01-01",
    "23:59",
)
VALUES: Final[tuple[Any, ...]] = (
    *TEXTS,
    *EDGES,
    None,
    True,
    False,
    -1,
    0,
    2**31,
    2**63,
    2**70,
    10**12,
    10**30,
    10**400,
    0.5,
    -0.0,
    1e308,
    [],
    [[[[]]]],
    ["\ud800"],
    [None],
    {},
    {"a": {"b": [1]}},
)
FORM_TEXTS: Final = (
    "",
    "a\x00b",
    "9" * 5000,
    "\u00b2",
    "-1",
    "9999-12-31",
    "0001-01-01",
    "9999-12-31T23:59",
    "0001-01-01T00:00",
    "23:59",
)
"""The sharpest: forms have many fields, and in UTF-8 no lone surrogates."""
BODIES: Final = (
    b"",
    b"\xff\xfe",
    b"null",
    b"[]",
    b'"\\ud800"',
    b"[" * DEEP,
    b'{"a":' * DEEP,
    b"NaN",
    b'{"minutes": NaN, "starts": Infinity}',
    b'{"minutes": 1e999}',
    b'{"minutes": ' + b"9" * 5000 + b"}",
    b'{"key": 1, "key": 2}',
    b'{"\\ud800": "\\ud800"}',
)
PATHS: Final = (
    "\x00",
    "\u0663",
    "\u00b2",
    "..",
    "9" * 5000,
    "-1",
    "x" * 5000,
    "00000000-0000-0000-0000-000000000000",
)
"""As a server hands them on: what is no UTF-8 in a path has become U+FFFD."""
CHARSETS: Final = (
    "unicode_escape",
    "raw_unicode_escape",
    "idna",
    "punycode",
    "undefined",
    "utf-16",
    "utf-7",
    "hex",
    "nobody",
)


TEMPLATES: Final = Templates()
"""Compiled once: it takes longer than most tests."""


@dataclass(frozen=True)
class Reply:
    """What came back; `fault` is what escaped the application."""

    status: int
    fault: str = ""
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def calm(self) -> bool:
        """Neither an accident nor silence."""
        return 200 <= self.status < 500 and not self.fault

    @property
    def text(self) -> str:
        """The page as its source."""
        return self.body.decode()


@dataclass
class Door:
    """The application, asked without a network: a request is a call."""

    house: House
    extra: list[BaseRoute] | None = None

    def __post_init__(self) -> None:
        self._app: Starlette = application(self.house, self.extra)
        self._state = {"house": self.house, "templates": TEMPLATES}

    async def ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """One request."""
        where, _, query = path.partition("?")
        held = {"host": "127.0.0.1:8000", "content-length": str(len(body)), **headers}
        scope = {
            "type": "http",
            "asgi": {
                "version": "3.0",
                "spec_version": "2.4",
            },  # who sends hears of a disconnection: nobody listens for it
            "http_version": "1.1",
            "method": method,
            "path": where,
            "raw_path": quote(where).encode(),
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode("latin-1")) for name, value in held.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
            "scheme": "http",
            "root_path": "",
            "state": dict(self._state),
        }
        parts = iter([{"type": "http.request", "body": body, "more_body": False}])
        status, came, sent = 0, dict[str, str](), bytearray()

        async def receive() -> Any:
            return next(parts, {"type": "http.disconnect"})

        async def send(message: Any) -> None:
            nonlocal status, came
            status = message.get("status", status)
            if "headers" in message:
                came = {name.decode().lower(): value.decode("latin-1") for name, value in message["headers"]}
            sent.extend(message.get("body", b""))

        try:
            await self._app(scope, receive, send)
        except Exception as fault:  # whatever escapes the application is what is looked for
            return Reply(status, f"{type(fault).__name__}: {fault}"[:200], bytes(sent), came)
        return Reply(status, "", bytes(sent), came)


def spoiled(fine: Mapping[str, Any], values: tuple[Any, ...]) -> Iterator[dict[str, Any]]:
    """The object with one field at a time gone bad."""
    for name in fine:
        yield {other: fine[other] for other in fine if other != name}
        for value in values:
            yield {**fine, name: value}


def as_json(value: Any) -> bytes:
    """With lone surrogates as escapes, as programs write them."""
    return json.dumps(value).encode()


def as_form(fields: Mapping[str, str]) -> bytes:
    """Urlencoded, whatever the characters are."""
    return urlencode(fields, errors="surrogatepass").encode()


def as_multipart(fields: Mapping[str, str]) -> bytes:
    """Parts without more than a name."""
    parts = [
        b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (name.encode(), value.encode("utf-8", "surrogatepass"))
        for name, value in fields.items()
    ]
    return b"".join(parts) + b"--b--\r\n"


def fine_value(schema: Mapping[str, Any]) -> Any:
    """Something the schema allows."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "uuid":
        return str(uuid4())
    if schema.get("format") == "date-time":
        return (datetime.now(UTC) + timedelta(days=2)).isoformat()
    kind = schema["type"] if isinstance(schema["type"], str) else schema["type"][0]
    return {"integer": 50, "boolean": True, "array": ["AT"], "string": "AT", "object": {}}[kind]
