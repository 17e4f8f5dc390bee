"""From, read strictly: where we find a sender every other reader finds the same one, or the letter is held."""

import email.headerregistry
import email.policy
import email.utils
import re
from email.errors import HeaderParseError
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.mime.from_field import sole_sender
from channels.email.mime.headers import split_letter
from channels.email.mime.mailboxes import parse_list

MARA: Final = "mara@example.org"


def sender(value: bytes, name: bytes = b"From:") -> str | None:
    headers, _ = split_letter(name + b" " + value + b"\r\nSubject: a walk\r\n\r\nhello\r\n")
    return sole_sender(headers)


@pytest.mark.parametrize(
    "value",
    [
        "mara@example.org",
        "<mara@example.org>",
        "Mara <mara@example.org>",
        "Mara M. Lind <mara@example.org>",
        '"Lind, Mara" <mara@example.org>',
        'Mara "Mo" Lind <mara@example.org>',
        '"mara@example.org" <mara@example.org>',
        "mara@example.org <mara@example.org>",
        "Mara (at home) <mara@example.org>",
        "Mära Lind <mara@example.org>",
        "=?utf-8?Q?M=C3=A4ra?= =?utf-8?Q?Lind=2C_M?= <mara@example.org>",
        "=?iso-2022-jp?B?GyRCPCZFRBsoQg==?= <mara@example.org>",
        "Mara\r\n <mara@example.org>",
        "Mara @ home (private) <mara@example.org>",
        '"Mara @ work" <mara@example.org>',
    ],
)
def test_what_people_write_has_a_sender(value: str) -> None:
    assert sender(value.encode()) == MARA


UNCLEAR: Final = {
    "nothing": b"",
    "a name alone": b"Mara",
    "no domain": b"mara",
    "an empty domain": b"<mara@>",
    "one label": b"<mara@localhost>",
    "a number for a domain": b"<mara@[192.0.2.1]>",
    "two in a list": b"eve@evil.test, mara@example.org",
    "two in brackets": b"<eve@evil.test>, <mara@example.org>",
    "two brackets": b"<mara@example.org> <eve@evil.test>",
    "two brackets without a blank": b"<mara@example.org><eve@evil.test>",
    "a bracket in a bracket": b"<eve@evil.test<mara@example.org>>",
    "an open bracket": b"Mara <mara@example.org",
    "a closed one alone": b"mara@example.org>",
    "a group": b"Us: mara@example.org;",
    "an empty group": b"undisclosed-recipients:;",
    "a group and one more": b"Us: mara@example.org;, eve@evil.test",
    "a semicolon": b"mara@example.org; eve@evil.test",
    "a route": b"<@evil.test:mara@example.org>",
    "a route of two": b"<@evil.test,@other.test:mara@example.org>",
    "words behind": b"<mara@example.org> Mara",
    "a comment behind": b"<mara@example.org> (Mara)",
    "a comment behind an address": b"mara@example.org (Mara)",
    "a comment in an address": b"mara(Mara)@example.org",
    "a comment with a bracket": b"Mara (<eve@evil.test>) <mara@example.org>",
    "a comment in a comment": b"Mara (a (b)) <mara@example.org>",
    "an open comment": b"Mara (at home <mara@example.org>",
    "an open quotation": b'"Mara <mara@example.org>',
    "a quoted bracket": b'"Mara <eve@evil.test>" <mara@example.org>',
    "another address as a name": b'"eve@evil.test" <mara@example.org>',
    "a bare address as a name": b"eve@evil.test <mara@example.org>",
    "a quoted local part": b'"mara"@example.org',
    "a quoted local part in brackets": b'<"mara"@example.org>',
    "an @ in a local part": b'<"mara@example.org"@evil.test>',
    "two @": b"<mara@example.org@evil.test>",
    "a backslash": b"<mara\\@example.org>",
    "a blank before the address": b"< mara@example.org>",
    "a blank behind the address": b"<mara@example.org >",
    "a blank in the address": b"<mara @example.org>",
    "a fold in the address": b"<mara@\r\n example.org>",
    "a first line with nothing": b"\r\n <mara@example.org>",
    "a line with nothing": b"Mara\r\n \r\n <mara@example.org>",
    "two dots": b"<mara..lind@example.org>",
    "a dot at the end": b"<mara@example.org.>",
    "an encoded word as an address": b"=?utf-8?Q?mara=40example=2Eorg?=",
    "an encoded word in brackets": b"<=?utf-8?Q?mara=40example=2Eorg?=>",
    "an encoded local part": b"<=?utf-8?Q?mara?=@example.org>",
    "an encoded bracket": b"=?utf-8?Q?Eve_=3Ceve=40evil=2Etest=3E?= <mara@example.org>",
    "an encoded address as a name": b"=?utf-8?Q?eve=40evil=2Etest?= <mara@example.org>",
    "an encoded list": b"=?utf-8?Q?eve=40evil=2Etest=2C?= <mara@example.org>",
    "an encoded quotation mark": b"=?utf-8?Q?=22?= <mara@example.org>",
    "an encoded line end": b"=?utf-8?Q?Mara=0D=0AFrom=3A_eve?= <mara@example.org>",
    "an encoded NUL": b"=?utf-8?Q?Mara=00?= <mara@example.org>",
    "an address of old as a name": b"eve @ evil.test <mara@example.org>",
    "one with more blanks": b"eve @ evil . test <mara@example.org>",
    "one with comments": b"eve (x) @ (y) evil (z) . (u) test <mara@example.org>",
    "a quoted one": b'"eve @ evil.test" <mara@example.org>',
    "one with brackets": b"eve @ [192 0] <mara@example.org>",
    "an encoded one": b"=?utf-8?Q?eve_=40_evil=2Etest?= <mara@example.org>",
    "two of old": b"eve @ home, mara @ home <mara@example.org>",
    "an @ without blanks": b"eve@home <mara@example.org>",
    "a NUL": b"Mara\x00 <mara@example.org>",
    "a NUL in the address": b"<mara@example.org\x00.evil.test>",
    "a bell": b"<mara@example.org\x07>",
    "a line end of Unicode": "Mara\u2028 <mara@example.org>".encode(),
    "a control of Latin-1": "Mara\x85 <mara@example.org>".encode(),
    "eight bits that are no Unicode": b"M\xe4ra <mara@example.org>",
    "eight bits in the local part": "<mära@example.org>".encode(),
    "eight bits in the domain": "<mara@exämple.org>".encode(),
    "a letter that looks alike": "<mara@ex\u0430mple.org>".encode(),
    "far too long": b"x" * 9000 + b" <mara@example.org>",
}


