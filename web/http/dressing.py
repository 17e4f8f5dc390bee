"""What every answer wears: the headers that keep a browser from doing with a page what nobody meant."""

from typing import Final
from urllib.parse import urlsplit, urlunsplit

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.settings import WebSettings

SECURITY_HEADERS: Final = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "manifest-src 'self'; worker-src 'self'; require-trusted-types-for 'script'; "
        "trusted-types default page help push"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


def dress(message: Message, path: str, settings: WebSettings) -> None:
    """Puts them on the beginning of an answer to what was asked at `path`."""
    headers = MutableHeaders(raw=message.setdefault("headers", []))
    # What sends people elsewhere by an address of ours got it from the request's Host: the base URL says where we are.
    elsewhere = urlsplit(headers.get("location", ""))
    if elsewhere.netloc:
        headers["location"] = settings.base_url + urlunsplit(("", "", elsewhere.path, elsewhere.query, ""))
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    if not path.startswith("/static/"):
        headers.setdefault("cache-control", "no-store")
    if settings.secure:
        headers.setdefault("strict-transport-security", "max-age=31536000; includeSubDomains")


class Dressed:
    """The headers alone, for a listener that asks for no Host and serves no pages."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                dress(message, scope["path"], self._settings)
            await send(message)

        await self._app(scope, receive, sending)


def dressed(answer: Response, settings: WebSettings) -> Response:
    """What is answered to an accident goes out around the guard, and is dressed here."""
    dress({"headers": answer.raw_headers}, "", settings)
    return answer
