"""HTTP as it arrives: uvicorn's protocol with a bound on every part of a request and on the time it takes.

uvicorn (its version is locked; `tests/web/http/test_http_socket.py` proves what we rely on) takes a header of any length,
for as long as it lasts, and httptools adds each piece to what it has: a megabyte in small pieces is a quadratic wait for
everybody. So bytes go to the parser in small pieces and are counted here, before anything is kept.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, Final, cast
from urllib.parse import urlsplit

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from web.http.callers import Callers

HEAD: Final = 16 * 1024
"""Bytes of request line and header together."""
LINE: Final = 8 * 1024
"""Of one line; what reads a WebSocket's handshake after us takes no more either."""
FIELDS: Final = 100
PIECE: Final = 4 * 1024
"""Bytes the parser is handed at a time: beyond a bound by no more than this."""
FRAMING: Final = 16 * 1024
"""Bytes of chunk headers, their extensions and trailers that a body may have beside as many as it has itself."""
BODY: Final = 8 * 1024 * 1024
"""Bytes of a body at all. What is beyond the guard's bound is only read so that its answer is; this ends it."""
PIPELINED: Final = 8
"""Requests that may wait behind the one that is answered."""

HEAD_SECONDS: Final = 10.0
BODY_SECONDS: Final = 120.0
"""2 MB in this time are what the slowest mobile network still does."""
TAKING_SECONDS: Final = 60.0
"""In which who is answered takes at least what a transport keeps, or nothing more is waited for."""
LINGER: Final = 1.0
"""Between a refusal and the end, so that it is read: a reset at once would overtake it."""
CLOSING: Final = 10.0


Wide = Callable[[str, str], float]
"""By a request's target and content type: in how many seconds a body of any size may come, or 0 for the usual bounds."""


def narrow(_target: str, _content_type: str) -> float:
    """The usual bounds for all."""
    return 0.0


