"""Where a letter belongs: its address says in whose conversation, its headers only beside which letters of it."""

import asyncio
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.message import Message
from random import Random
from typing import Any, Final
from uuid import uuid4

import pytest

from messaging.ids import LetterId
from messaging.letters.writing import Letter, write_letter
from messaging.memory.arriving import OriginalState
from messaging.messages import Entry
from messaging.record.reading import entries_after
from messaging.trust.access import Deed
from messaging.trust.pace import Rate
from tests.cast import Cast
from tests.channels.email.leaving.test_courier import send
from tests.channels.email.post import Post, open_post
from tests.channels.email.world import FakeRelay
from tests.sizes import size

RELAYS_ID: Final = "0102018f-rewritten-000000@relay.example"
INDEX: Final = "AQHZ8vN0S1Jm7k2jQ0C3nq0f0u0kX7C4n1xQ"


@pytest.fixture
async def post(cast: Cast) -> AsyncIterator[Post]:
    async with open_post(cast, per_address=Rate(1e6, 1e6), readers=2) as opened:
        yield opened


async def answer(post: Post, conversation: str, to: int | None = None) -> None:
    """Dr Mira answers, so that the next letter is no postscript."""
    held, circle = await post.cast.enter("mira", conversation, Deed.WRITE)
    await write_letter(post.cast.office, held, circle, Letter(uuid4(), "I have read it.", answers=to))


async def arrive(post: Post, client: str, text: str, to: str = "", **headers: str) -> Entry:
    """A letter of a client's, read; the entry it became."""
    address = to or await post.address(client)
    assert (await post.offer(post.letter(client, text, **headers), address)).startswith("250")
    await post.read_all()
    return (await post.entries(client))[-1]


async def sent(post: Post, relay: FakeRelay, client: str) -> Message:
    """The newest of our mails to a client, as it came through the relay."""
    await send(post.cast.office, relay)
    return message_from_bytes(relay.to(post.cast[client].email)[-1])


# What a letter says of those before it, and beside which it belongs: "a", "b", or a thread of its own.
PLACES: list[tuple[str, dict[str, str], str]] = [
    ("the letter it answers", {"In_Reply_To": "<a@mail.example>"}, "a"),
    ("that before any reference", {"In_Reply_To": "<a@mail.example>", "References": "<b@mail.example>"}, "a"),
    ("whatever its subject", {"In_Reply_To": "<a@mail.example>", "Subject": "something new"}, "a"),
    ("the nearest reference", {"References": "<a@mail.example> <b@mail.example>"}, "b"),
    ("the other way round", {"References": "<b@mail.example> <a@mail.example>"}, "a"),
    ("a reference where the answered one is unknown",
     {"In_Reply_To": "<x@relay.example>", "References": "<b@mail.example> <x@relay.example>"}, "b"),
    ("commas, as Exchange writes them", {"References": "<x@y.example>,<a@mail.example>,<z@y.example>"}, "a"),
    ("a phrase around the id, as old programs write it",
     {"In_Reply_To": "Your message of Monday <b@mail.example>"}, "b"),
    ("of several answered the first that is known", {"In_Reply_To": "<q@y.example> <a@mail.example>"}, "a"),
    ("folded and repeated", {"References": "<a@mail.example>\r\n <a@mail.example>\r\n\t<a@mail.example>"}, "a"),
    ("nothing known", {"In_Reply_To": "<p@n.example>", "References": "<q@n.example>"}, "own"),
    ("nothing", {}, "own"),
    ("itself", {"Message_ID": "<i@mail.example>", "References": "<i@mail.example>"}, "own"),
    ("no id at all", {"In_Reply_To": "yesterday's letter", "References": "<> <@> ,,"}, "own"),
]  # fmt: skip


async def test_a_letter_stands_beside_what_it_answers(post: Post) -> None:
    a = await arrive(post, "ruth", "one", Message_ID="<a@mail.example>")
    await answer(post, "ruth")
    b = await arrive(post, "ruth", "two", Message_ID="<b@mail.example>")
    assert a.letter != b.letter
    beside = {a.letter: "a", b.letter: "b"}
    for named, headers, place in PLACES:
        await answer(post, "ruth")
        found = await arrive(post, "ruth", named, **headers)
        assert (found.body.text, beside.get(found.letter, "own")) == (named, place)


