"""What becomes of a letter that was kept: with real signatures, a name server, and every row of the table."""

import asyncio
import sys
from typing import Any

import pytest

from channels.email.reading.reader import Reader
from channels.email.workers import reading_room
from channels.email.workers.parse_worker import Read, Told
from channels.email.workers.reading_room import ReadersAway, ReadingRoom, Unread
from messaging.arriving.arrival import Arrival, Destination
from messaging.arriving.originals import keep
from messaging.arriving.receiving import SAME_NUMBER
from messaging.arriving.screening import attach, original_of, refuse
from messaging.errors import NotFound
from messaging.facts import as_texts
from messaging.memory.arriving import OriginalState
from messaging.messages import EventName
from messaging.trust.access import Deed
from tests.cast import Cast
from tests.channels.email.letters import all_letters
from tests.channels.email.post import SERVER, Post, open_post
from tests.channels.email.world import DOMAIN, now, signed

STRANGER = "Ruth <ruth@evil.example>"
EDGE = "mx.quietline.localhost"


async def arrive(post: Post, raw: bytes, client: str = "ruth") -> None:
    """One letter, offered and read."""
    assert (await post.offer(raw, await post.address(client))).startswith("250")
    await post.read_all()


async def held_for(post: Post) -> list[str]:
    return [one.reason for one in await post.screener()]


async def test_a_registered_sender_whose_domain_vouches_is_delivered(post: Post) -> None:
    await arrive(post, post.letter("ruth"))
    (entry,) = await post.entries("ruth")
    assert not entry.body.weak


async def test_without_a_policy_a_signature_is_delivered_as_weak(post: Post) -> None:
    del post.names.table[f"_dmarc.{DOMAIN}", "TXT"]
    await arrive(post, post.letter("ruth"))
    (entry,) = await post.entries("ruth")
    assert entry.body.weak


async def test_what_nobody_vouches_for_is_held(post: Post) -> None:
    letter = post.letter("ruth")
    await arrive(post, letter.replace(b"lake", b"pond"))
    await arrive(post, letter[letter.index(b"From:") :])
    del post.names.table[f"_dmarc.{DOMAIN}", "TXT"]
    await arrive(post, letter.replace(b"lake", b"moor"))
    assert await held_for(post) == ["unverified"] * 3
    assert await post.entries("ruth") == []


async def test_a_stolen_address_is_no_identity(post: Post) -> None:
    forged = post.letter("ruth", From=STRANGER)
    await arrive(post, signed(forged[forged.index(b"From:") :], "evil.example"))
    own = f"From: <{post.cast['ruth'].email}>\r\n".encode()
    await arrive(post, signed(own + b"From: <x@evil.example>\r\nSubject: two\r\n\r\nwords\r\n"))
    await arrive(post, signed(b"Subject: none\r\nFrom:\r\n\r\nwords\r\n"))
    assert await held_for(post) == ["other_address", "unclear_sender", "unclear_sender"]
    # What was held teaches nothing: the same stranger is held again.
    await arrive(post, signed(forged[forged.index(b"From:") :].replace(b"lake", b"sea"), "evil.example"))
    assert len(await held_for(post)) == 4
    assert await post.entries("ruth") == []


async def test_our_own_address_is_a_loop(post: Post) -> None:
    for address in (f"post@{SERVER}", await post.address("ruth")):
        await arrive(post, post.letter("ruth", From=f"<{address}>"))
    assert await post.counts() == {OriginalState.REFUSED: 2}


@pytest.mark.parametrize(
    ("borders", "result", "state"),
    [
        (("127.0.0.0/8",), "dmarc=pass header.from=mail.example", OriginalState.DELIVERED),
        (("127.0.0.0/8",), "dmarc=fail header.from=mail.example", OriginalState.HELD),
        (("10.0.0.0/8",), "dmarc=pass header.from=mail.example", OriginalState.HELD),
    ],
)
async def test_only_our_own_border_is_believed(
    cast: Cast, borders: tuple[str, ...], result: str, state: OriginalState
) -> None:
    async with open_post(cast, authserv_id=EDGE, borders=borders) as post:
        letter = post.letter("ruth")
        unsigned = letter[letter.index(b"From:") :]
        await arrive(post, f"Authentication-Results: {EDGE}; {result}\r\n".encode() + unsigned)
        assert await post.counts() == {state: 1}


