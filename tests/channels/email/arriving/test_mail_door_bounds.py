"""What a stranger can take of the mail door: memory, places, time and turns are bounded, whatever they say."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest

from channels.email.arriving.doorkeeper import Doorkeeper
from channels.email.arriving.upload import uploaded
from channels.email.terms import DialogLimits
from tests.cast import Cast
from tests.channels.email.post import Post, Program, open_post

COMMANDS = (
    b"NOOP",
    b"RSET",
    b"VRFY <ruth>",
    b"EXPN x",
    b"HELP",
    b"EHLO client.example",
    b"HELO client.example",
    b"LHLO client.example",
    b"AUTH PLAIN",
    b"STARTTLS",
    b"DATA",
    b"RCPT TO:<a@b.example>",
    b"MAIL FROM:<a@b.example>",
    b"MAIL FROM:<a@b.example> SIZE=99999999999",
    b"XCLIENT ADDR=1.2.3.4",
    b"",
    b"\xff\xfe",
    b"GET / HTTP/1.1",
    b"NOOP " + b"x" * 2000,
    b"x" * 200_000,
)
FEW = DialogLimits(replies=12)
SMALL = DialogLimits(held=1000, seats=1, seats_each=1, wait=0.2)


async def to_the_end(program: Program) -> bytes:
    """All it still says, until it hangs up; what it had not read may cost us its last words."""
    said = b""
    async with asyncio.timeout(30):
        with suppress(ConnectionError):
            while piece := await program.reader.read(4096):
                said += piece
    return said


@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
async def test_no_command_can_be_said_for_ever(cast: Cast, protocol: str) -> None:
    async with open_post(cast, FEW) as post:
        for command in COMMANDS:
            async with post.smtp() if protocol == "smtp" else post.lmtp() as program:
                program.writer.write((command + b"\r\n") * (40 if len(command) < 10_000 else 14))
                said = await to_the_end(program)
                assert said.count(b"\r\n") <= FEW.replies + 1, command[:30]


async def test_a_letter_makes_a_connection_as_good_as_new(cast: Cast) -> None:
    async with open_post(cast, FEW) as post, post.smtp() as program:
        address = await post.address("ruth")
        await program.say("EHLO x")
        for _ in range(5):
            await program.say("MAIL FROM:<a@mail.example>")
            await program.say(f"RCPT TO:<{address}>")
            assert (await program.data(b"Subject: x\r\n\r\nx\r\n"))[0].startswith("250")


async def test_whoever_is_only_never_silent_is_sent_away_too(cast: Cast) -> None:
    async with open_post(cast, DialogLimits(fruitless=0.3, replies=10**9)) as post, post.smtp() as busy:
        async with asyncio.timeout(30):
            while not (await busy.say("NOOP")).startswith("421"):
                pass


async def test_a_peer_that_takes_no_answer_is_cut_off(cast: Cast) -> None:
    limits = DialogLimits(command=0.2, farewell=0.1, replies=10**9)
    async with open_post(cast, limits) as post, post.smtp() as deaf:
        deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]
        for _ in range(50):
            deaf.writer.write(b"EHLO x\r\n" * 20_000)
        await post.listeners._doorkeeper.empty.wait()  # nobody else knows when it has ended
        deaf.writer.transport.abort()


async def test_large_letters_wait_for_a_seat_and_small_ones_pass_them(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    truly, seated = Doorkeeper.seat, asyncio.Event()

    async def seat(self: Doorkeeper, address: str | None) -> bool:
        found = await truly(self, address)
        seated.set()
        return found

    monkeypatch.setattr(Doorkeeper, "seat", seat)
    async with open_post(cast, SMALL) as post, post.smtp() as large, post.smtp() as next_one:
        address = await post.address("ruth")
        head = b"Subject: x\r\n\r\n"
        await large.begin("a@mail.example", address)
        await large.say("DATA")
        large.writer.write(head + b"x" * 5000 + b"\r\n")
        async with post.smtp() as small:
            await small.begin("a@mail.example", address)
            assert (await small.data(head + b"small\r\n"))[0].startswith("250")
        await seated.wait()
        await next_one.begin("a@mail.example", address)
        assert (await next_one.data(head + b"y" * 5000 + b"\r\n"))[0].startswith("452 4.3.1")
        await next_one.say("MAIL FROM:<a@mail.example> SIZE=5000")
        await next_one.say(f"RCPT TO:<{address}>")
        assert (await next_one.say("DATA")).startswith("452 4.3.1")
        large.writer.write(b".\r\n")
        assert (await large.reply()).startswith("250")
        assert (await next_one.data(head + b"y" * 5000 + b"\r\n"))[0].startswith("250")


async def test_a_peer_that_goes_gives_its_seat_back(cast: Cast) -> None:
    async with open_post(cast, replace(SMALL, wait=30.0)) as post:
        address = await post.address("ruth")
        for _ in range(3):
            async with post.smtp() as gone:
                await gone.begin("a@mail.example", address)
                await gone.say("DATA")
                gone.writer.write(b"Subject: x\r\n\r\n" + b"x" * 5000)
                await gone.writer.drain()
        await _is_taken(post, address)


async def _is_taken(post: Post, address: str) -> None:
    async with post.smtp() as program:
        await program.begin("a@mail.example", address)
        assert (await program.data(b"Subject: x\r\n\r\n" + b"y" * 5000))[0].startswith("250")


async def test_while_nobody_lets_it_hold_more_nothing_more_is_read() -> None:
    peer, may_go_on, asked = asyncio.StreamReader(), asyncio.Event(), asyncio.Event()

    async def may_hold(octets: int) -> bool:
        if octets > 1000:
            asked.set()
            await may_go_on.wait()
        return True

    reading = asyncio.ensure_future(uploaded(peer, 10**6, may_hold))
    peer.feed_data(b"x" * 2000)
    await asked.wait()
    peer.feed_data(b"y" * 2000 + b"\r\n.\r\n")
    for _ in range(5):
        await asyncio.sleep(0)
    assert not reading.done()
    may_go_on.set()
    assert await reading == b"x" * 2000 + b"y" * 2000 + b"\r\n"


class Peer:
    """A connection, for those who count them."""


def test_peers_by_ipv4_are_told_apart_where_ipv6_listens_for_them() -> None:
    doorkeeper = Doorkeeper(DialogLimits(connections_each=2, connections=10))
    entered = [doorkeeper.enter(Peer(), f"::ffff:198.51.100.{i}") for i in (1, 1, 1, 2)]  # type: ignore[arg-type]
    assert entered == [True, True, False, True]


def test_one_network_is_one_peer_and_our_own_border_is_everybody() -> None:
    limits = DialogLimits(connections_each=2, connections=10)
    doorkeeper = Doorkeeper(limits, lambda address: address == "10.0.0.5")

    def enters(address: str | None) -> bool:
        return doorkeeper.enter(Peer(), address)  # type: ignore[arg-type]

    assert [enters(f"2001:db8:0:1::{i}") for i in range(3)] == [True, True, False]
    assert enters("2001:db8:0:2::1")
    assert [enters("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert [enters("10.0.0.5") for _ in range(4)] == [True] * 4
    assert [enters(None) for _ in range(2)] == [True, False], "there are ten in all"
