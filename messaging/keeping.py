"""Who owns what runs for ever: each loop is handed to a keeper, which begins it anew after a fault (`web.keeping`)."""

from collections.abc import Callable, Coroutine
from typing import Any

Loop = Callable[[], Coroutine[Any, Any, None]]
"""Begins a loop. It may be begun again: what it had in hand it has answered or put back before its fault leaves it."""

Keep = Callable[[str, Loop], Coroutine[Any, Any, None]]
"""Runs a loop under a name, whatever happens to it, until cancelled or until the loop ends by itself."""


def alone(_name: str, loop: Loop) -> Coroutine[Any, Any, None]:
    """Without a keeper: a fault ends it. For tests and commands that want to see it."""
    return loop()