async def test_one_client_never_reaches_into_anothers_conversation(post: Post) -> None:
    await arrive(post, post.letter("ruth", Message_ID="<ruth@mail.example>"))
    before = await post.entries("ruth")
    answer = {"In_Reply_To": "<ruth@mail.example>", "References": "<ruth@mail.example>"}
    await arrive(post, post.letter("linden", "mine", **answer), "linden")
    await arrive(post, post.letter("linden", "not mine", **answer), "ruth")
    assert await post.entries("ruth") == before
    (linden,) = await post.entries("linden")
    assert linden.letter != before[0].letter
    assert await held_for(post) == ["other_address"]


async def test_twenty_deliveries_are_one_letter_and_other_words_are_another(post: Post) -> None:
    letter, address = post.letter("ruth", Message_ID="<same@mail.example>"), await post.address("ruth")

    async def deliver(number: int) -> None:
        async with post.lmtp() as program:
            await program.begin("a@mail.example", address, hello="LHLO x")
            received = f"Received: from hop{number} by us; Tue, 14 Jan 2031 18:20:05 +0100\r\n".encode()
            assert (await program.data(received + letter))[0].startswith("250")

    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(deliver(number))
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(post.read_all())
    assert [e.body.text for e in await post.entries("ruth")] == ["I walked by the lake."]
    assert await post.counts() == {OriginalState.DELIVERED: 1, OriginalState.DUPLICATE: 19}
    await arrive(post, post.letter("ruth", "I walked by the pond.", Message_ID="<same@mail.example>"))
    first, second = await post.entries("ruth")
    assert "notes" not in as_texts(first.body.facts)
    assert as_texts(second.body.facts)["notes"] == SAME_NUMBER


async def test_an_answering_machine_leaves_a_folded_line_and_nobody_waits(post: Post) -> None:
    await arrive(post, post.letter("ruth", "I am away.", Auto_Submitted="auto-replied"))
    (entry,) = await post.entries("ruth")
    assert (entry.body.event, entry.body.text, entry.body.folded) == (
        EventName.AUTOMATIC_MAIL,
        "",
        "I am away.",
    )
    held, circle = await post.cast.enter("mira", "ruth")
    assert circle.conversation.waiting_since is None
    assert entry.body.original is not None
    assert b"I am away." in await original_of(post.cast.office, held, entry.body.original)
    forged = post.letter("ruth", "Call me.", From=STRANGER, Auto_Submitted="auto-replied")
    await arrive(post, forged)  # to call itself automatic is no way in
    assert await held_for(post) == ["other_address"]


async def test_files_come_with_their_letter(post: Post) -> None:
    for raw in all_letters():
        assert (await post.offer(raw, await post.address("ruth"))).startswith("250")
    await post.read_all()
    assert sum((await post.counts()).values()) == len(all_letters())
    body = (
        'Content-Type: multipart/mixed; boundary="b"',
        "",
        "--b\r\n\r\nSee the picture.",
        "--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=lake.png\r\n\r\nnot a picture",
        "--b--",
    )
    written = post.letter("ruth").partition(b"Subject:")[0].partition(b"From:")[2].decode()
    lines = (f"From:{written}Date: {now()}", "MIME-Version: 1.0", *body, "")
    await arrive(post, signed("\r\n".join(lines).encode()))
    entry = (await post.entries("ruth"))[-1]
    (note,) = entry.body.attachments
    assert (note.name, note.content_type, note.size) == ("lake.png", "image/png", 13)


class Broken(ReadingRoom):
    """A reading room where everybody dies."""

    async def read(self, question: Read) -> Told:
        raise Unread(question)


async def test_a_letter_that_kills_its_reader_is_held_with_its_original(post: Post) -> None:
    assert (await post.offer(post.letter("ruth"), await post.address("ruth"))).startswith("250")
    reader = Reader(post.cast.office, post.terms, Broken(1))
    mailbox = post.cast.office.memory.mailbox
    for _ in range(3):
        due = await mailbox.due_originals(post.cast.office.clock(), 0.0, 100)
        for one in due:
            await reader._in_order([one])
            await mailbox.retry_original(one, one.received_at, counts=True)
    (held,) = await post.screener()
    assert held.reason == "unreadable"
    admitted, _ = await post.cast.enter("mira", "ruth", Deed.SETTLE)
    assert b"lake" in await original_of(post.cast.office, admitted, held.id)
    assert await attach(post.cast.office, admitted, held.id) is OriginalState.DELIVERED
    (entry,) = await post.entries("ruth")
    assert "could not be read" in as_texts(entry.body.facts)["notes"]


