"""The pages served over a house of the test's own."""

import os
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
from playwright.async_api import Browser

from tests.cast import PASSWORD, Cast, found_cast
from tests.conftest import TestDatabase
from tests.web.browsing import chromium
from tests.web.visitor import Visitor
from web.app import application
from web.cli import main
from web.http.metrics import PARTS_FAILED
from web.serve import web_running
from web.state import House

Said = Callable[..., str]


@pytest.fixture(autouse=True)
def no_part_fails_unseen(request: pytest.FixtureRequest) -> Iterator[None]:
    """A page whose part failed answers 200: here it is a fault all the same, unless the test is about that."""
    before = parts_failed()
    yield
    assert getattr(request.module, "PARTS_MAY_FAIL", False) or parts_failed() == before


def parts_failed() -> float:
    """How many parts of pages failed in this process."""
    return sum(one.value for one in next(iter(PARTS_FAILED.collect())).samples if one.name.endswith("_total"))


@pytest.fixture
async def people(built: House) -> Cast:
    """The cast, each with a password."""
    return await found_cast(built, password=PASSWORD)


@pytest.fixture
async def site(built: House) -> AsyncIterator[str]:
    """The base address of the running pages."""
    async with web_running(built, application(built)) as base:
        yield base


@pytest.fixture
def visitor(site: str) -> Callable[[], Visitor]:
    """Another browser each time."""
    return lambda: Visitor(site)


@pytest.fixture
async def ruth(people: Cast, visitor: Callable[[], Visitor]) -> Visitor:
    """Ruth's browser, signed in."""
    return await _signed_in(people, visitor(), "ruth")


@pytest.fixture
async def mira(people: Cast, visitor: Callable[[], Visitor]) -> Visitor:
    """Dr Mira's browser, signed in."""
    return await _signed_in(people, visitor(), "mira")


@pytest.fixture
async def nour(people: Cast, visitor: Callable[[], Visitor]) -> Visitor:
    """The browser of Nour, who administers, signed in."""
    return await _signed_in(people, visitor(), "nour")


async def _signed_in(people: Cast, browser: Visitor, name: str) -> Visitor:
    await browser.enter(people, name)
    return browser


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of the test's own."""
    async with chromium() as opened:
        yield opened


@pytest.fixture
def said(database: TestDatabase, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Said:
    """What a command says when it is refused: one line, without the program's name."""
    monkeypatch.setattr("web.cli_commands.set_up_logging", lambda _: None)
    for name in [name for name in os.environ if name.startswith("QUIETLINE_")]:
        monkeypatch.delenv(name)

    def refused(*arguments: str, **settings: str) -> str:
        for name, value in (database.environment() | settings).items():
            monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name, raising=False)
        assert main(list(arguments)) == 1
        line = capsys.readouterr().err
        assert line.startswith("quietline: ")
        assert line.count("\n") == 1
        return line.removeprefix("quietline: ").rstrip()

    return refused
