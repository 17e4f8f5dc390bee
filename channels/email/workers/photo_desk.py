"""Photos that are uploaded, cleaned in the box, a few at a time: each is held whole meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from channels.email.workers.clean_worker import Clean, Clear
from channels.photos.cleaning import CLEANED

AT_ONCE: Final = 2


class Hands(Protocol):
    """Where it is done (`reading_room`)."""

    async def clean(self, question: Clean) -> Clear | None:
        """None: it could not be done within the limits. Raises Busy."""


class PhotoDesk:
    """The port `messaging.letters.uploads.Photos`."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands
        self._places = asyncio.Semaphore(AT_ONCE)

    def cleans(self, content_type: str) -> bool:
        """Whether it is of a kind that is cleaned."""
        return content_type in CLEANED

    async def clean(self, content_type: str, whole: Callable[[], Awaitable[bytes]]) -> bytes | None:
        """The photo without what its camera wrote; None: it could not be done."""
        async with self._places:  # bound: as many wait as may upload at once
            told = await self._hands.clean(Clean(content_type, await whole()))
        return None if told is None else told.photo
