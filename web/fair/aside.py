"""Work beside the event loop: pages are made there, for what they cost is chosen by who wrote what stands on them."""

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, Final, ParamSpec, Protocol, TypeVar

from jinja2 import Template
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from web.fair.turns import Line

HANDS: Final = 2
"""Threads. Python runs one at a time, and the loop gets its turn after at most 5 ms; two, so that one long page does not
hold up all others."""
OF_ONE: Final = 1_000
IN_ALL: Final = 10_000
"""Pieces that wait. Bounds only against faults of our own: requests are counted before (`web.fair.visitors`), mails by the
courier."""

P = ParamSpec("P")
R = TypeVar("R")


class Aside:
    """The threads of a house. Whoever causes work has one piece in hand at a time, and they take turns."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(HANDS, "aside")
        self._line = Line(OF_ONE, IN_ALL)
        self._in_hand: set[Hashable] = set()  # bound: HANDS

    async def do(self, whose: Hashable, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Computes over values that nobody changes meanwhile. `whose` it is: a person, a network, a practice's mail."""
        await self._turn(whose)

        here = copy_context()  # in which language somebody is spoken to goes along

        def bound() -> R:
            return here.run(work, *args, **kwargs)

        try:
            running = asyncio.get_running_loop().run_in_executor(self._threads, bound)
        except BaseException:  # the house closes
            self._done(whose)
            raise
        # The hand is free when the thread is, not when somebody stops waiting for it.
        running.add_done_callback(lambda _: self._done(whose))
        return await asyncio.shield(running)

    async def _turn(self, whose: Hashable) -> None:
        place = self._line.join(whose)
        self._call()
        try:
            await place
        except asyncio.CancelledError:
            if place.cancelled():
                self._line.leave(whose, place)
            else:  # called in the very moment of leaving
                self._done(whose)
            raise

    def _done(self, whose: Hashable) -> None:
        self._in_hand.discard(whose)
        self._call()

    def _call(self) -> None:
        while len(self._in_hand) < HANDS and (called := self._line.next(self._in_hand)):
            whose, place = called
            if not place.cancelled():
                self._in_hand.add(whose)
                place.set_result(None)

    def close(self) -> None:
        """What waits is not begun any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Templates(Protocol):
    """Where a page's template is found, in the reader's language."""

    def get_template(self, name: str) -> Template:
        """By room and name."""


class Page(Response):
    """A page that is rendered aside, when it is sent."""

    media_type = "text/html"

    def __init__(
        self, aside: Aside, whose: Hashable, templates: Templates, name: str, view: object, status: int
    ) -> None:
        super().__init__(status_code=status)
        self._aside, self._whose = aside, whose
        self._templates, self._name, self._view = templates, name, view

    def _rendered(self) -> bytes:
        return self._templates.get_template(self._name).render(view=self._view).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Renders, then sends. A template that fails raises before anything was sent."""
        self.body: Any = await self._aside.do(self._whose, self._rendered)
        self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)
