"""Work beside the event loop: pages are made there, for what they cost is chosen by who wrote what stands on them."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, ParamSpec, TypeVar

from jinja2 import Environment
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

HANDS: Final = 2
"""Threads. Python runs one at a time, and the loop gets its turn after at most 5 ms; two, so that one long page does not
hold up all others."""

P = ParamSpec("P")
R = TypeVar("R")


class Aside:
    """The threads of a house."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(HANDS, "aside")

    async def do(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Computes over values that nobody changes meanwhile."""

        def bound() -> R:
            return work(*args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._threads, bound)

    def close(self) -> None:
        """What waits is not begun any more."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Page(Response):
    """A page that is rendered aside, when it is sent."""

    media_type = "text/html"

    def __init__(self, aside: Aside, templates: Environment, name: str, view: object, status: int) -> None:
        super().__init__(status_code=status)
        self._aside, self._templates, self._name, self._view = aside, templates, name, view

    def _rendered(self) -> bytes:
        return self._templates.get_template(self._name).render(view=self._view).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Renders, then sends. A template that fails raises before anything was sent."""
        self.body: Any = await self._aside.do(self._rendered)
        self.headers["content-length"] = str(len(self.body))
        await super().__call__(scope, receive, send)
