"""A town of visitors, for whose guesses slow whom."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.cast import PASSWORD, found_cast
from tests.conftest import TestDatabase
from tests.web.fair.town import Town
from web.app import application
from web.house import house
from web.serve import web_running


@pytest.fixture
async def town(database: TestDatabase) -> AsyncIterator[Town]:
    """The cast at a site behind a believed proxy."""
    settings = database.settings(QUIETLINE_TRUSTED_PROXIES="127.0.0.1")
    async with AsyncExitStack() as stack:
        built = await stack.enter_async_context(house(settings))
        people = await found_cast(built, password=PASSWORD)
        yield Town(people, await stack.enter_async_context(web_running(built, application(built))))
