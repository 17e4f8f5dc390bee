"""A post office for the tests of mail that need one."""

from collections.abc import AsyncIterator

import pytest

from tests.cast import Cast
from tests.channels.email.post import Post, open_post
from tests.channels.email.world import FakeRelay


@pytest.fixture
async def post(cast: Cast) -> AsyncIterator[Post]:
    async with open_post(cast) as opened:
        yield opened


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    fake = await FakeRelay().start()
    yield fake
    await fake.stop()