# Mailboxes in the order they came: id, what it answers, what it refers to; and which of them belong together.
MAILBOXES: dict[str, tuple[list[tuple[str, str, str]], list[set[int]]]] = {
    "a chain": ([("1", "", ""), ("2", "1", "1"), ("3", "2", "1 2")], [{0, 1, 2}]),
    "two answers to one": ([("1", "", ""), ("2", "1", "1"), ("3", "1", "1")], [{0, 1, 2}]),
    "two that answer one that never came": ([("2", "", "1"), ("3", "", "1")], [{0}, {1}]),
    "a link that is missing": ([("1", "", ""), ("3", "2", "1 2")], [{0, 1}]),
    "an answer before its question": ([("2", "1", "1"), ("1", "", "")], [{0}, {1}]),
    "a loop": ([("1", "2", "2"), ("2", "1", "1"), ("3", "", "")], [{0, 1}, {2}]),
    "the same id twice": ([("1", "", ""), ("1", "", ""), ("2", "1", "1")], [{0, 2}, {1}]),
    "strangers": ([("1", "", ""), ("2", "", ""), ("3", "2", "")], [{0}, {1, 2}]),
    "no ids": ([("", "", ""), ("", "", "")], [{0}, {1}]),
}


async def test_letters_of_a_mailbox_are_put_together_by_their_references(post: Post) -> None:
    for name, (letters, expected) in MAILBOXES.items():
        labels: list[LetterId | None] = []
        for number, ids in enumerate(letters):
            named = dict(zip(("Message_ID", "In_Reply_To", "References"), ids, strict=True))
            at = f"{name.replace(' ', '-')}.mail.example"
            full = {key: " ".join(f"<{i}@{at}>" for i in one.split()) for key, one in named.items() if one}
            labels.append((await arrive(post, "ruth", f"{name} {number}", **full)).letter)
            await answer(post, "ruth")
        together = [{n for n, label in enumerate(labels) if label == one} for one in dict.fromkeys(labels)]
        assert (name, together) == (name, expected)


async def test_an_answer_finds_its_letter_though_the_relay_has_renamed_it(
    post: Post, relay: FakeRelay
) -> None:
    """Amazon SES and others give mail a Message-ID of their own, and that is what the answer names."""
    for beginning in (True, False):  # a thread we began, and one that she began on the web
        if beginning:
            await answer(post, "ruth")
        else:
            held, circle = await post.cast.enter("ruth", "ruth", Deed.WRITE)
            await write_letter(post.cast.office, held, circle, Letter(uuid4(), "From the page."))
            await answer(post, "ruth", len(await post.entries("ruth")))
        ours = (await post.entries("ruth"))[-1]
        mail = await sent(post, relay, "ruth")
        assert mail["Message-ID"].strip("<>") not in mail["References"]
        references = f"{mail['References']} <{RELAYS_ID}{beginning}>"
        reply = {"In_Reply_To": f"<{RELAYS_ID}{beginning}>", "References": references, "Message_ID": ""}
        found = await arrive(post, "ruth", f"renamed {beginning}", **reply)
        assert found.letter == ours.letter


async def test_our_answer_names_the_letter_it_answers_and_hands_back_what_outlook_threads_by(
    post: Post, relay: FakeRelay
) -> None:
    theirs = {"Message_ID": "<outlook@mail.example>", "Thread_Index": INDEX, "Thread_Topic": "a walk"}
    entry = await arrive(post, "ruth", "one", Subject="Re: Re: AW: a walk", **theirs)
    await answer(post, "ruth", entry.number)
    mail = await sent(post, relay, "ruth")
    assert mail["In-Reply-To"] == "<outlook@mail.example>"
    assert mail["References"].split()[-1] == "<outlook@mail.example>"
    assert len(mail["References"].split()) > 1, "and our own stable id"
    assert mail["Thread-Index"] == INDEX
    assert mail["Thread-Topic"] is None, "that is her subject"
    assert mail["Subject"].lower().count("re:") <= 1
    again = await arrive(post, "ruth", "two", In_Reply_To=str(mail["Message-ID"]))
    await answer(post, "ruth", again.number)
    second = await sent(post, relay, "ruth")
    assert second["Message-ID"] != mail["Message-ID"]
    assert second["Subject"] == mail["Subject"], "as Gmail wants it"
    assert second["References"].split()[0] == mail["References"].split()[0]
    assert second["Thread-Index"] is None, "her second letter had none"


