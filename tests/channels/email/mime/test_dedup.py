"""Duplicates: the same letter twice is one, another letter under the same id is another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.mime.dedup import content_hash
from tests.channels.email.letters import letter

PLAIN = letter("plain")


@pytest.mark.parametrize(
    "line",
    [
        b"Received: from a.test by b.test;\r\n\tTue, 14 Jan 2031 19:00:00 +0100\r\n",
        b"Return-Path: <mara@example.org>\r\n",
        b"Delivered-To: x@letters.practice.test\r\n",
        b"Authentication-Results: mx.practice.test; dmarc=pass\r\n",
        b"ARC-Seal: i=1; a=rsa-sha256\r\n",
        b"DKIM-Signature: v=1; d=example.org\r\n",
        b"X-Spam-Score: 1\r\n",
    ],
)
def test_what_is_added_on_the_way_does_not_make_another_letter(line: bytes) -> None:
    assert content_hash(line + PLAIN) == content_hash(PLAIN)


@pytest.mark.parametrize(
    "changed",
    [
        PLAIN.replace(b"heavy", b"light"),
        PLAIN.replace(b"difficult", b"different"),
        PLAIN.replace(b"first.1@", b"first.2@"),
        PLAIN.replace(b"Mara Lind", b"Mara Lund"),
    ],
)
def test_other_words_are_another_letter(changed: bytes) -> None:
    assert changed != PLAIN
    assert content_hash(changed) != content_hash(PLAIN)


def test_line_ends_and_refolding_do_not_make_another_letter() -> None:
    assert content_hash(PLAIN.replace(b"\r\n", b"\n")) == content_hash(PLAIN)
    assert content_hash(PLAIN.replace(b"\r\n <letter-7", b" <letter-7")) == content_hash(PLAIN)


@given(st.binary(max_size=300))
def test_anything_has_a_hash(raw: bytes) -> None:
    assert len(content_hash(raw)) == 32
