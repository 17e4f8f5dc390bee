"""The post office and the relay of the tests of mail, for whole stories."""

from tests.channels.email.conftest import post, relay

__all__ = ["post", "relay"]
