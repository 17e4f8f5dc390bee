"""The box around what reads letters: tried from inside, wall by wall, and with walls that the kernel does not offer."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from channels.email.box import landlock
from channels.email.box.entering import Box
from channels.email.examining.boxes import tried
from channels.email.workers import (
    clean_worker,
    judge_worker,
    parse_worker,
    probe_worker,
    reading_room,
    unlock_worker,
)
from channels.email.workers.probe_worker import Tried
from tests.house.tree import ROOT, sources

AS_ROOT = os.geteuid() == 0
SECCOMP = "calls that lead out are refused (seccomp)"
LANDLOCK = "only libraries can be read (Landlock)"
NETWORK = "a network without interfaces"


def offered(step: str) -> bool:
    """Whether this kernel offers a wall to this user, asked in a process that may be spoiled."""
    asked = {
        LANDLOCK: "landlock.version()",
        NETWORK: "entering._leave_network()",
        SECCOMP: "kernel.prctl(38, 1); filtering.restrict(network=False)",
    }[step]
    script = f"from channels.email.box import entering, filtering, kernel, landlock\n{asked}"
    return (
        subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, check=False).returncode
        == 0
    )


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[tuple[Path, Path, Path]]:
    """What a hijacked parser would like: the key, the database's socket, a place to write."""
    (key := tmp_path / "master.key").write_text("secret")
    key.chmod(0o600)
    with socket.socket(socket.AF_UNIX) as database:
        database.bind(str(tmp_path / "db"))
        database.listen()
        yield key, tmp_path / "db", tmp_path


@pytest.mark.parametrize("box", Box)
async def test_nothing_gets_out_of_the_box(outside: tuple[Path, Path, Path], box: Box) -> None:
    found = await tried(box, *outside)
    assert found is not None
    holds = {wall.name: wall.holds for wall in found.walls}
    expected = {step for step in (LANDLOCK, SECCOMP, NETWORK) if offered(step)}
    if box is Box.NAMES:
        expected -= {NETWORK}
    assert {step for step, held in holds.items() if held} >= expected | {
        "no capabilities",
        "no new privileges",
    }
    if {LANDLOCK, SECCOMP} <= expected:
        assert found.got_out == []
    assert not [wall for wall in found.walls if wall.holds == bool(wall.why)], "what does not hold says why"


def without(outside: tuple[Path, Path, Path], *missing: str) -> Tried:
    """The same on a kernel, or in a container, that does not offer some of it."""
    script = f"""
import sys
from channels.email.workers import probe_worker as probing
from channels.email.box import entering, filtering, kernel, landlock
def refused(*_, **__): raise OSError(1, "Operation not permitted")
for name in {missing!r}:
    module, _, function = name.partition(".")
    setattr(getattr(entering, module), function, refused)
key, unix, port, folder = sys.argv[1:]
walls = entering.enter(entering.Box.SEALED)
found = probing.attempt(probing.Attempt(key, unix, int(port), folder), entering.Box.SEALED, walls)
print(len([wall for wall in walls if not wall.holds]), *found.got_out, sep="|")
"""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        key, unix, folder = map(str, outside)
        command = [sys.executable, "-c", script, key, unix, str(listening.getsockname()[1]), folder]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return Tried([], done.stdout.strip().split("|")[1:])


@pytest.mark.skipif(
    not (offered(SECCOMP) and offered(LANDLOCK)), reason="this kernel offers neither to fall back on"
)
def test_what_a_kernel_does_not_offer_is_left_out_and_the_rest_holds(
    outside: tuple[Path, Path, Path],
) -> None:
    # A container whose profile forbids new namespaces: the filter still lets nobody near the network.
    assert without(outside, "kernel.unshare").got_out == []
    # No filter: files stay closed by Landlock, the network by the namespace, processes by the limit.
    no_filter = without(outside, "filtering.restrict").got_out
    assert not {
        "read the master key",
        "write a file",
        "reach the network",
        "read the server's environment",
    } & set(no_filter)
    # No Landlock: what the server can read can be read; nothing can be written, reached or started.
    assert set(without(outside, "landlock.restrict").got_out) <= {
        "read the master key", "read the server's environment",
    }  # fmt: skip
    # Neither namespaces nor Landlock nor the filter: the probe sees what is open, so it can fail.
    every = ("kernel.unshare", "landlock.restrict", "filtering.restrict")
    assert "reach the network" in without(outside, *every).got_out


@pytest.mark.skipif(not AS_ROOT, reason="only root can become somebody else")
def test_a_worker_started_by_root_runs_as_nobody_elses_account_where_it_can_reach_python() -> None:
    script = (
        "import os; from channels.email.box.entering import *\n"
        "walls = {wall.name: wall.holds for wall in enter(Box.SEALED)}\n"
        "import encodings.cp037\n"
        "print(walls['an account of its own'], os.geteuid(), len(os.getgroups()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT)},
    )
    switched, uid, groups = done.stdout.split()
    assert groups == "0"
    assert (switched == "True") == (int(uid) != 0)


def test_landlock_says_its_version_or_that_there_is_none() -> None:
    try:
        assert landlock.version() >= 1
    except OSError as fault:
        assert fault.errno in (38, 95, 1)  # noqa: PT017 - not there, switched off, or forbidden


def test_the_shipped_unit_lets_a_worker_build_its_box() -> None:
    unit = (ROOT / "deploy" / "systemd" / "quietline.service").read_text()
    assert "\nRestrictNamespaces=user net ipc\n" in unit
    assert "\nSystemCallErrorNumber=EPERM\n" in unit
    calls = {"landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"}
    assert calls <= set(
        next(line for line in unit.splitlines() if line.startswith("SystemCallFilter=")).split()
    )


def test_every_worker_enters_the_box() -> None:
    """The kind: whatever this program starts beside itself to read what strangers wrote goes through the one function."""
    room = reading_room
    started = {room.PARSING, room.JUDGING, room.UNLOCKING, room.CLEANING, room.PROBING}
    modules = (parse_worker, judge_worker, unlock_worker, clean_worker, probe_worker)
    assert started == {module.__name__ for module in modules}
    workers = [source for source in sources(".py") if source.place.endswith("_worker.py")]
    assert {source.place.removesuffix(".py").replace("/", ".") for source in workers} == started
    assert all(re.search(r"\bserve\(|\bbegin\(", source.text) for source in workers)
    spawning = [
        s.place
        for s in sources(".py")
        if re.search(r"create_subprocess_\w+\(|Popen\(|os\.fork\(\)|os\.spawn", s.text)
    ]
    assert sorted(spawning) == [
        "channels/email/workers/probe_worker.py",
        "channels/email/workers/reading_room.py",
        "threads/postgres/programs.py",
        # A command of ours over a backup, which only the key of who founds here opens: no stranger wrote it.
        "web/bringing.py",
        # The operator's own, before anybody is let in: what gives the master key.
        "web/key_command.py",
        # Further processes of the server itself.
        "web/workers/fellows.py",
    ]
