"""Clear text before, behind and around packed text: both are read, and no control character is ever shown."""

from base64 import encodebytes
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.mime import charsets
from channels.email.mime.packing import AROUND, NOT_PACKED, unpack
from channels.email.mime.parsing import parse

SHORT: Final = "Mir geht es besser, danke für Ihre Worte."
LONG: Final = "\n".join(f"{number}. Ich übe jeden Abend vor dem Schlafen, für Sie." for number in range(40))
CLEAR: Final = (
    "_______________________________________________\r\nlist mailing list\r\nhttps://lists.home.test/x",
    "[EXTERNAL] Do not open links.",
    "Unsubscribe",
    "Gesendet von GMX",
    "Diese Mail wurde geprüft von Ärzte-IT",
    "--",
)


def packed(text: str, charset: str = "utf-8") -> str:
    return encodebytes(text.encode(charset)).decode().replace("\n", "\r\n")


def mail(body: str, kind: str = "plain", charset: str = "utf-8") -> bytes:
    head = f"From: ruth@home.test\r\nMIME-Version: 1.0\r\nContent-Type: text/{kind}; charset={charset}\r\n"
    return (head + "Content-Transfer-Encoding: base64\r\n\r\n" + body).encode()


@pytest.mark.parametrize("clear", CLEAR)
@pytest.mark.parametrize("words", [SHORT, LONG])
@pytest.mark.parametrize("place", ["before", "behind", "around"])
def test_clear_text_beside_packed_text_is_read_and_so_are_the_packed_words(
    clear: str, words: str, place: str
) -> None:
    before = f"{clear}\r\n\r\n" if place in ("before", "around") else ""
    behind = f"\r\n{clear}\r\n" if place in ("behind", "around") else ""
    read = parse(mail(before + packed(words) + behind))
    assert words in read.text
    assert all(line in read.text for line in clear.split("\r\n"))
    if clear != "--":
        assert AROUND in read.problems


@pytest.mark.parametrize("charset", ["iso-8859-1", "windows-1251", "koi8-r"])
def test_long_words_of_other_sets_are_unpacked_beside_clear_ones(charset: str) -> None:
    words = LONG if charset == "iso-8859-1" else "Мне стало лучше, спасибо. Каждый вечер я гуляю у озера."
    read = parse(mail(packed(words, charset) + "\r\nlist mailing list\r\n", charset=charset))
    assert words in read.text
    assert "list mailing list" in read.text


def test_a_page_in_the_clear_around_a_packed_page() -> None:
    inside = packed(f"<p>{SHORT} {SHORT}</p>").strip()
    read = parse(mail(f"<table><tr><td>{inside}</td></tr><tr><td>by Alias</td></tr></table>", "html"))
    assert f"{SHORT} {SHORT}" in read.text
    assert "by Alias" in read.text


@pytest.mark.parametrize(
    "words",
    ["help", "I can", "No way", "please call me now", "Ja gut", "I am in hospital, please call 0664 123"],
)
def test_words_labelled_as_packed_that_are_not_stay_words(words: str) -> None:
    assert unpack(words.encode(), "base64", words=True) == (words.encode(), NOT_PACKED)


@pytest.mark.parametrize("words", ["ok", "Ja.", "I am better.", "Für mich nicht", SHORT, LONG])
@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_what_is_packed_as_a_whole_is_unpacked_as_a_whole(words: str, charset: str) -> None:
    letters = packed(words + "\r\n", charset).encode()
    assert unpack(letters, "base64", words=True) == ((words + "\r\n").encode(charset), "")


def test_files_are_unpacked_as_they_always_were() -> None:
    content = bytes(range(256)) * 9
    assert unpack(encodebytes(content), "base64", words=False) == (content, "")


@given(st.lists(st.sampled_from([*CLEAR, packed(SHORT), packed(LONG), "\x00\x1b[31m", "====", "PHA+"])))
def test_whatever_is_mixed_is_read_without_controls(pieces: list[str]) -> None:
    text = parse(mail("\r\n".join(pieces))).text
    assert not [letter for letter in text if ord(letter) < 32 and letter not in "\t\n"]


@given(st.binary())
def test_controls_are_never_shown(data: bytes) -> None:
    for charset in (None, "utf-8", "iso-8859-1", "windows-1252", "iso-8859-5", "koi8-r", "utf-16"):
        text = charsets.decode(data, charset, guess=True)
        assert not [one for one in text if one not in "\t\n\r" and (ord(one) < 32 or 127 <= ord(one) < 160)]
