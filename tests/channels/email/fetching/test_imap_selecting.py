"""Mailboxes that open with less than they should say, or in other letters; and servers that vanish while they speak."""

import asyncio
import logging
from itertools import product

import pytest

from channels.email.examining.doors import examine_mailbox
from channels.email.fetching import fetcher as fetching
from channels.email.fetching.condition import Outcome, Standing
from channels.email.fetching.selecting import ReadOnly, Remark, selected
from channels.email.fetching.session import VANISHED
from channels.email.fetching.speech import capital
from messaging.memory.arriving import OriginalState
from tests.channels.email.fetching.scripted_imap import GONE, ScriptedImap
from tests.channels.email.fetching.test_imap import addressed, attending
from tests.channels.email.fetching.test_imap_scripted import FOUND, NONE, account, fetched
from tests.channels.email.post import Post
from tests.peers.running import until_it_is

VALID = b"* OK [UIDVALIDITY 7] .\r\n"
FLAGS = b"* OK [PERMANENTFLAGS (\\Seen \\*)] .\r\n"
EXISTS = b"* 1 EXISTS\r\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that a test can wait for."""
    monkeypatch.setattr(fetching, "PAUSES", (0.02,))


CASES = [bytes.upper, bytes.lower, bytes.title]


@pytest.mark.parametrize(("written", "writable"), list(product(CASES, ["READ-WRITE", ""])))
def test_codes_are_read_in_any_case_and_one_that_is_missing_is_said(written: type, writable: str) -> None:
    end = b"A1 OK [READ-WRITE] opened\r\n" if writable else b"A1 OK opened\r\n"
    found = selected([written(line) for line in (EXISTS, VALID, FLAGS, end)])
    assert (found.validity, found.keywords) == (7, True)
    assert found.remarks == (frozenset() if writable else {Remark.NOT_SAID_WRITABLE})


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"* OK [UIDVALIDITY] .\r\n",
        b"* OK [UIDVALIDITY x] .\r\n",
        b"* OK UIDVALIDITY 7\r\n",
        VALID + b"* NO [UIDNOTSTICKY] .\r\n",
    ],
)
def test_without_numbers_that_last_there_is_no_validity(line: bytes) -> None:
    found = selected([*line.splitlines(keepends=True), b"A1 OK [READ-WRITE] .\r\n"])
    assert found.validity is None
    assert found.remarks == {Remark.NO_VALIDITY}


@pytest.mark.parametrize("number", ["0", "7", "4294967295", "9" * 30])
def test_any_number_is_a_validity(number: str) -> None:
    found = selected([f"* OK [UIDVALIDITY {number}] .\r\n".encode(), b"A1 OK [READ-WRITE] .\r\n"])
    assert found.validity == int(number[-18:])


@pytest.mark.parametrize("written", CASES)
def test_a_mailbox_that_may_only_be_read_is_not_taken(written: type) -> None:
    with pytest.raises(ReadOnly):
        selected([VALID, written(b"A1 OK [READ-ONLY] .\r\n")])


