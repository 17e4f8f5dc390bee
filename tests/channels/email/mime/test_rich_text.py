"""Words in Outlook's rich text, where a winmail.dat holds no others."""

import struct
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.mime.parsing import parse
from channels.email.mime.rich_text import DEPTH, LIMIT, rich_words, unfold
from channels.email.mime.wrappers import CUT, RICH_LIMIT
from tests.channels.email.mime.outlook import BINARY, of_message, prop, wrapper
from tests.channels.email.mime.test_wrappers import mailed

SPECIFIED: Final = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af32068656c090020627705b06c647d0a800fa0".replace(
        " ", ""
    )
)
"""The example of MS-OXRTFCP 4.1.1: {\\rtf1\\ansi\\ansicpg1252\\pard hello world}"""
OVERLAPPING: Final = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
"""The example of MS-OXRTFCP 4.1.2, of a reference into what it is writing itself."""


def kept(rich: bytes) -> bytes:
    """As it stands in a wrapper, not folded (MS-OXRTFCP 2.1.3.1.1)."""
    return struct.pack("<II4sI", len(rich) + 12, len(rich), b"MELA", 0) + rich


def words(body: str, charset: str = "cp1252") -> str:
    return rich_words(kept(b"{\\rtf1\\ansi\\ansicpg1252 " + body.encode(charset) + b"}"))[0]


def test_the_examples_of_the_specification_are_unfolded() -> None:
    assert unfold(SPECIFIED) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rich_words(SPECIFIED) == ("hello world", False)
    assert unfold(OVERLAPPING) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_a_letter_whose_words_are_in_rich_text_alone_is_read() -> None:
    read = parse(mailed(wrapper(of_message(prop(0x1009, BINARY, SPECIFIED)))))
    assert read.text == "hello world"
    assert not read.problems


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (r"Dear Mira,\par it is worse.", "Dear Mira,\nit is worse."),
        (r"f\'fcr dich \u8364?5", "für dich €5"),
        (r"\uc2\u1055 ??\uc1\u1088?", "Пр"),
        (r"\u-10179?\u-8704? sad", "😀 sad"),
        (r"\lquote so\rquote  \ldblquote he\rdblquote \emdash\bullet", "‘so’ “he”—•"),
        (r"a\tab b\~c\_d \{x\} \\y", "a\tb c-d {x} \\y"),
        (r"{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset204 Arial Cyr;}}{\f1 \'cc\'ed\'e5} {\f0 f\'fcr}", "Мне für"),
        (r"{\colortbl;\red0;}{\stylesheet{\s0 Normal;}}{\*\generator Riched20;}{\info{\author X}}Hello", "Hello"),
        (r"{\field{\*\fldinst HYPERLINK http://x.test}{\fldrslt my page}}", "my page"),
        (r"{\pict\pngblip\bin4 }}{{}still {\b here}", "still here"),
        (r"{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 I am ill\htmlrtf\par}\htmlrtf0 {\*\htmltag72 </p>}Ruth", "I am ill\nRuth"),
        (r"not closed {\b bold", "not closed bold"),
        (r"too } many } closed", "too  many  closed"),
    ],
)  # fmt: skip
def test_rich_text_is_read_as_lines(body: str, read: str) -> None:
    assert words(body) == read


def test_words_behind_groups_within_groups_are_read() -> None:
    assert words("{" * 3 * DEPTH + "deep" + "}" * 3 * DEPTH + " and on") == "deep and on"


def test_what_is_none_has_no_words_and_what_is_too_long_says_so() -> None:
    for none in (b"", b"LZFu", b"LZFu....", kept(b"hello"), kept(b""), SPECIFIED[:15], bytes(40)):
        assert rich_words(none) == ("", False)
    read = parse(mailed(wrapper(of_message(prop(0x1009, BINARY, kept(b"{\\rtf1 " + b"long " * LIMIT))))))
    assert read.text.startswith("long long")
    assert CUT in read.problems


def test_of_many_wrappers_few_have_their_rich_text_read() -> None:
    one = mailed(wrapper(of_message(prop(0x1009, BINARY, SPECIFIED)))).partition(b"\r\n\r\n")
    assert parse(one[0] + one[1] + one[2].replace(b"--x--", b"") * 6).text.count("hello world") <= RICH_LIMIT


@given(st.binary(), st.booleans())
def test_whatever_is_folded_it_is_read(noise: bytes, folded: bool) -> None:
    rich = b"{\\rtf1 " + noise
    rich_words(SPECIFIED[:16] + noise if folded else kept(rich))


@given(st.text(alphabet="{}\\'*u1 bin9fpar-"))
def test_whatever_is_written_it_is_read(body: str) -> None:
    assert "\0" not in words(body)
