"""The longest words fit a frame, whatever they are made of and however a program packs them; longer ones are told so."""

import json
from collections.abc import Callable
from uuid import uuid4

import pytest

from channels.chat import frames
from channels.chat.frames import FRAME_LIMIT, PACKED_LIMIT
from messaging.messages import CHAT_LIMIT

CHARACTERS = {
    "control": "\x01",
    "unit separator": "\x1f",
    "delete": "\x7f",
    "line end": "\n",
    "quote": '"',
    "backslash": "\\",
    "letter": "a",
    "umlaut": "ä",
    "kanji": "語",
    "line separator": "\u2028",
    "noncharacter": "\uffff",
    "emoji": "\U0001f600",
    "last of all": "\U0010fffd",
    "escape in words": "\\u0001",
    "of everything": "\x01a\\ä語\U0001f600",
}
"""Each kind of which JSON makes something else."""


def escaped(text: str) -> str:
    """Every unit of UTF-16 as an escape: the longest JSON there is."""
    raw = text.encode("utf-16-be")
    return '"' + "".join(f"\\u{raw[at : at + 2].hex()}" for at in range(0, len(raw), 2)) + '"'


PACKED: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: json.dumps(text, ensure_ascii=False),
    "as ASCII": json.dumps,
    "all escaped": escaped,
}


def of_length(kind: str, length: int) -> str:
    return (CHARACTERS[kind] * length)[:length]


def packed(how: str, text: str) -> str:
    """Say and correct frames differ by their head alone; this is the longer one."""
    head = {"type": "correct", "conversation": str(uuid4()), "key": str(uuid4()), "number": 2**31 - 1}
    return f'{json.dumps(head)[:-1]}, "text": {PACKED[how](text)}}}'


@pytest.mark.parametrize("how", PACKED)
@pytest.mark.parametrize("kind", CHARACTERS)
def test_the_longest_words_of_every_kind_of_character_fit_a_frame(kind: str, how: str) -> None:
    text = of_length(kind, CHAT_LIMIT)
    frame = packed(how, text)
    assert not frames.is_too_large(frame)
    read = frames.decode(frame)
    assert isinstance(read, frames.Correct)
    assert read.text == text


@pytest.mark.parametrize("how", PACKED)
@pytest.mark.parametrize("kind", CHARACTERS)
def test_one_character_more_is_read_so_that_it_can_be_refused_in_words(kind: str, how: str) -> None:
    assert not frames.is_too_large(packed(how, of_length(kind, CHAT_LIMIT + 1)))


@pytest.mark.parametrize("sign", ["x", "ä", "\U0001f600"])
def test_what_no_words_need_is_too_large(sign: str) -> None:
    assert frames.is_too_large(sign * (FRAME_LIMIT // len(sign.encode()) + 1))
    assert not frames.is_too_large(sign * (FRAME_LIMIT // len(sign.encode())))


def test_escapes_buy_no_more_than_they_need() -> None:
    most = PACKED_LIMIT // len("\\u0001")
    assert not frames.is_too_large("\\u0001" * most)
    assert frames.is_too_large("\\u0001" * most + "x" * len("\\u0001"))
