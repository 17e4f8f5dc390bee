"""Demonstrations, over a PostgreSQL of their own."""

import secrets
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.conftest import TestDatabase, own_database
from tests.web.demo.demonstrations import Playing, playing


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabase]:
    """A PostgreSQL for the demonstrations alone."""
    with own_database(tmp_path_factory.mktemp("demo")) as made:
        yield made


@pytest.fixture
async def demo(ground: TestDatabase) -> AsyncIterator[Playing]:
    """The one that tests only look at."""
    async with playing(ground, "demo-looked-at") as made:
        yield made


@pytest.fixture
async def fresh(ground: TestDatabase) -> AsyncIterator[Playing]:
    """One to change."""
    async with playing(ground, f"demo-{secrets.token_hex(4)}") as made:
        yield made
