"""How many files one person may bring at a time, and how often; and how many are brought and cleaned at all.

One that comes slowly holds a piece of memory and no place that anybody else needs.
"""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from messaging.errors import Busy
from messaging.ids import PersonId
from messaging.trust.pace import Paces, Rate, own_pace

OF_ONE: Final = 2
"""At once: two devices, or two pages."""
IN_ALL: Final = 40
"""At once, each half a megabyte of memory."""
GIVEN: Final = Rate(burst=30, per_second=1 / 20)
"""Files: all that may wait at once, and some more; then one every twenty seconds."""


class UploadDesk:
    """The uploads of a server."""

    def __init__(self, paces: Paces = own_pace) -> None:
        self._here: Counter[PersonId] = Counter()  # bound: IN_ALL
        self._pace = paces("uploads", GIVEN)

    @property
    def busy(self) -> bool:
        """Whether anybody brings something."""
        return bool(self._here)

    @contextmanager
    def place(self, person: PersonId) -> Iterator[None]:
        """Inside, they bring files. Raises Busy."""
        if self._here[person] >= OF_ONE or self._here.total() >= IN_ALL:
            raise Busy
        self._here[person] += 1
        try:
            yield
        finally:
            self._here[person] -= 1
            if not self._here[person]:
                del self._here[person]

    def take(self, person: PersonId) -> None:
        """One file more. Raises TooFast."""
        self._pace.take(person, time.monotonic())
