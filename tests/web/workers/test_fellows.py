"""Fellows that do not come, say nothing, or do not go: each wait has an end, and nobody is left behind."""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from tests.cast import Cast
from tests.web.conftest import Said
from web.state import House
from web.workers import fellows as module
from web.workers.fellows import Fellows

Of = Callable[..., Fellows]
HEADER = """
import json, signal, socket, sys, time
channel = socket.socket(fileno=int(sys.argv[2])).makefile("rw")
told = json.loads(channel.readline())
def say(**words):
    channel.write(json.dumps(words) + chr(10)); channel.flush()
"""
READY = "say(ready='here')\n"
DEAF = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
STAYS = "channel.readline(); time.sleep(60)\n"
WAITS = "channel.readline()\n"


@pytest.fixture
async def founded(cast: Cast) -> House:
    """A house with a practice: without one nobody is started."""
    return cast.house


@pytest.fixture
def of() -> Iterator[Of]:
    """Makes fellows that do as a script says."""
    made: list[Fellows] = []

    def make(script: str, workers: int = 2) -> Fellows:
        made.append(Fellows(workers, (sys.executable, "-c", HEADER + script)))
        return made[-1]

    yield make
    for one in made:
        one.close()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110 - of another process's doing
            await asyncio.sleep(0)


class Log:
    """What is said of them; kept apart, for commands tried in this process set up the logs anew."""

    def __init__(self) -> None:
        self.said: list[tuple[str, object]] = []

    def error(self, words: str, extra: dict[str, object] | None = None) -> None:
        """As a logger."""
        self.said.append((words, (extra or {}).get("why")))

    warning = error

    def count(self, words: str) -> int:
        """How often."""
        return sum(one == words for one, _ in self.said)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    """Instead of the module's."""
    made = Log()
    monkeypatch.setattr(module, "log", made)
    return made


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that a test can wait for."""
    monkeypatch.setattr(module, "PAUSES", (0.01, 0.02))
    monkeypatch.setattr(module, "START", 10.0)
    monkeypatch.setattr(module, "END", 0.3)


async def test_one_that_ends_at_once_is_tried_again_and_the_others_serve_without_it(
    founded: House, of: Of, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "START", 3.0)
    fellows = of("sys.exit(3)")
    async with fellows.running(founded, "127.0.0.1", 1):
        assert fellows.standing == (1, 2)
        await until(lambda: log.count("a worker does not start") > 2)
    assert "it ended with 3" in [why for _, why in log.said], (
        "also where the machine is so busy that some were not waited for"
    )


async def test_one_that_says_nothing_is_ended(
    founded: House, of: Of, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "START", 0.5)
    fellows = of(DEAF + STAYS)
    async with fellows.running(founded, "127.0.0.1", 1):
        await until(lambda: log.count("a worker does not start") > 0)
    assert log.count("a worker does not end, it is killed")


async def test_one_that_does_not_go_is_killed(founded: House, of: Of, log: Log) -> None:
    fellows = of(DEAF + READY + STAYS)
    async with fellows.running(founded, "127.0.0.1", 1):
        assert fellows.standing == (2, 2)
        (fellow,) = fellows._here.values()
    assert fellow.process.returncode == -9
    assert log.count("a worker does not end, it is killed")
    assert fellows.standing == (1, 2)


async def test_one_that_dies_has_a_successor_and_one_that_is_renewed_stays_until_it_is_there(
    founded: House,
    of: Of,
) -> None:
    fellows = of(READY + WAITS, workers=3)
    async with fellows.running(founded, "127.0.0.1", 1):
        assert fellows.standing == (3, 3)
        first = {slot: one.process.pid for slot, one in fellows._here.items()}
        fellows._here[2].process.kill()
        await until(lambda: 2 in fellows._here and fellows._here[2].process.pid != first[2])
        assert fellows._here[3].process.pid == first[3]
        before = dict(fellows._here)
        await asyncio.gather(fellows.renew(), fellows.renew())
        assert not {one.process.pid for one in before.values()} & {
            one.process.pid for one in fellows._here.values()
        }
        await until(lambda: all(one.process.returncode is not None for one in before.values()))
        assert fellows.standing == (3, 3)


@pytest.mark.parametrize(
    ("answer", "counted"),
    [
        ("say(metrics='here 1')", {"2": "here 1"}),
        ("say(no=1)", {}),
        ("sys.exit()", {}),
        ("time.sleep(60)", {}),
    ],
    ids=["said", "something else", "gone", "silent"],
)
async def test_who_does_not_say_what_it_counts_is_left_out(
    founded: House, of: Of, monkeypatch: pytest.MonkeyPatch, answer: str, counted: dict[str, str]
) -> None:
    monkeypatch.setattr(module, "ASKED", 1.0)
    fellows = of(f"{READY}channel.readline(); {answer}; channel.readline()\n")
    async with fellows.running(founded, "127.0.0.1", 1):
        with suppress(TimeoutError):
            assert await fellows.metrics() == counted


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--workers", "0"), "--workers takes a number from 1 to 64"),
        (("--workers", "65"), "--workers takes a number from 1 to 64"),
        (
            ("--workers", "2", "--roles", "mail,jobs"),
            "--workers: only what answers at the port (the role web) has several processes",
        ),
    ],
)
def test_a_number_that_cannot_be_is_refused(said: Said, arguments: tuple[str, ...], line: str) -> None:
    assert said("serve", *arguments) == line
