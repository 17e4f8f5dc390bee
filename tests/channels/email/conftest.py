"""A post office for the tests of mail that need one."""

from collections.abc import AsyncIterator

import pytest

from channels.email.workers import reading_room
from tests.cast import Cast
from tests.channels.email import kept_readers
from tests.channels.email.post import Post, open_post
from tests.channels.email.world import FakeRelay


@pytest.fixture
async def post(
    cast: Cast, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Post]:
    """Its readers are kept from test to test, unless the module says that it is about their beginnings."""
    if getattr(request.module, "READERS_BEGIN_ANEW", False):
        async with open_post(cast) as opened:
            yield opened
        return
    monkeypatch.setattr(reading_room, "start", kept_readers.start)
    async with open_post(cast, room_of=kept_readers.LendingRoom) as opened:
        yield opened


@pytest.fixture
async def relay() -> AsyncIterator[FakeRelay]:
    fake = await FakeRelay().start()
    yield fake
    await fake.stop()
