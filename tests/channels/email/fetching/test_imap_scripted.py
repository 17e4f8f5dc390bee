"""What an IMAP server may say and seldom does: a letter must neither be overlooked nor passed by."""

import secrets
from collections import Counter
from typing import Any

import pytest
from imapclient.exceptions import IMAPClientError

from channels.email.fetching import fetcher as fetching
from channels.email.fetching.condition import Condition, Outcome
from channels.email.fetching.connection import LOOKS, Connection
from channels.email.fetching.hands import Hands
from channels.email.fetching.session import AGAIN, Desk, Session
from channels.email.terms import ImapAccount
from messaging.memory.arriving import Fetched
from tests.channels.email.fetching.scripted_imap import ScriptedImap
from tests.channels.email.fetching.test_imap import addressed, attending
from tests.channels.email.post import Post
from tests.peers.running import until_it_is

FOUND = b"* SEARCH 1\r\n"
NONE = b"* SEARCH\r\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that a test can wait for."""
    monkeypatch.setattr(fetching, "PAUSES", (0.05,))


def account(server: ScriptedImap) -> ImapAccount:
    """A mailbox that was never fetched before: positions are remembered by its name."""
    return ImapAccount("127.0.0.1", server.port, "none", secrets.token_hex(4), "word", every=0.05)


def fetched(what: str, content: bytes) -> bytes:
    return (
        f"* 1 FETCH (UID 1 RFC822.SIZE 900 BODY[{what}]<0> {{{len(content)}}}\r\n".encode()
        + content
        + b")\r\n"
    )


async def test_a_letter_told_of_beside_a_search_that_does_not_find_it_is_looked_for_again() -> None:
    """Dovecot searches first and looks for new letters after; it tells of each once, so IDLE would be silent of this one."""
    async with ScriptedImap({"UID SEARCH": [NONE + b"* 1 EXISTS\r\n", FOUND]}) as server:
        hands = Hands(Connection(account(server)))
        try:
            await hands(hands.connection.open)
            assert await hands(hands.connection.after, 0) == [1]
            assert await hands(hands.connection.after, 0) == []
        finally:
            await hands.close()
    assert sum(one.startswith("UID SEARCH") for one in server.heard) == 3


@pytest.mark.parametrize(
    "silence", [b"", b"* 1 FETCH (UID 1 RFC822.SIZE 900 BODY[HEADER.FIELDS (TO)]<0> NIL)\r\n"]
)
async def test_a_letter_whose_head_is_not_given_is_asked_for_again_and_not_passed(
    post: Post, silence: bytes
) -> None:
    raw = addressed(post.letter("ruth"), await post.address("ruth"))
    given = fetched("HEADER.FIELDS (TO)", raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    script = {
        # Found, still there; then found by two sessions more, of which the first is not given the letter.
        "UID SEARCH": [FOUND, FOUND, FOUND, FOUND],
        "UID FETCH 1 (RFC822.SIZE": [silence, given, given],
        "UID FETCH 1 (BODY": [b"", fetched("", raw)],
    }
    async with ScriptedImap(script) as server, attending(post, account(server)) as condition:
        await until_it_is(lambda: condition.letters[Outcome.KEPT] == 1, "the letter", lambda: condition)
    assert sum(condition.letters.values()) == 1


async def test_a_letter_that_is_never_given_is_left_in_the_end_and_one_that_is_gone_is_passed(
    post: Post,
) -> None:
    async with (
        ScriptedImap({"UID SEARCH": [FOUND] * 6}) as server,
        attending(post, account(server)) as condition,
    ):
        await until_it_is(lambda: condition.letters[Outcome.UNFETCHED] == 1, "the tries", lambda: condition)
        await until_it_is(lambda: "UID STORE 1 +FLAGS.SILENT ($QuietlineLeft)" in server.heard, "the mark")
    async with ScriptedImap({"UID SEARCH": [FOUND, NONE]}) as server:
        at = account(server)
        async with attending(post, at) as condition:
            await until_it_is(lambda: condition.looked_at is not None, "the end", lambda: condition)
        assert not condition.letters
        assert not any("STORE" in one for one in server.heard)


async def test_a_server_that_tells_of_letters_with_every_answer_is_not_asked_without_end() -> None:
    """What the searches did not find is found by the next one that is asked for."""
    told = [NONE + b"* 1 EXISTS\r\n"] * LOOKS
    async with ScriptedImap({"UID SEARCH": [*told, FOUND]}) as server:
        hands = Hands(Connection(account(server)))
        try:
            await hands(hands.connection.open)
            assert await hands(hands.connection.after, 0) == []
            assert await hands(hands.connection.after, 0) == [1]
        finally:
            await hands.close()


async def test_tries_are_remembered_only_of_letters_that_are_looked_at_once_more() -> None:
    nobody: Any = None
    desk = Desk(nobody, nobody, Condition(), Counter())

    async def fails(validity: int, uid: int) -> None:
        session = Session(desk, nobody, nobody, Fetched(validity, uid - 1))
        with pytest.raises(IMAPClientError):
            await session._tried(uid, None)

    for uid in range(1, 4 * AGAIN):
        await fails(7, uid)
    assert len(desk.tries) <= AGAIN + 2
    await fails(8, 1)
    assert list(desk.tries) == [(8, 1)]
