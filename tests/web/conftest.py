"""The pages served over a house of the test's own."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser

from tests.cast import PASSWORD, Cast, found_cast
from tests.conftest import TestDatabase
from tests.web.browsing import chromium
from tests.web.town import Town
from tests.web.visitor import Visitor
from web.app import application
from web.house import house
from web.serve import web_running
from web.state import House


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


async def _signed_in(people: Cast, browser: Visitor, name: str) -> Visitor:
    answer = await browser.sign_in(people, name)
    assert answer.status == 303, answer.words
    return browser


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of the test's own."""
    async with chromium() as opened:
        yield opened


@pytest.fixture
async def town(database: TestDatabase) -> AsyncIterator[Town]:
    """The cast at a site behind a believed proxy."""
    settings = database.settings(QUIETLINE_TRUSTED_PROXIES="127.0.0.1")
    async with AsyncExitStack() as stack:
        built = await stack.enter_async_context(house(settings))
        people = await found_cast(built, password=PASSWORD)
        yield Town(people, await stack.enter_async_context(web_running(built, application(built))))
