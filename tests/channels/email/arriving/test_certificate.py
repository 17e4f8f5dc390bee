"""STARTTLS: offered with a certificate that is read again when it is renewed, without touching a connection."""

import asyncio
import smtplib
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from channels.email.arriving.certificate import BadCertificate, Certificate
from channels.email.arriving.listeners import Listeners
from channels.email.terms import Listening
from tests.channels.email.arriving.test_listeners import PLAIN, kept
from tests.channels.email.post import Post
from tests.channels.email.world import certificate_pem
from tests.peers.running import until_it_is


@asynccontextmanager
async def listening(post: Post, certificate: Certificate) -> AsyncIterator[int]:
    """A listener that offers TLS; its port."""
    listeners = Listeners(post.reception, [Listening("smtp", "127.0.0.1", tls=certificate.context)])
    await listeners.start()
    yield int(listeners.addresses[0][1].rpartition(":")[2])
    await listeners.stop()


def secured(port: int, pem: bytes) -> smtplib.SMTP:
    """A peer that trusts this certificate and no other."""
    peer = smtplib.SMTP("127.0.0.1", port)
    try:
        certificate = pem[pem.index(b"-----BEGIN CERTIFICATE") :].decode()
        peer.starttls(context=ssl.create_default_context(cadata=certificate))
    except ssl.SSLError:
        peer.close()
        raise
    return peer


async def test_a_peer_may_go_on_in_tls(post: Post, tmp_path: Path) -> None:
    pem, file = await asyncio.to_thread(certificate_pem), tmp_path / "both.pem"
    file.write_bytes(pem)
    async with listening(post, Certificate(file, file)) as port:
        address = await post.address("ruth")

        def deliver() -> dict[str, tuple[int, bytes]]:
            with secured(port, pem) as peer:
                return peer.sendmail("a@mail.example", [address], PLAIN)

        assert await asyncio.to_thread(deliver) == {}
    assert await kept(post) == [PLAIN]


async def test_a_renewed_certificate_counts_for_the_next_and_a_broken_one_for_nobody(
    post: Post, tmp_path: Path
) -> None:
    old, new = await asyncio.to_thread(lambda: (certificate_pem(1), certificate_pem(2)))
    file, asked = tmp_path / "both.pem", asyncio.Event()
    file.write_bytes(old)
    certificate = Certificate(file, file)
    async with listening(post, certificate) as port, asyncio.TaskGroup() as group:
        watching = group.create_task(certificate.watch(asked, every=0.05))
        first = await asyncio.to_thread(secured, port, old)
        file.write_bytes(new)  # noticed without being asked
        second = await until_secured(port, new)
        file.write_bytes(new[: len(new) // 2])
        asked.set()
        await until_it_is(lambda: not asked.is_set(), "another look")
        third = await asyncio.to_thread(secured, port, new)
        with pytest.raises(ssl.SSLError):
            await asyncio.to_thread(secured, port, old)
        for peer in (first, second, third):
            assert (await asyncio.to_thread(peer.noop))[0] == 250
            await asyncio.to_thread(peer.quit)
        watching.cancel()


async def until_secured(port: int, pem: bytes) -> smtplib.SMTP:
    """Tries until the new certificate is served."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await asyncio.to_thread(secured, port, pem)
            except ssl.SSLError:
                continue


def test_files_that_make_no_certificate_are_one_line(tmp_path: Path) -> None:
    file = tmp_path / "half.pem"
    file.write_bytes(certificate_pem()[:500])
    for chain in (file, tmp_path / "absent.pem"):
        with pytest.raises(BadCertificate, match="no certificate with its key"):
            Certificate(chain, chain)
