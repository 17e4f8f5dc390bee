"""Refusals in calm words. What somebody wrote comes back to them, whatever the refusal was."""

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import Scope

from messaging.errors import NotSignedIn, Refusal, SecondFactorDue
from web.http.refusals import headers_of, status_of
from web.pages.parts.asking import form_of, go, local_path, page, plain_page
from web.pages.parts.saying import _, refusal_said
from web.pages.parts.showing import fresh_key
from web.pages.public.views import Trouble, WayOut

KEPT_FIELDS: Final = ("text", "conversation")
LAST_WORDS: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Notes</title></head>
<body><h1>Something went wrong here</h1><p>What was sent before is kept.</p>
<p><a href="/help-now">Help now</a></p>
<form method="post" action="/sign-out"><button>Exit</button></form></body></html>
"""
"""When not even the page for accidents can be made."""


@dataclass(frozen=True, slots=True)
class KeptText:
    """kept_text.html: words that could not be kept here, back in a field of the form they came from."""

    status: int
    action: str
    key: str
    text: str = field(repr=False)
    conversation: str = ""
    detail: str = ""
    way_out: WayOut = field(default_factory=WayOut)


async def refused(request: Request, refusal: Refusal) -> Response:
    """The page for a refusal. An ended sign-in leads to the entrance and back; words that were sent are shown again."""
    status = status_of(refusal)
    if _is_fragment(request):
        return nothing_new(status)
    kept = await _kept(request, refusal) if request.method == "POST" else None
    if kept is not None:
        return _with(page(request, "public/kept_text.html", kept, status), refusal)
    if isinstance(refusal, NotSignedIn) and request.method in ("GET", "HEAD"):
        return go(_entrance(request))
    if isinstance(refusal, SecondFactorDue):
        return go("/account")
    return _with(plain_page(request, "public/error.html", Trouble(status, _detail(refusal)), status), refusal)


async def not_found(request: Request, fault: HTTPException) -> Response:
    """No such page, or no such thing to do with it."""
    if _is_fragment(request):
        return nothing_new(fault.status_code)
    answer = plain_page(request, "public/error.html", Trouble(fault.status_code), fault.status_code)
    answer.headers.update(fault.headers or {})
    return answer


async def failed(request: Request, number: str) -> Response:
    """An accident of ours. Only its number is shown: its text may quote what somebody wrote."""
    if _is_fragment(request):
        return nothing_new(500)
    try:
        return plain_page(request, "public/error.html", Trouble(500, number=number), 500)
    except Exception:  # whatever is broken, templates too: who reads this may need the way to help
        return HTMLResponse(LAST_WORDS, 500)


def turned_away(scope: Scope, status: int, detail: str) -> Response:
    """What is refused before anything of it is looked at, said to people."""
    request = Request(scope)
    if _is_fragment(request):
        return nothing_new(status)
    return plain_page(request, "public/error.html", Trouble(status, _(detail)), status)


def nothing_new(status: int) -> Response:
    """For htmx, which would swap an error page into the middle of another."""
    return Response(status_code=status, headers={"HX-Reswap": "none"})


def _is_fragment(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"


async def _kept(request: Request, refusal: Refusal) -> KeptText | None:
    try:
        fields = await form_of(request)
    except (Refusal, HTTPException):  # what came was no whole form: there is nothing to show again
        return None
    if not fields.get("text", "").strip():
        return None
    text, conversation = (fields.get(name, "") for name in KEPT_FIELDS)
    # The same key: if the first try did reach the record after all, the second one changes nothing.
    key = fields.get("key") or fresh_key()
    return KeptText(status_of(refusal), request.url.path, key, text, conversation, _detail(refusal))


def _entrance(request: Request) -> str:
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    following = local_path(asked)
    return f"/?next={quote(following)}" if following else "/"


def _detail(refusal: Refusal) -> str:
    return "" if refusal.detail == refusal.words else refusal_said(refusal)


def _with(answer: Response, refusal: Refusal) -> Response:
    headers = headers_of(refusal)
    headers.pop("WWW-Authenticate", None)  # people sign in by the page, not by a browser's own dialogue
    answer.headers.update(headers)
    return answer