async def test_what_is_no_thread_index_is_not_handed_back(post: Post, relay: FakeRelay) -> None:
    values = ["x", "A" * 27, "ä" * 30, "A" * 500, "A" * 28 + ";", "A" * 28 + "==\r\n ; Bcc: x"]
    for number, value in enumerate(values):
        entry = await arrive(post, "ruth", f"{number}", Thread_Index=value)
        assert entry.body.text == f"{number}"
        await answer(post, "ruth", entry.number)
        assert (await sent(post, relay, "ruth"))["Thread-Index"] is None


class Statements:
    """What was asked of the database about letter threads."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.asked: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def letters_by_message_ids(self, way: Any, hashes: Any) -> Any:
        self.asked.append(len(hashes))
        return await self._inner.letters_by_message_ids(way, hashes)


async def test_a_thousand_references_are_one_query_of_fifty(post: Post) -> None:
    memory = post.cast.office.memory
    threads = Statements(memory.threads)
    object.__setattr__(memory, "threads", threads)
    a = await arrive(post, "ruth", "one", Message_ID="<a@mail.example>")
    await answer(post, "ruth")
    many = "".join(f"\r\n <{n}@y.example>" for n in range(1000))
    found = await arrive(post, "ruth", "two", References=f"<a@mail.example>{many}")
    object.__setattr__(memory, "threads", threads._inner)
    assert found.letter == a.letter, "the root is among the fifty"
    # Of each letter by what it is known again, and its own id with all that it names, whatever their number.
    assert threads.asked == [2, 1, 2, 50]


async def test_no_interleaving_brings_a_line_of_one_client_to_another(post: Post) -> None:
    """Linden answers Ruth's letters, to his own address and to hers, among Ruth's own letters."""
    chance = Random(9)
    addresses = {name: await post.address(name) for name in ("ruth", "linden")}
    offers: list[tuple[str, str, str]] = []
    for number in range(size(120, 1000)):
        writer, to = chance.choice([("ruth", "ruth"), ("linden", "linden"), ("linden", "ruth")])
        offers.append((writer, to, f"{writer} {number}"))
    known: list[str] = []

    async def offer(writer: str, to: str, text: str) -> None:
        own = f"<{text.replace(' ', '.')}@mail.example>"
        answered = chance.choice(known) if known else "<none@mail.example>"
        known.append(own)
        headers = {
            "Message_ID": chance.choice([own, answered]),
            "In_Reply_To": answered,
            "References": answered,
        }
        raw = await asyncio.to_thread(lambda: post.letter(writer, text, **headers))
        assert (await post.offer(raw, addresses[to])).startswith("250")

    waiting = iter(offers)

    async def some() -> None:
        for one in waiting:
            await offer(*one)
            if chance.random() < 0.2:
                await post.read_all()

    async with asyncio.TaskGroup() as group:
        for _ in range(4):
            group.create_task(some())
    await post.read_all()
    for client in ("ruth", "linden"):
        own = sorted(text for writer, to, text in offers if writer == client == to)
        assert sorted(entry.body.text for entry in await all_of(post, client)) == own
    held = sorted(text for writer, to, text in offers if writer != to)
    assert sorted(one.preview for one in await post.screener()) == held
    assert (await post.counts())[OriginalState.DELIVERED] == len(offers) - len(held)
    labels = {client: {entry.letter for entry in await all_of(post, client)} for client in ("ruth", "linden")}
    assert not labels["ruth"] & labels["linden"]


async def all_of(post: Post, client: str) -> list[Entry]:
    """The whole conversation, however long."""
    held, _ = await post.cast.enter("mira", client)
    entries = list[Entry]()
    while page := await entries_after(post.cast.office, held, len(entries)):
        entries += page
    return entries
