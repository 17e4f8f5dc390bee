"""Letters in wrappers: Outlook's winmail.dat and S/MIME are opened, or named; never blank, never slow."""

import base64
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.mime.bodies import PART_SEALED, SIGNED, Unreadable
from channels.email.mime.parsing import ParsedLetter, parse
from channels.email.mime.tnef import FILE_LIMIT, read_tnef
from channels.email.mime.wrappers import DAMAGED, EMPTY, RICH
from tests.channels.email.letters import CORPORA, NO_CORPORA
from tests.channels.email.mime.outlook import (
    BINARY,
    LONG,
    MESSAGE_OBJECT,
    OBJECT,
    STRING8,
    UNICODE,
    attribute,
    file,
    of_message,
    prop,
    wrapper,
)

PLAIN = prop(0x1000, STRING8, "Schöne Grüße, Mara\0".encode("cp1252"))
PAGE = prop(0x1013, BINARY, "<p>Schöne <b>Grüße</b></p>".encode("latin-1"))
PAGE_CHARSET = prop(0x3FDE, LONG, 28591)
RICH_WORDS = prop(0x1009, BINARY, b"LZFu...")


def mailed(winmail: bytes, words: str = "") -> bytes:
    """A letter from Outlook: what it says in the open, and its wrapper."""
    return (
        b'From: mara@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n'
        b"--x\r\nContent-Type: text/plain\r\n\r\n" + words.encode() + b"\r\n"
        b'--x\r\nContent-Type: application/ms-tnef; name="winmail.dat"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(winmail) + b"\r\n--x--\r\n"
    )


def names(letter: ParsedLetter) -> list[str]:
    return [one.name for one in letter.attachments]


def test_the_files_within_a_wrapper_stand_like_any_others() -> None:
    read = parse(mailed(wrapper(file("Pläne.pdf", b"%PDF-1.4"), file("notes.txt", b"lake")), "See both."))
    assert read.text == "See both."
    assert [(one.name, one.content, one.inline) for one in read.attachments] == [
        ("Pläne.pdf", b"%PDF-1.4", False),
        ("notes.txt", b"lake", False),
    ]
    assert read.problems == ()


def test_a_short_name_serves_where_there_is_no_other_and_no_name_leads_elsewhere() -> None:
    short = attribute(0x00018010, b"..\\..\\PLAN~1.PDF\0", 2) + attribute(0x0006800F, b"%PDF", 2)
    read = parse(mailed(wrapper(short, file("a\u202etxt.exe", b"MZ")), "Words."))
    assert names(read) == ["PLAN~1.PDF", "a_txt.exe"]


def test_the_words_within_are_used_only_where_there_are_no_others() -> None:
    winmail = wrapper(of_message(PLAIN, prop(0x8001, UNICODE, "x\0".encode("utf-16-le"))))
    assert parse(mailed(winmail)).text == "Schöne Grüße, Mara"
    assert parse(mailed(winmail, "In the open.")).text == "In the open."


def test_a_page_within_is_read_as_words_and_kept_as_a_page() -> None:
    read = parse(mailed(wrapper(of_message(PAGE_CHARSET, PAGE))))
    assert read.text == "Schöne Grüße"
    assert "<b>Grüße</b>" in (read.html or "")


def test_a_picture_within_keeps_its_place() -> None:
    cid = prop(0x3712, STRING8, b"tree@example.org\0")
    kind = prop(0x370E, STRING8, b"image/png\0")
    page = prop(0x1013, BINARY, b'<p>The tree <img src="cid:tree@example.org"></p>')
    read = parse(mailed(wrapper(of_message(page), file("tree.png", b"\x89PNG", cid, kind))))
    (picture,) = read.attachments
    assert (picture.content_id, picture.content_type, picture.inline) == (
        "tree@example.org",
        "image/png",
        True,
    )


def test_words_in_rich_text_alone_are_named_not_blank() -> None:
    read = parse(mailed(wrapper(of_message(RICH_WORDS))))
    assert read.text == RICH


def test_a_wrapper_with_nothing_in_it_stays_a_file_and_is_named() -> None:
    read = parse(mailed(wrapper(), "Words."))
    assert (names(read), read.problems) == (["winmail.dat"], (EMPTY,))


def test_a_message_within_gives_its_words_and_its_files() -> None:
    subject = prop(0x0037, UNICODE, "About the lake\0".encode("utf-16-le"))
    inner = MESSAGE_OBJECT + wrapper(of_message(subject, PLAIN), file("map.png", b"\x89PNG"))
    read = parse(mailed(wrapper(file("msg", b"", prop(0x3701, OBJECT, inner))), "Forwarded."))
    assert [(one.name, one.content) for one in read.attachments] == [
        ("About the lake.txt", "Schöne Grüße, Mara".encode()),
        ("map.png", b"\x89PNG"),
    ]


