"""The listeners: SMTP and LMTP on the running loop, by TCP or a Unix socket."""

import asyncio
import contextlib
import errno
import logging
import os
import socket
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from channels.email.arriving.dialog import CLOSING, Dialog, LmtpDialog
from channels.email.arriving.doorkeeper import Doorkeeper
from channels.email.arriving.reception import Reception
from channels.email.terms import DialogLimits, Listening

BACKLOG: Final = 512


class Listeners:
    """All listeners of a process. `start` raises OSError when an address is taken."""

    def __init__(
        self, reception: Reception, wanted: Sequence[Listening], limits: DialogLimits | None = None
    ) -> None:
        self._reception = reception
        self._wanted = wanted
        self._doorkeeper = Doorkeeper(limits or DialogLimits(), reception.terms.is_border)
        self._servers: list[asyncio.Server] = []  # bound: one for each listener wanted
        self.addresses: list[tuple[str, str]] = []  # bound: one for each listener wanted
        """Protocol, and HOST:PORT or path: where they listen, once they do."""

    async def start(self) -> None:
        """Listens. What was opened is closed again when one of them fails."""
        # aiosmtpd logs every command, and commands name addresses.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)
        try:
            for one in self._wanted:
                self._servers.append(await self._listen(one))
        except BaseException:  # nothing must keep listening when the start fails
            await self.stop()
            raise

    async def _listen(self, one: Listening) -> asyncio.Server:
        speaks = LmtpDialog if one.protocol == "lmtp" else Dialog
        loop = asyncio.get_running_loop()

        def made() -> Dialog:
            return speaks(self._reception, self._doorkeeper, one)

        if one.path is not None:
            _must_be_free(one.path)
            server = await loop.create_unix_server(made, one.path, backlog=BACKLOG)
            self.addresses.append((one.protocol, one.path))
            return server
        server = await loop.create_server(made, one.host or None, one.port, backlog=BACKLOG)
        host, port = server.sockets[0].getsockname()[:2]
        self.addresses.append((one.protocol, f"[{host}]:{port}" if ":" in host else f"{host}:{port}"))
        return server

    async def stop(self) -> None:
        """Takes no more; letters whose commit is under way get their answer, everyone else 421."""
        door = self._doorkeeper
        door.closing = True
        for server in self._servers:
            server.close()
        tasks = [dialog.task for dialog in door.inside]
        for dialog in list(door.inside):
            if not dialog.busy:
                dialog.dismiss(CLOSING)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(door.limits.goodbye):
                await door.empty.wait()
        for dialog in list(door.inside):
            dialog.cut()
        if tasks:
            await asyncio.wait(tasks, timeout=door.limits.goodbye)
        await self._reception.drain()
        for server in self._servers:
            await server.wait_closed()
        self._servers.clear()
        for _, path in self.addresses:
            if path.startswith("/"):
                Path(path).unlink(missing_ok=True)  # noqa: ASYNC240 - one file, at the end


def _must_be_free(path: str) -> None:
    """Raises OSError. The loop removes any socket of that name before it binds, also one that another server listens on."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise OSError(errno.ENOTSOCK, os.strerror(errno.ENOTSOCK))
    with socket.socket(socket.AF_UNIX) as asking:
        asking.setblocking(False)
        try:
            asking.connect(path)
        except ConnectionRefusedError:  # left behind by one that is gone
            return
        except BlockingIOError:  # it listens, and many wait there
            pass
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
