"""Keys that come along with letters: offered to their owner when the letter is theirs beyond doubt, and no more."""

from base64 import b64encode
from collections.abc import Iterator

import pytest

from channels.email.sealing.autocrypt import key_along
from messaging.leaving.keys import key_of
from messaging.trust.locks import KeySource, Standing
from tests.channels.email.post import Post
from tests.channels.email.world import DOMAIN
from tests.peers.gnupg import GnuPG, gnupg
from tests.peers.running import needs

RUTH = "ruth@mail.example"
KEY = b"some key"
DATA = b64encode(KEY).decode()


@pytest.fixture(scope="module")
def gpg() -> Iterator[GnuPG]:
    with gnupg() as made:
        yield made


def letter(*fields: str) -> bytes:
    lines = "".join(f"Autocrypt: {one}\r\n" for one in fields)
    return f"From: {RUTH}\r\n{lines}\r\nHello\r\n".encode()


@pytest.mark.parametrize(
    "field",
    [
        f"addr={RUTH}; keydata={DATA}",
        f"addr=Ruth@Mail.Example; prefer-encrypt=mutual; keydata={DATA}",
        f"addr={RUTH}; _more=1; keydata=\r\n {DATA[:6]}\r\n {DATA[6:]}",
    ],
)
def test_the_key_of_the_sender_is_found(field: str) -> None:
    assert key_along(letter(field), RUTH) == KEY


@pytest.mark.parametrize(
    "fields",
    [
        (),
        ("",),
        (f"addr=other@mail.example; keydata={DATA}",),
        (f"addr={RUTH}; critical=1; keydata={DATA}",),
        (f"addr={RUTH}; keydata=%%%",),
        (f"addr={RUTH}",),
        (f"addr={RUTH}; keydata={'A' * 100_000}",),
        (f"addr={RUTH}; keydata={DATA}", f"addr={RUTH}; keydata={DATA}"),
    ],
)
def test_nothing_doubtful_is_taken(fields: tuple[str, ...]) -> None:
    assert key_along(letter(*fields), RUTH) == b""
    assert key_along(letter(f"addr={RUTH}; keydata={DATA}"), None) == b"", "a letter of several senders"


async def offered(post: Post, standing: Standing = Standing.OFFERED) -> str | None:
    held = await key_of(post.cast.office, post.cast.practice.id, post.cast["ruth"].id, standing)
    return held.key.fingerprint.upper() if held else None


async def arrives(post: Post, gpg: GnuPG) -> str:
    """Ruth writes, and her program sends her key along; its fingerprint."""
    email = post.cast["ruth"].email
    assert email is not None
    fingerprint = gpg.key(email)
    packed = b64encode(gpg.run("--export", fingerprint).content).decode()
    folded = "\r\n ".join(packed[place : place + 70] for place in range(0, len(packed), 70))
    raw = post.letter("ruth", Autocrypt=f"addr={email}; keydata=\r\n {folded}")
    assert (await post.offer(raw, await post.address("ruth"))).startswith("250")
    await post.read_all()
    return fingerprint


@needs("gpg")
async def test_a_key_that_came_with_a_letter_beyond_doubt_is_offered(post: Post, gpg: GnuPG) -> None:
    fingerprint = await arrives(post, gpg)
    assert len(await post.entries("ruth")) == 1
    assert await offered(post) == fingerprint
    assert await offered(post, Standing.CURRENT) is None, "never by itself"
    held = await key_of(post.cast.office, post.cast.practice.id, post.cast["ruth"].id, Standing.OFFERED)
    assert held is not None
    assert held.source is KeySource.AUTOCRYPT


@needs("gpg")
async def test_a_key_that_came_with_a_weakly_verified_letter_is_not(post: Post, gpg: GnuPG) -> None:
    del post.names.table[f"_dmarc.{DOMAIN}", "TXT"]
    await arrives(post, gpg)
    (entry,) = await post.entries("ruth")
    assert entry.body.weak
    assert await offered(post) is None
