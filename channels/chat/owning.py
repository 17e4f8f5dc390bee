"""Whatever a frame asks for has an owner: the hub's group, which one connection's fault does not end."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from messaging.faults import located

log = logging.getLogger(__name__)


def own(group: asyncio.TaskGroup, work: Coroutine[Any, Any, None]) -> None:
    """Begins it in the group, whatever it raises. A group that ends begins nothing more, and its connections end with it."""
    guarded = _guarded(work)
    try:
        group.create_task(guarded)
    except RuntimeError:
        guarded.close()
        work.close()


async def _guarded(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception as fault:  # it answers for the faults it knows; this one is unforeseen
        log.error("a frame was not answered", extra=located(fault))
