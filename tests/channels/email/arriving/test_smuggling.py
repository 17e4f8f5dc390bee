"""One letter stays one letter, coming and going, whatever its lines end with; and nothing said before TLS counts in it."""

import asyncio
import re
import ssl
from pathlib import Path

import pytest

from channels.email.arriving.certificate import Certificate
from tests.cast import Cast
from tests.channels.email.arriving.test_certificate import listening
from tests.channels.email.arriving.test_listeners import PLAIN, kept
from tests.channels.email.leaving.test_courier import send, write
from tests.channels.email.post import Post
from tests.channels.email.world import FakeRelay, certificate_pem

ENDS = [
    b"\n.\n",
    b"\n.\r\n",
    b"\r\n.\n",
    b"\r.\r",
    b"\r.\r\n",
    b"\r\n.\r",
    b"\n.\r",
    b"\r\n.\x00\r\n",
    b"\r\n\x00.\r\n",
]
"""What some server once took for the end of a letter (CVE-2023-51764 and its kin). RFC 5321, 4.1.1.4: only CR LF . CR LF is."""


@pytest.mark.parametrize("end", ENDS)
async def test_no_other_end_of_a_letter_begins_a_second_one(post: Post, end: bytes) -> None:
    address = await post.address("ruth")
    second = f"MAIL FROM:<evil@mail.example>\r\nRCPT TO:<{address}>\r\nDATA\r\n".encode()
    async with post.smtp() as program:
        await program.begin("a@mail.example", address)
        assert (await program.say("DATA")).startswith("354")
        program.writer.write(PLAIN + b"one" + end + second + b"From: evil@mail.example\r\n\r\ntwo\r\n.\r\n")
        assert (await program.reply())[:3] == "250"
        assert (await program.say("NOOP")).startswith("250"), "one answer for one letter"
    (only,) = await kept(post)
    assert b"\r\n\r\ntwo\r\n" in only


@pytest.mark.parametrize("end", [one.decode() for one in ENDS if b"\x00" not in one])
async def test_no_words_of_ours_end_a_letter_early(cast: Cast, relay: FakeRelay, end: str) -> None:
    await send(cast.office, relay)  # what other tests left
    before, heard = len(relay.taken), len(relay.heard)
    await write(cast, "ruth", f"one{end}MAIL FROM:<evil@mail.example>{end}two")
    await send(cast.office, relay)
    ((recipients, raw),) = relay.taken[before:]
    assert recipients == [cast["ruth"].email]
    assert relay.heard[heard:].count("DATA") == 1
    assert re.search(rb"(?<!\r)\n|\r(?!\n)", raw) is None
    assert not [line for line in raw.split(b"\r\n") if line == b"."]


async def test_what_was_said_before_tls_does_not_count_in_it(post: Post, tmp_path: Path) -> None:
    """Commands that somebody between put behind STARTTLS, in one segment (CVE-2024-34083)."""
    pem, file = await asyncio.to_thread(certificate_pem), tmp_path / "both.pem"
    file.write_bytes(pem)
    trusting = ssl.create_default_context(cadata=pem[pem.index(b"-----BEGIN CERTIFICATE") :].decode())
    async with listening(post, Certificate(file, file)) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await reader.readline()
        writer.write(b"EHLO client.example\r\n")
        while (await reader.readline())[3:4] == b"-":
            pass
        behind = f"MAIL FROM:<evil@mail.example>\r\nRCPT TO:<{await post.address('ruth')}>\r\n"
        writer.write(b"STARTTLS\r\n" + behind.encode())
        assert (await reader.readline())[:3] == b"220"
        await writer.start_tls(trusting, server_hostname="127.0.0.1")
        writer.write(b"EHLO client.example\r\n")
        while (await reader.readline())[3:4] == b"-":
            pass
        writer.write(b"DATA\r\n")
        assert (await reader.readline())[:3] == b"503"
        writer.close()
    assert await kept(post) == []
