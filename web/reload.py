"""SIGHUP: whoever has something to read or to do anew waits for it. Where nobody has, it ends the process, as ever."""

import asyncio
import signal
from dataclasses import dataclass, field


@dataclass(slots=True)
class Reload:
    """Those who wait for it in this process."""

    _asked: list[asyncio.Event] = field(default_factory=list)  # bound: one for each part that can be told

    def asked(self) -> asyncio.Event:
        """Set at each SIGHUP from now on; whoever waits clears it."""
        event = asyncio.Event()
        self._asked.append(event)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self.tell)
        return event

    def tell(self) -> None:
        """Everybody."""
        for event in self._asked:
            event.set()
