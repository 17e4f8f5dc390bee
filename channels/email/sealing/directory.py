"""Where the provider of an address gives out its key: Web Key Directory (draft-koch-openpgp-webkey-service)."""

import hashlib
from typing import Final, Protocol
from urllib.parse import quote

LETTERS: Final = "ybndrfg8ejkmcpqxot1uwisza345h769"


class NotFetched(Exception):
    """Nothing came. The reason is the server's own and is not shown."""


class NoHost(NotFetched):
    """There is no such name: the other of the two places may be asked."""


class Directory(Protocol):
    """Whom the pages ask."""

    async def find(self, address: str) -> bytes:
        """What the provider gives out for the address. Raises NotFetched."""


def places(address: str) -> tuple[tuple[str, str], tuple[str, str]]:
    """Host and path by the advanced and the direct method (section 3.1), in the order in which they are to be asked."""
    local, _, domain = address.rpartition("@")
    domain = domain.lower().rstrip(".")
    name = zbase32(hashlib.sha1(local.lower().encode(), usedforsecurity=False).digest())
    asked = f"hu/{name}?l={quote(local, safe='')}"
    root = "/.well-known/openpgpkey"
    return (f"openpgpkey.{domain}", f"{root}/{domain}/{asked}"), (domain, f"{root}/{asked}")


def zbase32(content: bytes) -> str:
    """As RFC 6189 section 5.1.6 writes it, five bits a letter."""
    bits = "".join(f"{octet:08b}" for octet in content)
    groups = (bits[place : place + 5].ljust(5, "0") for place in range(0, len(bits), 5))
    return "".join(LETTERS[int(group, 2)] for group in groups)