class HttpSocket(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *given: Any, callers: Callers, wide: Wide = narrow, **named: Any) -> None:
        super().__init__(*given, **named)
        self._callers, self._lets_wide = callers, wide
        self._wide = False
        """This request may be as large as the disk, or as files are: taken piece by piece, which holds up the sender."""
        self._sending = False
        self._in_head = True
        self._over = False
        """Refused, or a WebSocket by now: what still comes is not for us."""
        self._came = self._body = self._fields = 0
        self._deadline: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    # ------------------------------------------------------------ from the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody has called, and has so long to say what they want."""
        super().connection_made(cast("asyncio.Transport", transport))
        self._begin()

    def data_received(self, data: bytes) -> None:
        """Bytes, handed on piece by piece."""
        for at in range(0, len(data), PIECE):
            if self._over or self.transport.is_closing():
                return
            if not self._sending:
                self._begin()
            piece = data[at : at + PIECE]
            self._came += len(piece)
            super().data_received(piece)
            self._weigh()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end."""
        self._over = True
        self._callers.gone(self)
        self._cancel()
        if self._stalled is not None:
            self._stalled.cancel()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The other end does not take what we answer."""
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(TAKING_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    # ------------------------------------------------------------ from the parser

    def on_message_begin(self) -> None:
        """Also in the middle of a piece, behind another request."""
        if not self._sending:
            self._begin()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """The target, or a part of it."""
        super().on_url(url)
        if len(self.url) > LINE:
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field. Trailers are not taken: they would come into a header that was looked at already."""
        self._fields += 1
        if self._fields > FIELDS or len(name) + len(value) > LINE:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The application begins, unless something was wrong with the header."""
        self._in_head, self._came, self._body = False, 0, 0
        if not self._over and not _fits(self.url, self.headers, self.parser.get_http_version()):
            self._refuse(HTTPStatus.BAD_REQUEST)
        if len(self.pipeline) >= PIPELINED:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
        if self._over:
            raise _Refused
        kind = next((value for name, value in self.headers if name == b"content-type"), b"")
        seconds = self._lets_wide(self.url.decode("latin-1"), kind.decode("latin-1"))
        self._wide = seconds > 0
        self._wait(seconds or BODY_SECONDS)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._body += len(body)
        if self._wide and self.cycle is not None and not self.cycle.response_complete:
            super().on_body(body)
            return
        if self.cycle is not None and not self.cycle.response_complete:
            self._callers.hold(self, len(body))
        if self._body > BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not self._over:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        if not self._over:
            self._whole()
            super().on_message_complete()

    # ------------------------------------------------------------ what uvicorn does otherwise

    def on_response_complete(self) -> None:
        """Answered; a connection that is closed with it ends, whether the other end reads or not."""
        self._callers.release(self)
        super().on_response_complete()
        if self.transport.is_closing():
            self.loop.call_later(CLOSING, self.transport.abort)

    def timeout_keep_alive_handler(self) -> None:
        """Nothing more came."""
        super().timeout_keep_alive_handler()
        self.loop.call_later(CLOSING, self.transport.abort)

    def handle_websocket_upgrade(self) -> None:
        """The connection is somebody else's from here."""
        self._over = True
        self._callers.gone(self)
        self._cancel()
        super().handle_websocket_upgrade()

    def send_400_response(self, msg: str) -> None:
        """What was no HTTP, unless it is refused already."""
        if not self._over:
            self._refuse(HTTPStatus.BAD_REQUEST)

    def too_many(self) -> None:
        """Others need the place."""
        self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)

    # ------------------------------------------------------------

    def _begin(self) -> None:
        self._sending = self._in_head = True
        self._came = self._body = self._fields = 0
        address = self.client[0] if self.client else ""
        if not self._callers.began(self, address, self.loop.time(), self._later):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self._wait(HEAD_SECONDS)

    def _later(self, seconds: float, look: Any) -> None:
        self.loop.call_later(seconds, lambda: look(self.loop.time()))

    def _whole(self) -> None:
        self._sending, self._in_head, self._came = False, True, 0
        self._callers.whole(self)
        self._cancel()

    def _weigh(self) -> None:
        if self._over:
            return
        if self._in_head and self._came > HEAD:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif not self._in_head and self._came - self._body > FRAMING + self._body:
            self._refuse(HTTPStatus.BAD_REQUEST)

    def _wait(self, seconds: float) -> None:
        self._cancel()
        self._deadline = self.loop.call_later(seconds, partial(self._refuse, HTTPStatus.REQUEST_TIMEOUT))

    def _cancel(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: HTTPStatus) -> None:
        """Says why, where it can still be said, and ends. Nothing more is read; the kernel keeps what comes."""
        if self._over or self.transport.is_closing():
            return
        self._over = True
        cycle = self.cycle
        answered = (
            cycle is not None and cycle.response_started and not (cycle.response_complete and self._in_head)
        )
        silent = self._came == 0 and self._in_head  # a browser's spare connection is closed without a word
        self._callers.gone(self)
        self._cancel()
        self._unset_keepalive_if_required()
        self.pipeline.clear()
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        if answered or silent:
            self.transport.close()
            self.loop.call_later(CLOSING, self.transport.abort)
            return
        self.flow.pause_reading()
        self.transport.write(_refusal(status))
        self.transport.write_eof()
        self.loop.call_later(LINGER, self.transport.abort)


class _Refused(Exception):
    """Ends the parser; nobody sees it."""


def _refusal(status: HTTPStatus) -> bytes:
    words = status.phrase.encode()
    more = b"retry-after: 5\r\n" if status is HTTPStatus.SERVICE_UNAVAILABLE else b""
    head = b"HTTP/1.1 %d %s\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n%sconnection: close\r\n\r\n"
    return head % (status, words, len(words), more) + words


def _fits(target: bytes, headers: list[tuple[bytes, bytes]], version: str) -> bool:
    """One Host (RFC 9112, 3.2), and a target that names no other (3.2.2): of two, another reader may take the other.

    HTTP/1.0 has none, and some load balancers ask so whether we are ready; the guard lets them ask nothing else.
    """
    hosts = [value for name, value in headers if name == b"host"]
    if not hosts and version == "1.0":
        return target.startswith(b"/")
    if len(hosts) != 1:
        return False
    if target.startswith(b"/") or target == b"*":
        return True
    try:
        named = urlsplit(target.decode("ascii"))
    except ValueError:
        return False
    return named.scheme in ("http", "https") and named.netloc.lower() == hosts[0].decode("latin-1").lower()