@pytest.mark.parametrize("claim", [9, 30_000_000, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_length_that_claims_too_much_ends_the_reading_and_keeps_the_wrapper(claim: int) -> None:
    lying = b"\2" + (0x0006800F).to_bytes(4, "little") + claim.to_bytes(4, "little") + b"tiny"
    read = parse(mailed(wrapper(file("whole.txt", b"whole"), lying), "Words."))
    assert (names(read), read.problems) == (["whole.txt", "winmail.dat"], (DAMAGED,))


def test_properties_that_claim_too_much_keep_what_came_before() -> None:
    for lying in (
        (0xFFFFFFFF).to_bytes(4, "little") + PLAIN,
        (2).to_bytes(4, "little") + PLAIN + b"\x02\x01\x13\x10\xff\xff\xff\xff",
        (2).to_bytes(4, "little") + PLAIN + b"\x99\x00\x13\x10",
    ):
        read = parse(mailed(wrapper(attribute(0x00069003, lying))))
        assert (read.text, read.problems) == ("Schöne Grüße, Mara", (DAMAGED,))


def _nested(levels: int) -> bytes:
    inner = wrapper(file("deep.txt", b"deep"))
    for _ in range(levels):
        inner = wrapper(file("m", b"", prop(0x3701, OBJECT, MESSAGE_OBJECT + inner)))
    return inner


BOMBS = {
    "deep": _nested(200),
    "deep and large": wrapper(
        file("m", b"", prop(0x3701, OBJECT, MESSAGE_OBJECT + _nested(4) + bytes(20_000_000)))
    ),
    "many attributes": wrapper(attribute(0x00069002, b"", 2) * 1_000_000),
    "many values": wrapper(
        attribute(0x00069003, (1).to_bytes(4, "little") + b"\x02\x10\x01\x00" + b"\xff" * 10_000_000)
    ),
    "many nothings": wrapper(attribute(0x00069003, b"\xff\xff\xff\xff" + b"\x01\x00\x01\x00" * 4_000_000)),
    "many files": wrapper(file("f", b"x") * 5000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_within_a_wrapper_is_read_in_a_moment(name: str) -> None:
    begun = time.process_time()
    wrapped = read_tnef(BOMBS[name])
    assert time.process_time() - begun < 1.0
    assert wrapped is not None
    assert len(wrapped.files) <= FILE_LIMIT


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_mutation_of_a_wrapper_raises(data: st.DataObject) -> None:
    whole = wrapper(
        of_message(PAGE_CHARSET, PAGE, PLAIN),
        file("a.txt", b"a", prop(0x3701, OBJECT, MESSAGE_OBJECT + wrapper(of_message(PLAIN)))),
    )
    place = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(place, min(len(whole), place + 20)))
    read = parse(mailed(whole[:place] + data.draw(st.binary(max_size=12)) + whole[end:]))
    assert read.text.strip() or read.attachments
    for words in (read.text, *names(read)):
        assert "\0" not in words
        words.encode("utf-8")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_within_a_wrapper_raise(raw: bytes) -> None:
    read_tnef(wrapper(raw))
    read_tnef(raw)


@pytest.mark.skipif(not CORPORA.is_dir(), reason=NO_CORPORA)
def test_no_wrapper_of_the_corpora_loses_a_file_it_is_known_to_hold() -> None:
    counted = 0
    for listing in sorted(CORPORA.rglob("tnef/*.list")):
        raw = listing.with_suffix(".tnef")
        if raw.is_file():
            wrapped = read_tnef(raw.read_bytes())
            known = {
                one for one in listing.read_text("utf-8").split("\n") if one and not one.startswith("body.")
            }
            held = {one.name for one in wrapped.files} if wrapped else set()
            assert known <= held, listing.name
            counted += 1
    assert counted


def test_words_beside_a_sealed_part_are_read() -> None:
    sealed = (
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n\r\nSee you.\r\n"
        b'--x\r\nContent-Type: application/pkcs7-mime; name="smime.p7m"\r\n\r\nMIIB\r\n--x--\r\n'
    )
    read = parse(sealed)
    assert (read.text, read.unreadable, names(read)) == ("See you.", None, ["smime.p7m"])
    assert PART_SEALED in read.problems


@pytest.mark.parametrize(
    ("protocol", "ending"), [("application/pkcs7-signature", "p7s"), ("application/pgp-signature", "asc")]
)
def test_a_signature_beside_the_words_is_kept_and_said_not_to_be_checked(protocol: str, ending: str) -> None:
    read = parse(
        f'Content-Type: multipart/signed; protocol="{protocol}"; boundary=x\r\n\r\n'
        "--x\r\nContent-Type: text/plain\r\n\r\nAs I said.\r\n"
        f"--x\r\nContent-Type: {protocol}\r\n\r\nMIIB\r\n--x--\r\n".encode()
    )
    assert (read.text, read.unreadable, names(read)) == ("As I said.", None, [f"attachment-1.{ending}"])
    assert read.problems == (SIGNED,)


def test_unreadable_letters_are_never_blank() -> None:
    assert all(one.notice.endswith("The original is kept.") for one in Unreadable)
