"""Of what is found, as many as are told: the newest. What is older than all of them need not be looked at."""

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime

from messaging.searching.opening import Hit


class Newest:
    """Of one search."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._heap: list[datetime] = []  # bound: `most`; the oldest of those told first
        self.all = True
        """Nothing was found that is not told."""

    @property
    def oldest(self) -> datetime | None:
        """Of as many as are told, the oldest; None while there are fewer."""
        return self._heap[0] if len(self._heap) == self._most else None

    def of(self, hits: Iterable[Hit]) -> Iterator[Hit]:
        """Those that may be among the newest."""
        for hit in hits:
            if self.oldest is None:
                heapq.heappush(self._heap, hit.at)
            else:
                self.all = False
                if hit.at <= heapq.heappushpop(self._heap, hit.at):
                    continue
            yield hit
