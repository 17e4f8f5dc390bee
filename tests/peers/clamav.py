"""A ClamAV daemon that knows one signature, of a marker of the test's own: the true database is large, and not at hand."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGCONT, SIGSTOP
from socket import AF_UNIX
from socket import socket as Socket

from tests.peers.running import ended, folder, program, until

MARKER = b"quietline marker of a harmful file"
FINDING = "Quietline.Marker.UNOFFICIAL"
STREAM_LIMIT = 1_000_000
CONFIGURATION = """
Foreground yes
User {user}
LocalSocket {here}/socket
LogFile {here}/log
DatabaseDirectory {here}/signatures
TemporaryDirectory {here}
StreamMaxLength {limit}
ConcurrentDatabaseReload no
"""


@dataclass
class Clamav:
    """A running daemon."""

    here: Path
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def socket(self) -> str:
        """Where it listens."""
        return str(self.here / "socket")

    def start(self) -> None:
        """Until it listens."""
        self.process = subprocess.Popen(
            [program("clamd"), "--config-file", str(self.here / "clamd.conf")], stdout=subprocess.DEVNULL
        )
        until(self._listens, "the virus checker")

    def _listens(self) -> bool:
        """The file of a socket is there before anybody takes what comes by it."""
        with Socket(AF_UNIX) as asked:
            return asked.connect_ex(self.socket) == 0

    def die(self) -> None:
        """At once, as of a lack of memory."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            (self.here / "socket").unlink()

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Takes connections and says nothing."""
        assert self.process is not None
        self.process.send_signal(SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(SIGCONT)


@contextmanager
def clamav() -> Iterator[Clamav]:
    """Starts one in a folder of its own."""
    with folder() as here:
        (here / "signatures").mkdir()
        (here / "signatures" / "test.ndb").write_text(f"Quietline.Marker:0:*:{MARKER.hex()}\n")
        me = pwd.getpwuid(os.geteuid()).pw_name
        (here / "clamd.conf").write_text(CONFIGURATION.format(here=here, user=me, limit=STREAM_LIMIT))
        made = Clamav(here)
        try:
            made.start()
            yield made
        finally:
            if made.process is not None:
                with suppress(ProcessLookupError):
                    ended(made.process)
