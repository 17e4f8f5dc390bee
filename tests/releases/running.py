"""A kept release, run as its installation would: its own code, with the libraries that are here."""

import subprocess
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path

from tests.bench.machine import clean_environment
from tests.conftest import RunningServer, started


class Kept:
    """The program of a release."""

    def __init__(self, kept: Path, folder: Path) -> None:
        with tarfile.open(kept / "program.tar.xz") as packed:
            # As an attribute: the parameter came with 3.11.4, and what we ask for is the default of 3.14.
            packed.extraction_filter = getattr(tarfile, "data_filter", None)
            packed.extractall(folder)
        self._folder = folder

    def run(self, settings: dict[str, str], *arguments: str, given: Iterable[str] = ()) -> str:
        """One command; what it wrote. Raises AssertionError with what it said."""
        done = subprocess.run(
            self._command(*arguments),
            cwd=self._folder,
            env=self._environment(settings),
            input="\n".join(given),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def place(self) -> Path:
        """Where the code is that it runs."""
        asked = [sys.executable, "-c", "import web; print(web.__file__)"]
        done = subprocess.run(
            asked, cwd=self._folder, env=self._environment({}), capture_output=True, text=True, check=True
        )
        return Path(done.stdout.strip())

    def serve(self, settings: dict[str, str], *arguments: str) -> RunningServer:
        """Its server."""
        command = self._command("serve", "--json", *arguments)
        return started(command, self._environment(settings), cwd=self._folder)

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "web.cli", *arguments]

    def _environment(self, settings: dict[str, str]) -> dict[str, str]:
        # Before the checkout, which is installed here as well.
        return clean_environment(settings) | {"PYTHONPATH": str(self._folder)}