# ---------------------------------------------------------------- the screener


async def test_a_held_letter_is_let_in_once_by_who_cares_for_its_client(post: Post) -> None:
    await arrive(post, post.letter("ruth", From=STRANGER))
    office, ((held,)) = post.cast.office, await post.screener()
    assert (held.client, held.sender) == (post.cast["ruth"].id, "ruth@evil.example")
    assert await post.screener("eli") == []
    assert await post.screener("ruth") == []
    elsewhere, _ = await post.cast.enter("mira", "linden", Deed.SETTLE)
    stranger, _ = await post.cast.enter("eli", "omar", Deed.SETTLE)
    client, _ = await post.cast.enter("ruth", "ruth", Deed.WRITE)
    for no_way in (elsewhere, stranger, client):
        with pytest.raises(NotFound):
            await attach(office, no_way, held.id)
        with pytest.raises(NotFound):
            await refuse(office, no_way, held.id)
    admitted, _ = await post.cast.enter("mira", "ruth", Deed.SETTLE)
    for _ in range(2):
        assert await attach(office, admitted, held.id) is OriginalState.DELIVERED
    (entry,) = await post.entries("ruth")
    assert (entry.author, entry.body.text) == (post.cast["ruth"].id, "I walked by the lake.")
    assert await post.screener() == []
    assert await office.memory.trail.verify(post.cast.practice.id) == (1, None)


async def test_a_refused_letter_stays_counted(post: Post) -> None:
    await arrive(post, post.letter("ruth", From=STRANGER))
    ((held,)) = await post.screener()
    admitted, _ = await post.cast.enter("mira", "ruth", Deed.SETTLE)
    await refuse(post.cast.office, admitted, held.id)
    assert await post.counts() == {OriginalState.REFUSED: 1}
    with pytest.raises(NotFound):
        await attach(post.cast.office, admitted, held.id)


async def test_a_letter_of_nobody_goes_where_its_clinician_says(post: Post) -> None:
    arrival = Arrival("post@x.example", "a@mail.example", "x", "192.0.2.1")
    await keep(post.cast.office, Destination(post.cast.practice.id), arrival, post.letter("ben"))
    await post.read_all()
    ((held,)) = await post.screener()
    assert (held.conversation, held.reason) == (None, "general_address")
    admitted, _ = await post.cast.enter("mira", "ben", Deed.SETTLE)
    with pytest.raises(NotFound):  # two are in care: it must be said whose it is
        await attach(post.cast.office, admitted, held.id)
    await attach(post.cast.office, admitted, held.id, post.cast["tess"].id)
    (entry,) = await post.entries("ben")
    assert entry.author == post.cast["tess"].id


# ---------------------------------------------------------------- the process apart

SPIN = """
import channels.email.workers.answering as answering, channels.email.workers.parse_worker as worker
def answer(question):
    while True: pass
answering.CPU_SECONDS, worker.answer = 1, answer
worker.main()
"""
EAT = "import channels.email.workers.parse_worker as w\nw.answer = lambda q: bytearray(2 ** 30)\nw.main()"
HANG = "import signal\nsignal.pause()"


@pytest.mark.parametrize("script", [SPIN, EAT, HANG, "raise SystemExit", "print('nonsense' * 9)"])
async def test_a_reader_that_takes_too_much_is_replaced(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    start: Any = reading_room.start
    room = ReadingRoom(1)

    async def bad(_work: str) -> asyncio.subprocess.Process:
        arguments = [sys.executable, "-c", script]
        pipe = asyncio.subprocess.PIPE
        devnull = asyncio.subprocess.DEVNULL
        return await asyncio.create_subprocess_exec(
            *arguments, cwd=reading_room.ROOT, stdin=pipe, stdout=pipe, stderr=devnull
        )

    monkeypatch.setattr(reading_room, "start", bad)
    monkeypatch.setattr(reading_room, "READ_SECONDS", 0.5 if script is HANG else 30)
    with pytest.raises(ReadersAway):  # whatever letter it is
        await room.read(Read(b"From: a@b.example\r\n\r\nHello\r\n"))
    monkeypatch.setattr(reading_room, "start", start)
    monkeypatch.setattr(reading_room, "READ_SECONDS", 30)
    assert (await room.read(Read(b"From: a@b.example\r\n\r\nHello\r\n"))).shown == "Hello"
    await room.close()
