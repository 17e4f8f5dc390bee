"""Work that is done beside the loop, by whoever is there for it."""

from collections.abc import Callable, Hashable
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Beside(Protocol):
    """Where work is done that would hold up everybody else."""

    async def do(self, whose: Hashable, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Computes over values that nobody changes meanwhile. `whose` it is: they take turns."""