@pytest.mark.parametrize("done", ["done", "[read-write] done", "[Read-Write] done", "[READ-WRITE] done"])
async def test_a_letter_comes_in_whatever_the_server_says_of_writing(
    post: Post, done: str, caplog: pytest.LogCaptureFixture
) -> None:
    raw = addressed(post.letter("ruth"), await post.address("ruth"))
    script = {
        "SELECT": [EXISTS + VALID.lower() + FLAGS.lower()],
        "UID SEARCH": [FOUND],
        "UID FETCH 1 (RFC822.SIZE": [
            fetched("HEADER.FIELDS (TO)", raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
        ],
        "UID FETCH 1 (BODY": [fetched("", raw)],
    }
    async with (
        ScriptedImap(script, done=done) as server,
        attending(post, account(server)) as condition,
    ):
        await until_it_is(lambda: condition.letters[Outcome.KEPT] == 1, "the letter", lambda: condition)
        assert condition.standing is Standing.ATTENDING
        unsaid = "[" not in done
        assert condition.remarks == ({Remark.NOT_SAID_WRITABLE} if unsaid else frozenset())
    said = [record for record in caplog.records if hasattr(record, "lacks")]
    assert [one.lacks for one in said] == ([["read_write_not_said"]] if unsaid else [])
    assert all(one.levelno == logging.WARNING for one in said)


async def test_a_server_that_writes_everything_in_small_letters_is_understood(post: Post) -> None:
    raw = addressed(post.letter("ruth"), await post.address("ruth"))
    head = fetched("HEADER.FIELDS (TO)", raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    script = {
        "UID SEARCH": [FOUND],
        "UID FETCH 1 (RFC822.SIZE": [head],
        "UID FETCH 1 (BODY": [fetched("", raw)],
    }
    async with ScriptedImap(script, lower=True) as server, attending(post, account(server)) as condition:
        await until_it_is(lambda: condition.letters[Outcome.KEPT] == 1, "the letter", lambda: condition)
        assert (condition.remarks, condition.standing) == (frozenset(), Standing.ATTENDING)
    assert server.heard.count("LOGOUT") + server.heard.count("CAPABILITY") >= 1
    await post.read_all()
    assert await post.counts() == {OriginalState.DELIVERED: 1}, "not a letter of it has changed"


@pytest.mark.parametrize(
    ("line", "heard"),
    [
        (b"* ok [uidvalidity 7] x\r\n", b"* OK [uidvalidity 7] x\r\n"),
        (b"* 1 fetch (uid 1 body[] {3}\r\n", b"* 1 FETCH (uid 1 body[] {3}\r\n"),
        (b"ABCD12 no [alert] x\r\n", b"ABCD12 NO [alert] x\r\n"),
        (b")\r\n", b")\r\n"),
        (b" flags (x))\r\n", b" flags (x))\r\n"),
        (b"+ go on\r\n", b"+ go on\r\n"),
        (b"", b""),
    ],
)
def test_only_the_word_that_says_what_a_line_is_is_written_anew(line: bytes, heard: bytes) -> None:
    assert capital(line) == heard


@pytest.mark.parametrize("done", ["[READ-ONLY] done", "[read-only] done"])
async def test_that_it_may_only_be_read_is_said_as_such(post: Post, done: str) -> None:
    async with ScriptedImap({}, done=done) as server, attending(post, account(server)) as condition:
        await until_it_is(lambda: condition.standing is Standing.READ_ONLY, "the state", lambda: condition)
    async with ScriptedImap({}, done=done) as server:
        found = await asyncio.to_thread(examine_mailbox, account(server))
        assert (found.fine, "may only be read" in found.says) == (False, True)


async def test_without_validity_each_connection_looks_at_all_and_keeps_nothing_twice(post: Post) -> None:
    raw = addressed(post.letter("ruth"), await post.address("ruth"))
    head = fetched("HEADER.FIELDS (TO)", raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    script = {
        "SELECT": [EXISTS + FLAGS] * 9,
        # Looked for, found, nothing more; then the server goes away and is back.
        "UID SEARCH": [FOUND, GONE, FOUND, NONE],
        "UID FETCH 1 (RFC822.SIZE": [head, head],
        "UID FETCH 1 (BODY": [fetched("", raw), fetched("", raw)],
    }
    async with ScriptedImap(script) as server:
        at = account(server)
        async with attending(post, at) as condition:
            await until_it_is(lambda: condition.letters[Outcome.KNOWN] == 1, "again", lambda: condition)
            assert condition.remarks == {Remark.NO_VALIDITY}
            assert (condition.letters[Outcome.KEPT], condition.standing) == (1, Standing.ATTENDING)
        found = await asyncio.to_thread(examine_mailbox, at)
        assert found.fine
    assert sum((await post.counts()).values()) == 1


async def test_a_doctor_says_what_is_left_out() -> None:
    async with ScriptedImap({"SELECT": [EXISTS + FLAGS]}, done="done") as server:
        found = await asyncio.to_thread(examine_mailbox, account(server))
    assert found.fine
    assert "UIDVALIDITY" in found.says
    assert "taken for yes" in found.says


# ---------------------------------------------------------------- a server that vanishes


@pytest.mark.parametrize("after", range(0, 900, 37))
async def test_a_server_that_vanishes_while_it_gives_a_letter_costs_nothing(post: Post, after: int) -> None:
    """Half a letter is none, wherever it breaks off; the next connection brings all of it."""
    raw = addressed(post.letter("ruth"), await post.address("ruth"))
    given = fetched("", raw)
    assert after < len(given)
    head = fetched("HEADER.FIELDS (TO)", raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    script = {
        "UID SEARCH": [FOUND, FOUND],
        "UID FETCH 1 (RFC822.SIZE": [head, head],
        "UID FETCH 1 (BODY": [given[:after] + GONE, given],
    }
    async with ScriptedImap(script) as server, attending(post, account(server)) as condition:
        await until_it_is(lambda: condition.letters[Outcome.KEPT] == 1, "the letter", lambda: condition)
    assert sum(condition.letters.values()) == 1
    await post.read_all()
    assert await post.counts() == {OriginalState.DELIVERED: 1}


@pytest.mark.parametrize("at_head", [True, False], ids=["its head", "itself"])
async def test_a_letter_that_brings_the_server_down_each_time_does_not_keep_the_next_from_coming_in(
    post: Post, at_head: bool
) -> None:
    raw = addressed(post.letter("ruth"), await post.address("ruth"))
    one = fetched("HEADER.FIELDS (TO)", raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
    two = one.replace(b"* 1 FETCH (UID 1", b"* 2 FETCH (UID 2")
    both, times = b"* SEARCH 1 2\r\n", 2 * VANISHED + 4
    script = {
        "UID SEARCH 1:": [],
        "UID SEARCH UID": [],
        "UID SEARCH": [both] * (VANISHED + 1),
        "UID FETCH 1,2 (RFC822.SIZE": [GONE if at_head else one + two] * times,
        "UID FETCH 1:2 (RFC822.SIZE": [GONE if at_head else one + two] * times,
        "UID FETCH 1 (RFC822.SIZE": [GONE if at_head else one] * times,
        "UID FETCH 2 (RFC822.SIZE": [two] * times,
        "UID FETCH 1 (BODY": [fetched("", raw)[:200] + GONE] * times,
        "UID FETCH 2 (BODY": [fetched("", raw).replace(b"* 1 FETCH (UID 1", b"* 2 FETCH (UID 2")] * times,
    }
    async with ScriptedImap(script) as server, attending(post, account(server)) as condition:
        await until_it_is(lambda: condition.letters[Outcome.KEPT] == 1, "the next letter", lambda: condition)
        await until_it_is(
            lambda: "UID STORE 1 +FLAGS.SILENT ($QuietlineLeft)" in server.heard,
            "the flag",
            lambda: condition,
        )
    assert condition.letters[Outcome.UNFETCHED] == 1
