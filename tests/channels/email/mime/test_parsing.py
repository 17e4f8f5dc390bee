"""Reading letters: real shapes of mail, hostile shapes of mail, and nothing that raises."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.mime.automatic import Automatic
from channels.email.mime.bodies import Unreadable
from channels.email.mime.mailboxes import Mailbox
from channels.email.mime.parsing import envelope_check, message_ids, normalise_body, parse
from tests.channels.email.letters import all_letters, letter

LETTERS = all_letters()


def test_a_plain_letter_is_read_whole() -> None:
    read = parse(letter("plain"))
    assert read.subject == "A difficult week – and a good day"
    assert (read.from_addresses[0].name, read.sender) == ("Mara Lind", "mara@example.org")
    assert read.message_id == "first.1@example.org"
    assert read.in_reply_to == ("letter-7@letters.practice.test",)
    assert [one.split("@")[0] for one in read.references] == ["letter-1", "letter-3", "letter-7"]
    assert read.date == datetime(2031, 1, 14, 17, 20, 5, tzinfo=UTC)
    assert read.text.endswith("for an hour – it helped.\n\nMara")
    assert (read.html, read.attachments, read.automatic, read.problems) == (None, (), Automatic.HUMAN, ())


def test_alternatives_give_the_plain_words_and_keep_safe_html() -> None:
    read = parse(letter("alternative_with_picture"))
    assert read.text == "The cherry tree is überall in bloom."
    assert read.html is not None
    assert "<b>überall</b>" in read.html
    for bad in ("onclick", "script", "javascript", "tracker", "https:"):
        assert bad not in read.html
    assert 'src="cid:tree@example.org"' in read.html


def test_attachments_have_safe_names_and_inline_pictures_their_id() -> None:
    picture, paper = parse(letter("alternative_with_picture")).attachments
    assert (picture.name, picture.content_id, picture.inline) == ("tree.png", "tree@example.org", True)
    assert picture.content.startswith(b"\x89PNG")
    assert (paper.name, paper.content_type, paper.inline, paper.size) == (
        "pläne.pdf",
        "application/pdf",
        False,
        9,
    )


def test_old_and_odd_address_forms_are_read() -> None:
    read = parse(letter("alternative_with_picture"))
    assert read.from_addresses == (Mailbox("Mara Lind", "mara@example.org"),)
    assert read.sender is None, "a comment is a name to some programs, and a part of the address to others"
    assert [(one.name, one.address) for one in read.cc] == [("Lind, Jonas", "jonas@example.org")]
    assert read.message_id == "[garden.2]@example.org"


def test_html_alone_becomes_text_with_its_quotation_marked() -> None:
    read = parse(letter("html_reply"))
    assert "I slept & ate well today." in read.text.splitlines()
    assert "- called the choir (https://example.org/choir)" in read.text
    assert "> On Mon, Jan 13, 2031, Quiet Practice wrote:" in read.text
    assert "> How did you sleep?" in read.text
    assert "not words" not in read.text
    assert "color" not in read.text


def test_an_encrypted_letter_says_so_and_keeps_its_content_as_a_file() -> None:
    read = parse(letter("encrypted"))
    assert read.unreadable is Unreadable.OPENPGP
    assert "OpenPGP" in read.unreadable.notice
    assert [one.name for one in read.attachments] == ["attachment-1.asc", "encrypted.asc"]
    inline = parse(
        b"From: a@b.test\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nabc\r\n-----END PGP MESSAGE-----\r\n"
    )
    assert inline.unreadable is Unreadable.OPENPGP


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", Unreadable.SMIME),
        ("application/pkcs7-mime; smime-type=signed-data; name=smime.p7m", Unreadable.SIGNED_WRAPPER),
        ("application/octet-stream; name=smime.p7m", Unreadable.SMIME),
    ],
)
def test_smime_wrappers_are_named_not_blank(header: str, expected: Unreadable) -> None:
    read = parse(f"From: a@b.test\r\nContent-Type: {header}\r\n\r\nxyz\r\n".encode())
    assert read.unreadable is expected
    assert read.unreadable.notice
    assert [one.name for one in read.attachments] == ["smime.p7m"]


def test_signed_words_are_shown_and_the_signature_kept() -> None:
    read = parse(letter("signed"))
    assert read.text == "These words are signed and can be read."
    assert [one.name for one in read.attachments] == ["signature.asc"]


def test_an_invitation_is_a_readable_line_and_a_file() -> None:
    read = parse(letter("invitation"))
    line = "[Invitation: Walk, by the lake, 2031-01-20 15:00 (Europe/Vienna), Boat house, from Mara Lind]"
    assert read.text == line
    assert [one.name for one in read.attachments] == ["attachment-1.ics"]


def test_an_empty_outlook_wrapper_is_kept_and_named() -> None:
    read = parse(letter("outlook_wrapper"))
    assert read.text == "See the file."
    assert [one.name for one in read.attachments] == ["winmail.dat"]
    assert "winmail.dat" in read.problems[0]


def test_words_cut_in_the_middle_of_a_letter_are_joined() -> None:
    read = parse(letter("japanese"))
    assert read.subject == "おはよう、元気です"
    assert read.from_addresses[0].name == "柴田"
    assert read.text == "お元気ですか"


@pytest.mark.parametrize(
    ("charset", "data", "expected"),
    [
        ("big5", "schön 你好".encode(), "schön 你好"),
        ("us-ascii", "schön".encode("cp1252"), "schön"),
        ("iso-8859-1", "“schön”".encode("cp1252"), "“schön”"),
        ("gb2312", "镕基 你好".encode("gb18030"), "镕基 你好"),
        ("ks_c_5601-1987", "안녕하세요 똠".encode("cp949"), "안녕하세요 똠"),
        ("x-sjis", "元気①".encode("cp932"), "元気①"),
        ("unicode-1-1-utf-7", b"Hi +AOQ-", "Hi ä"),
        ("koi8-r", "привет".encode("koi8-r"), "привет"),
        ("utf-8", "schöne Bäume über alles".encode() + b"\xff", "schöne Bäume über alles\ufffd"),
        ("no-such-charset", "ä".encode("latin-1"), "ä"),
        ("punycode", b"abc-", "abc-"),
        ("base64", "é".encode("cp1252"), "é"),
        ("utf-16", "hällo".encode("utf-16"), "hällo"),
        ("x\0y", b"plain", "plain"),
    ],
)
def test_letters_survive_wrong_labels(charset: str, data: bytes, expected: str) -> None:
    raw = b"Content-Type: text/plain; charset=" + charset.encode() + b"\r\n\r\n" + data
    assert parse(raw).text == expected


def test_no_nul_and_no_surrogate_reaches_the_store() -> None:
    raw = b"Subject: a\0b =?utf-7?q?+2AA-?=\r\nContent-Type: text/plain; charset=utf-7\r\n\r\nx\0y +2AA-"
    read = parse(raw)
    assert "\0" not in read.subject + read.text
    assert (read.subject + read.text).encode("utf-8")
    assert "\ufffd" in read.text


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ("Auto-Submitted: no", Automatic.HUMAN),
        ("Auto-Submitted: no (a person)", Automatic.HUMAN),
        ("Auto-Submitted: auto-replied; owner-email=x", Automatic.AUTO_REPLY),
        ("X-Auto-Response-Suppress: All", Automatic.HUMAN),
        ("X-Auto-Response-Suppress: None", Automatic.HUMAN),
        ("Subject: auto-generated invoice", Automatic.HUMAN),
        ("Subject: Out of office", Automatic.HUMAN),
        ("X-Autoreply: yes", Automatic.AUTO_REPLY),
        ("X-Autorespond: vacation", Automatic.AUTO_REPLY),
        ("X-MS-Exchange-Inbox-Rules-Loop: a@b.test", Automatic.AUTO_REPLY),
        ("Precedence: bulk", Automatic.AUTO_REPLY),
        ("List-Id: <choir.example.org>", Automatic.LIST),
        ("Precedence: list", Automatic.LIST),
        ("List-Unsubscribe: <mailto:u@relay.example>", Automatic.HUMAN),
        ("List-Unsubscribe: <https://relay.example/u>\r\nList-Unsubscribe-Post: x", Automatic.HUMAN),
        ("Return-Path: <>", Automatic.REPORT),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=x", Automatic.REPORT),
        ("From: MAILER-DAEMON@mx.example.org", Automatic.REPORT),
    ],
)
def test_named_fields_tell_machines_from_people(headers: str, kind: Automatic) -> None:
    assert parse(f"{headers}\r\n\r\nhello\r\n".encode()).automatic is kind


def test_the_vacation_notice_is_automatic() -> None:
    assert parse(letter("out_of_office")).automatic is Automatic.AUTO_REPLY


@pytest.mark.parametrize(
    "sender",
    [
        "From: mara@example.org\r\nFrom: eve@example.com",
        "From: mara@example.org, eve@example.com",
        "From: <mara@example.org><eve@example.com>",
        "From: mara@example.org eve@example.com",
        "From: Mara",
        "From : mara@example.org\r\nfrom:eve@example.com",
        "Subject: none",
        "X-Long: " + "x" * 70_000 + "\r\nFrom: mara@example.org",
    ],
)
def test_a_sender_that_can_be_read_in_two_ways_is_no_sender(sender: str) -> None:
    assert parse(f"{sender}\r\n\r\nhello\r\n".encode()).sender is None


def test_a_second_from_beyond_the_cut_does_not_hide() -> None:
    raw = b"From: mara@example.org\r\n" + b"X: y\r\n" * 20_000 + b"From: eve@example.com\r\n\r\nhi"
    assert parse(raw).sender is None
    assert "headers were too long" in parse(raw).problems[0]


def test_an_address_in_the_name_is_not_the_sender() -> None:
    for value in (b'"mara@example.org" <eve@example.com>', b"eve@example.com (mara@example.org)"):
        read = parse(b"From: " + value + b"\r\n\r\n")
        assert read.sender is None
        assert read.from_addresses[0].address == "eve@example.com"


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: a\nAuthentication-Results: x; dmarc=pass\r\n\r\nbody",
        b"Subject: a\rFrom: x@y.test\r\n\r\nbody",
        b"Subject: a\r\n\nFrom: x@y.test\r\n\r\nbody",
        b"Subject: a\r\r\n\r\nbody",
        b"Subject: only headers\nno end",
    ],
)
def test_a_bare_line_end_in_the_headers_is_refused(raw: bytes) -> None:
    refusal = envelope_check(raw)
    assert refusal is not None
    assert refusal.reply().startswith("550 5.6.11 ")


@pytest.mark.parametrize(
    "raw", [b"Subject: a\r\n b\r\n\r\nbo\ndy\r", b"\r\nb\no\rdy", b"", b"Subject: a\r\n", *LETTERS]
)
def test_clean_headers_pass_whatever_the_body_holds(raw: bytes) -> None:
    assert envelope_check(raw) is None


@given(st.binary(max_size=200))
def test_a_normalised_letter_has_no_bare_line_end(raw: bytes) -> None:
    whole = normalise_body(raw)
    rest = whole.replace(b"\r\n", b"")
    assert b"\r" not in rest
    assert b"\n" not in rest


def test_of_too_many_references_the_root_and_the_nearest_are_kept() -> None:
    found = message_ids(" ".join(f"<{number}@example.org>" for number in range(5000)))
    assert (len(found), found[0], found[-1]) == (50, "0@example.org", "4999@example.org")
    assert message_ids("Your letter of Monday <a@b.test>, <a@b.test>") == ["a@b.test"]


def test_the_repr_of_a_letter_shows_no_words() -> None:
    shown = repr(parse(letter("plain"))) + repr(parse(letter("alternative_with_picture")))
    for word in ("mara", "Lind", "lake", "week", "cherry", "tree", "pläne", "Jonas"):
        assert word not in shown
