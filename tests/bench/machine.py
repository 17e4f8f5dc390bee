"""The processes a measurement starts, what they use, and how much of the machine others used meanwhile."""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil  # type: ignore[import-untyped]

TICKS: Final = os.sysconf("SC_CLK_TCK")
STOP: Final = 40
"""Seconds a process may take to stop before it is killed."""


@dataclass
class Subject:
    """A server under load: a process we started, and its address."""

    process: "subprocess.Popen[str]"
    http: str

    @property
    def live(self) -> str:
        """The WebSocket address."""
        return self.http.replace("http", "ws", 1) + "/live"

    def cpu(self) -> dict[str, float]:
        """Seconds of CPU used so far, by the server and by its database."""
        used = {"server": 0.0, "database": 0.0}
        for process in self._tree():
            try:
                times = process.cpu_times()
            except psutil.Error:
                continue  # it ended while we looked
            used[self._part(process)] += times.user + times.system
        return used

    def kib(self) -> dict[str, float]:
        """Proportional set size, by the server and by its database."""
        held = {"server": 0.0, "database": 0.0}
        for process in self._tree():
            try:
                held[self._part(process)] += process.memory_full_info().pss / 1024
            except psutil.Error:
                continue
        return held

    def stop(self) -> None:
        """Ends it as an operator would, and by force if it does not."""
        self.process.terminate()
        try:
            self.process.wait(STOP)
        except subprocess.TimeoutExpired:
            self.kill()
        self._forget()

    def kill(self) -> None:
        """Ends it without a word, as a crash would. What it had started lives on."""
        self.process.kill()
        self.process.wait(STOP)
        self._forget()

    def _forget(self) -> None:
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _tree(self) -> Iterable[psutil.Process]:
        try:
            head = psutil.Process(self.process.pid)
            return [head, *head.children(recursive=True)]
        except psutil.Error:
            return []

    def _part(self, process: psutil.Process) -> str:
        return "server" if process.pid == self.process.pid else "database"


def start(
    module: str, *arguments: str, settings: dict[str, str] | None = None, tree: Path | None = None
) -> Subject:
    """Starts `python -m module ...`, of this checkout or that of `tree`, and waits until it says that it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=tree,
        env=clean_environment(settings or {}) | ({} if tree is None else {"PYTHONPATH": str(tree)}),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("{"):
            return Subject(process, json.loads(line)["ready"]["http"])
    raise RuntimeError(f"{module} did not start: exit {process.wait(STOP)}")


def command(
    settings: dict[str, str], *arguments: str, given: Iterable[str], tree: Path | None = None
) -> list[dict[str, Any]]:
    """Runs `quietline ...`, of this checkout or that of `tree`, with lines in and JSON lines out."""
    done = subprocess.run(
        [sys.executable, "-m", "web.cli", *arguments],
        cwd=tree,
        env=clean_environment(settings) | ({} if tree is None else {"PYTHONPATH": str(tree)}),
        input="\n".join(given),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"quietline {' '.join(arguments)} failed: {done.stderr[-500:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def clean_environment(settings: dict[str, str]) -> dict[str, str]:
    """This environment without settings of another installation, and with these."""
    return {**{k: v for k, v in os.environ.items() if not k.startswith("QUIETLINE_")}, **settings}


def allow_many_files() -> None:
    """A socket is a file: raises the soft limit to the hard one, for us and for what we start."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def state() -> dict[str, Any]:
    """What the machine is, and how busy it was before."""
    return {
        "cores": psutil.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "load_before": [round(one, 2) for one in psutil.getloadavg()],
        "python": sys.version.split()[0],
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def busy() -> tuple[float, float]:
    """Seconds all cores were busy, and seconds the host took away, since the machine started."""
    user, nice, system, _, _, irq, soft, steal, *_ = (
        int(one) for one in Path("/proc/stat").read_text("ascii").split("\n", 1)[0].split()[1:]
    )
    return (user + nice + system + irq + soft) / TICKS, steal / TICKS


@dataclass
class Meter:
    """CPU between its making and `read`, in cores: the generator's, the subject's, and everybody else's."""

    subject: Subject
    _began: float = field(default_factory=time.monotonic)
    _busy: tuple[float, float] = field(default_factory=busy)
    _own: float = field(default_factory=time.process_time)
    _used: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        self._used = self.subject.cpu()

    def read(self) -> dict[str, float]:
        """The shares so far. `foreign` above about 0.2 makes a sample a lower bound."""
        seconds = time.monotonic() - self._began
        own, used = time.process_time() - self._own, self.used()
        all_busy, steal = (now - before for now, before in zip(busy(), self._busy, strict=True))
        shares = {
            "generator": own,
            **used,
            "foreign": max(0.0, all_busy - own - sum(used.values())),
            "steal": steal,
        }
        return {name: round(share / seconds, 2) for name, share in shares.items()}

    def used(self) -> dict[str, float]:
        """Seconds of CPU so far, by the server and by its database."""
        return {name: now - self._used[name] for name, now in self.subject.cpu().items()}
