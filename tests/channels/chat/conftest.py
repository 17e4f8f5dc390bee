"""One world for the tests of live chat from within."""

from collections.abc import Iterator

import pytest

from tests.channels.chat.nodes import World
from tests.conftest import TestDatabase


@pytest.fixture(scope="module")
def world(database: TestDatabase) -> Iterator[World]:
    """Nodes come and go in it; each test has a conversation of its own. Ends with the module: it makes bounds small."""
    with World(database) as made:
        yield made
