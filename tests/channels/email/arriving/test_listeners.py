"""What the listeners answer, byte by byte over real sockets, and that 250 means kept."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from channels.email.addresses import bounce_address
from channels.email.arriving.listeners import Listeners
from channels.email.terms import DialogLimits, Listening
from messaging.arriving.originals import open_original
from messaging.errors import Busy
from messaging.memory.arriving import OriginalState, StoredOriginal
from messaging.trust.access import Work, errand
from tests.cast import Cast
from tests.channels.email.post import SERVER, Post, Program, open_post
from tests.conftest import TestDatabase

PLAIN = b"From: a@mail.example\r\nSubject: x\r\n\r\n"


class Mailbox:
    """Memory that fails when told to."""

    def __init__(
        self, inner: Any, before: BaseException | None = None, after: BaseException | None = None
    ) -> None:
        self._inner, self._before, self._after = inner, before, after
        self.entered, self.may_go_on = asyncio.Event(), asyncio.Event()
        self.may_go_on.set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def keep_original(self, original: StoredOriginal) -> None:
        self.entered.set()
        await self.may_go_on.wait()
        if self._before:
            raise self._before
        await self._inner.keep_original(original)
        if self._after:
            raise self._after


def with_mailbox(post: Post, **faults: BaseException) -> Mailbox:
    """Reception over a memory that fails."""
    office = post.cast.office
    mailbox = Mailbox(office.memory.mailbox, **faults)
    memory = replace(office.memory, mailbox=mailbox)
    post.reception._office = replace(office, memory=memory)
    return mailbox


async def kept(post: Post) -> list[bytes]:
    """The raw letters in memory that nobody has read yet."""
    office = post.cast.office
    due = await office.memory.mailbox.due_originals(office.clock(), 0.0, 1000)
    mine = [one for one in due if one.practice == post.cast.practice.id]
    return [(await open_original(office, one))[1] for one in mine]


async def read_when_back(post: Post) -> None:
    """The pool still holds connections that died; each is noticed when it is borrowed, and the reader comes again."""
    try:
        await post.read_all()
    except Busy:
        await read_when_back(post)


async def test_who_is_not_to_be_written_to_is_refused_before_the_letter(post: Post) -> None:
    token, office = await post.token("ruth"), post.cast.office
    ben = await post.address("ben", "ben")
    await office.memory.conversations.remove_member(
        errand(post.cast.practice.id, post.cast.conversation("ben"), Work.FOUNDING),
        post.cast["ben"].id,
        office.clock(),
    )
    forged = bounce_address(b"x" * 16, b"another key" * 3, domain=SERVER, now=office.clock())
    unsent = bounce_address(b"x" * 16, office.installation.bounce_key, domain=SERVER, now=office.clock())
    wrong = "a" if token[-1] != "a" else "b"
    answers = {
        f"nobody@{SERVER}": "550 5.1.1",
        f"reply+{'a' * 30}@{SERVER}": "550 5.1.1",
        f"reply+{token[:-1]}{wrong}@{SERVER}": "550 5.1.1",
        f"reply+{token}x@{SERVER}": "550 5.1.1",
        f"reply+@{SERVER}": "550 5.1.1",
        f"post@{SERVER}": "550 5.1.1 Please reply",
        f"{'x' * 300}@{SERVER}": "550 5.1.1",
        "no-at-sign": "550 5.1.1",
        "broken@@two": "55",
        ben: "550 5.2.1",
        forged: "550 5.1.1",
        unsent: "550 5.1.1",
    }
    for address, answer in answers.items():
        async with post.smtp() as program:
            assert (await program.begin("a@mail.example", address))[0].startswith(answer), address
            assert (await program.say("DATA")).startswith("503")
    async with post.smtp() as program:
        assert (await program.begin("", await post.address("ruth")))[0].startswith("550 5.7.1")
    assert await kept(post) == []


async def test_a_token_survives_what_mail_programs_do_to_it(post: Post) -> None:
    token = await post.token("ruth")
    spellings = [token.upper(), token.title()]
    addresses = [f"reply+{one}@{SERVER.upper()}" for one in spellings]
    addresses += [f"REPLY{mark}{token}@{SERVER}" for mark in "+-."]
    assert all(len(one.partition("@")[0]) <= 64 for one in addresses)
    async with post.smtp() as program:
        assert [a[:3] for a in await program.begin("a@mail.example", *addresses)] == ["250"] * 5


@pytest.mark.parametrize(
    "body",
    [
        b"x" * 200_000 + b"\r\n",
        b"x" * 1_500_000 + b"\r\n",
        b"bare\nline\n.\nends\rhere\r\n",
        b"a\n.\r\nMAIL FROM:<x>\r\n",
        b"a\r\n\n.\n\r\nb\r\n",
        b"a\r.\r\nb\r.\rc\r\n",
        b"nul \x00 and \xff\xfe eight bits\r\n",
        b".leading dot\r\n..two\r\n",
        b"no line end",
    ],
)
async def test_what_arrives_is_kept_byte_for_byte(post: Post, body: bytes) -> None:
    assert (await post.offer(PLAIN + body, await post.address("ruth"))).startswith("250")
    expected = PLAIN + body + (b"" if body.endswith(b"\r\n") else b"\r\n")
    assert await kept(post) == [expected]


@pytest.mark.parametrize(
    "head", [b"Subject: x\nFrom: evil@mail.example", b"Subject: x\rFrom: evil@mail.example"]
)
async def test_line_ends_that_smuggle_headers_are_refused(post: Post, head: bytes) -> None:
    raw = b"From: a@mail.example\r\n" + head + b"\r\n\r\nwords\r\n"
    assert (await post.offer(raw, await post.address("ruth"))).startswith("550 5.6.11")
    assert await kept(post) == []


async def test_what_is_too_big_is_refused_before_and_after_the_upload(post: Post) -> None:
    address = await post.address("ruth")
    async with post.smtp() as program:
        await program.say("EHLO x")
        assert (await program.say("MAIL FROM:<a@mail.example> SIZE=2000001")).startswith("552 5.3.4")
        assert (await program.begin("a@mail.example", address))[0].startswith("250")
        assert (await program.data(PLAIN + b"y" * 2_000_000))[0].startswith("552 5.3.4")
        assert (await program.begin("a@mail.example", address))[0].startswith("250")
        assert (await program.data(PLAIN + b"y"))[0].startswith("250")


async def test_lmtp_answers_once_for_each_recipient_whatever_happens(post: Post) -> None:
    addresses = [
        await post.address(one, where) for one, where in (("ruth", "ruth"), ("ben", "ben"), ("tess", "ben"))
    ]
    bodies = {
        "250": PLAIN + b"words\r\n",
        "552": PLAIN + b"y" * 2_000_000,
        "550": PLAIN.replace(b"\r\nSubject", b"\nSubject"),
    }
    async with post.lmtp() as program:
        for code, raw in bodies.items():
            answers = await program.begin("a@mail.example", "no@x.example", *addresses, hello="LHLO x")
            assert [a[:3] for a in answers] == ["550", "250", "250", "250"]
            assert [a[:3] for a in await program.data(raw, 3)] == [code] * 3
        with_mailbox(post, before=RuntimeError("postgres://app:secret@db"))
        await program.begin("a@mail.example", *addresses, hello="LHLO x")
        assert await program.data(PLAIN, 3) == ["451 4.3.0 Please try again later"] * 3
        assert (await program.say("NOOP")).startswith("250")
    assert len(await kept(post)) == 3


@pytest.mark.parametrize("fault", [RuntimeError("secret"), Busy(), OSError("secret"), TimeoutError("secret")])
async def test_every_accident_is_temporary_and_says_nothing(post: Post, fault: Exception) -> None:
    address = await post.address("ruth")
    with_mailbox(post, before=fault)
    assert await post.offer(PLAIN, address) == "451 4.3.0 Please try again later"
    with_mailbox(post, after=fault)
    assert await post.offer(PLAIN, address) == "451 4.3.0 Please try again later"


async def test_a_full_disk_is_temporary(post: Post) -> None:
    office = post.cast.office
    address = await post.address("ruth")
    post.reception._office = replace(office, room_left=lambda: False)
    assert (await post.offer(PLAIN, address)).startswith("452 4.3.1")


async def test_a_letter_offered_until_it_is_taken_arrives_once(post: Post, database: TestDatabase) -> None:
    address, raw = await post.address("ruth"), post.letter("ruth", Message_ID="<once@mail.example>")
    with_mailbox(post, before=OSError())
    assert (await post.offer(raw, address)).startswith("451")
    with_mailbox(post, after=OSError())  # committed, and the answer was lost
    assert (await post.offer(raw, address)).startswith("451")
    connection = await asyncpg.connect(**database.accesses.app.connect_kwargs())
    await connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where usename = current_user and pid <> pg_backend_pid()"
    )
    await connection.close()
    post.reception._office = post.cast.office
    answers = [await post.offer(raw, address)]
    while not answers[-1].startswith("250"):
        answers.append(await post.offer(raw, address))
    assert {one[:3] for one in answers} <= {"451", "250"}
    await read_when_back(post)
    assert [entry.body.text for entry in await post.entries("ruth")] == ["I walked by the lake."]
    assert await post.counts() == {OriginalState.DELIVERED: 1, OriginalState.DUPLICATE: 1}


async def test_a_peer_that_hangs_up_does_not_undo_a_commit(post: Post) -> None:
    mailbox = with_mailbox(post)
    mailbox.may_go_on.clear()
    async with post.smtp() as program:
        await program.begin("a@mail.example", await post.address("ruth"))
        await program.say("DATA")
        program.writer.write(PLAIN + b".\r\n")
        await mailbox.entered.wait()
    door = post.listeners._doorkeeper
    await door.empty.wait()
    mailbox.may_go_on.set()
    await post.reception.drain()
    assert await kept(post) == [PLAIN]


async def test_closing_answers_the_letter_in_hand_and_sends_the_others_away(post: Post) -> None:
    mailbox = with_mailbox(post)
    mailbox.may_go_on.clear()
    async with post.smtp() as program, post.smtp() as idle:
        await program.begin("a@mail.example", await post.address("ruth"))
        await program.say("DATA")
        program.writer.write(PLAIN + b".\r\n")
        await mailbox.entered.wait()
        async with asyncio.TaskGroup() as group:
            group.create_task(post.listeners.stop())
            assert (await idle.reply()).startswith("421 4.3.2")
            mailbox.may_go_on.set()
            assert (await program.reply()).startswith("250")
            assert (await program.reply()).startswith("421 4.3.2")
    assert await kept(post) == [PLAIN]


async def test_nobody_takes_more_than_their_share(cast: Cast) -> None:
    async with open_post(cast, DialogLimits(recipients=2, connections_each=2)) as post:
        address = await post.address("ruth")
        async with post.smtp() as one, post.smtp() as two, post.smtp() as three:
            assert [p.greeting[:3] for p in (one, two, three)] == ["220", "220", "421"]
            answers = await one.begin("a@mail.example", address, address, address)
            assert [a[:9] for a in answers] == ["250 2.1.5", "250 2.1.5", "452 4.5.3"]
            for command in ("VRFY <ruth>", "EXPN x", "HELP"):
                assert (await two.say(command)).startswith("502")
            assert "aiosmtpd" not in one.greeting + await two.say("EHLO x")
            guesses = [await two.say("MAIL FROM:<a@b.example>")]
            while not guesses[-1].startswith("421"):
                guesses.append(await two.say("RCPT TO:<guess@b.example>"))
            assert len(guesses) < 30


async def test_silence_ends_a_connection_and_a_slow_upload_does_not(cast: Cast) -> None:
    async with open_post(cast, DialogLimits(command=0.7)) as post, post.smtp() as slow:
        await slow.begin("a@mail.example", await post.address("ruth"))
        await slow.say("DATA")
        slow.writer.write(PLAIN)
        for _ in range(2):
            async with post.smtp() as idle:
                assert (await idle.reply()).startswith("421 4.4.2")
            slow.writer.write(b"more\r\n")
        slow.writer.write(b".\r\n")
        assert (await slow.reply()).startswith("250")


async def test_a_letter_by_a_unix_socket_is_answered_for_each_recipient(post: Post, tmp_path: Path) -> None:
    path = str(tmp_path / "lmtp")
    listeners = Listeners(post.reception, [Listening("lmtp", path=path)])
    await listeners.start()
    program = Program(0)
    program.reader, program.writer = await asyncio.open_unix_connection(path)
    assert (await program.reply()) == f"220 {SERVER} LMTP"
    await program.begin("a@mail.example", await post.address("ruth"), hello="LHLO x")
    assert (await program.data(PLAIN))[0].startswith("250")
    program.writer.close()
    await listeners.stop()
    assert not list(await asyncio.to_thread(tmp_path.iterdir))
    assert await kept(post) == [PLAIN]
