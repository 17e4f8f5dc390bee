"""A provider, and terms with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.token_server import CLIENT, SECRET, TokenServer, token_server
from web.oauth.kept import write_consent
from web.oauth.providers import Provider, Terms


@pytest.fixture
def provider() -> Iterator[TokenServer]:
    with token_server() as made:
        yield made


@pytest.fixture
def terms(provider: TokenServer, tmp_path: Path) -> Terms:
    """Somebody has agreed."""
    write_consent(tmp_path / "consent", provider.book.agree())
    return Terms(Provider(provider.endpoint), CLIENT, tmp_path / "consent", SECRET)
