"""Where something unforeseen went wrong, without what it said: the text of an exception may quote what somebody wrote.

Neither texts nor local variables are touched here, only types and places: `module:function:line` of our own code, and of the
library frame in which it ended.
"""

from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any, Final

FLOORS: Final = frozenset({"messaging", "threads", "channels", "web"})
FRAMES: Final = 12
"""Of one fault, the innermost; a recursion would fill the log."""
WITHIN: Final = 4
"""Causes, or members of a group, that are named with it."""


def located(fault: BaseException) -> dict[str, Any]:
    """For a log line's `extra`: `fault` (the type), `frames`, and `within` (what it came from, or is made of)."""
    told: dict[str, Any] = {"fault": _kind(fault), "frames": _frames(fault.__traceback__)}
    below = [f"{_kind(one)} at {(_frames(one.__traceback__) or ['nowhere'])[-1]}" for one in _below(fault)]
    return told | ({"within": below} if below else {})


def _kind(fault: BaseException) -> str:
    kind = type(fault)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _frames(trace: TracebackType | None) -> list[str]:
    every = list(_walk(trace))
    ours = [place for place, is_ours in every if is_ours]
    ended_in = [place for place, is_ours in every[-1:] if not is_ours]
    return [*ours, *ended_in][-FRAMES:]


def _walk(trace: TracebackType | None) -> Iterator[tuple[str, bool]]:
    while trace is not None:
        module = _module(trace.tb_frame)
        yield (
            f"{module}:{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}",
            module.partition(".")[0] in FLOORS,
        )
        trace = trace.tb_next


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", "unknown"))


def _below(fault: BaseException) -> list[BaseException]:
    """Each once, though they may refer to each other in a circle."""
    found: list[BaseException] = []
    waiting = [fault]
    while waiting and len(found) <= WITHIN:
        one = waiting.pop(0)
        if one in found:
            continue
        found.append(one)
        if isinstance(one, BaseExceptionGroup):
            waiting.extend(one.exceptions)
        came_from = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
        if came_from is not None:
            waiting.append(came_from)
    return found[1 : WITHIN + 1]