@pytest.mark.parametrize("value", UNCLEAR.values(), ids=UNCLEAR.keys())
def test_what_can_be_read_in_two_ways_has_none(value: bytes) -> None:
    assert sender(value) is None


@pytest.mark.parametrize(
    "head",
    [
        b"From: eve@evil.test\r\nFrom: mara@example.org\r\n",
        b"From: mara@example.org\r\nfrom: mara@example.org\r\n",
        b"From : mara@example.org\r\n",
        b"From\t: eve@evil.test\r\nFrom: mara@example.org\r\n",
        b" From: eve@evil.test\r\nFrom: mara@example.org\r\n",
        b"From\r\n : eve@evil.test\r\nFrom: mara@example.org\r\n",
        b"From eve@evil.test\r\n : x\r\nFrom: mara@example.org\r\n",
        b"From\xc3\xa4: eve@evil.test\r\nFrom: mara@example.org\r\n",
        b"\x00From: eve@evil.test\r\nFrom: mara@example.org\r\n",
        b"Subject: none\r\nSender: mara@example.org\r\nResent-From: mara@example.org\r\n",
    ],
)
def test_a_field_beside_or_before_it_leaves_none(head: bytes) -> None:
    assert sole_sender(split_letter(head + b"Subject: a walk\r\n\r\nhi\r\n")[0]) is None


# ---------------------------------------------------------------- other readers


def by_registry(text: str) -> set[str]:
    """The standard library's strict one."""
    try:
        header = email.policy.default.header_factory("From", text)
        return {one.addr_spec for one in header.addresses}
    except (HeaderParseError, ValueError, IndexError, AttributeError):
        return set()  # it raises each of these on some field


def by_utils(text: str) -> set[str]:
    """The standard library's lenient one."""
    return {address for _, address in email.utils.getaddresses([text])}


def by_first_bracket(text: str) -> set[str]:
    """As many a program does it."""
    found = re.search(r"<([^>]*)>?", text)
    return {(found[1] if found else text).strip()}


def by_last_bracket(text: str) -> set[str]:
    """As others do."""
    return {text.rpartition("<")[2].partition(">")[0].strip()}


def by_our_list(text: str) -> set[str]:
    """As we show it."""
    return {one.address for one in parse_list(text)}


def by_decoding_first(text: str) -> set[str]:
    """A program that decodes the words and reads the brackets then."""
    return by_last_bracket(str(email.header.make_header(email.header.decode_header(text))))


READERS: Final = (by_registry, by_utils, by_first_bracket, by_last_bracket, by_our_list)
PIECES: Final = st.sampled_from(
    [
        "mara@example.org", "eve@evil.test", "<mara@example.org>", "<eve@evil.test>", "<", ">", ",", ";", ":", "@", "(", ")",
        '"', "\\", " ", "\t", ".", "Mara", "Us:", "=?utf-8?Q?a=40b=2Ec?=", "=?utf-8?B?PG0+?=", "\r\n ", "ä", "\x00",
        "\u2028", "=?", "?=", "mara", "example.org", '"Lind, Mara"', "(x)", "[", "]", "<@evil.test:", "'", "''", "%", "!",
    ]
)  # fmt: skip


@given(st.lists(PIECES, min_size=1, max_size=9))
def test_whatever_is_put_together_every_reader_finds_our_sender_or_it_is_held(pieces: list[str]) -> None:
    _agreed("".join(pieces))


@given(
    st.sampled_from(
        ["Mara <mara@example.org>", '"Lind, M" <mara@example.org>', "=?utf-8?Q?M=C3=A4?= <mara@example.org>"]
    ),
    st.integers(0, 45),
    st.lists(PIECES, min_size=1, max_size=3),
    st.integers(0, 4),
)
def test_whatever_is_put_into_a_good_field_every_reader_finds_our_sender_or_it_is_held(
    field: str, place: int, pieces: list[str], dropped: int
) -> None:
    _agreed(field[:place] + "".join(pieces) + field[place + dropped :])


def _agreed(value: str) -> None:
    found = sender(value.encode())
    if found is None:
        return
    text = value.replace("\r\n", "").strip()
    for reader in READERS:
        assert reader(text) == {found}, reader.__doc__
