"""Every mail we send, read by five parsers of different minds: all find the same fields, and what was written adds none."""

import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes, policy
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any, Final

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.composing.invitations import Method, compose_appointment
from channels.email.composing.mail import Envelope, compose_full, compose_notice
from channels.email.mime.headers import split_letter
from channels.email.mime.parsing import parse
from tests.channels.email.leaving.test_composing import DATE, LINK, TO_MARA
from tests.channels.email.leaving.test_invitations import APPOINTMENT, VIENNA

_FIELD: Final = re.compile(rb"[!-9;-~]+: [ -~]*(?:\r\n[ \t][ -~]+)*")
_ENCODED: Final = re.compile(rb"=\?[^?]*\?[bq]\?[^?]*\?=", re.IGNORECASE)
_MESSAGE_ID: Final = re.compile(r"<[!-;=?-~]+@[!-;=?-~]+>")
ONCE: Final = {
    "from",
    "to",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "thread-index",
    "x-bounce-address",
}

EVIL: Final = st.sampled_from(
    [
        "\r\nBcc: eve@evil.example", "\nBcc: eve@evil.example", "\rX: y", "\r\n\r\nwords", "\r\n.\r\n",
        "\x00", "\x0b", "\x0c",
        "\x85Bcc: eve@evil.example", "\u2028Bcc: x", "\u2029", "\ud800", "=?utf-8?q?=0D=0ABcc:_eve@evil.example?=",
        '"', "\\", "<eve@evil.example>", ", eve@evil.example", "(", ");", "Re: Re: Re:", "\ufeff", "\u202e",
        "=0D=0A", "x" * 1200, "ä" * 400,
        "\t", " ", "%0d%0aBcc: x", "--", "From ", ".",
    ]
)  # fmt: skip
WORDS: Final = st.lists(st.text(max_size=30) | EVIL, max_size=5).map("".join)
IDS: Final = st.from_regex(r"[a-z0-9]{1,80}@[a-z]{1,30}\.example", fullmatch=True) | WORDS
COMPOSERS: Final[dict[str, Callable[[Envelope, str], bytes]]] = {
    "letter": compose_full,
    "notice": lambda envelope, _: compose_notice(envelope, LINK),
    "appointment": lambda envelope, _: compose_appointment(
        envelope, APPOINTMENT, Method.REQUEST, LINK, VIENNA
    ),
}


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    """Anything a person, a practice or a stranger's mail program could have put into one."""
    return replace(
        TO_MARA,
        sender_name=draw(WORDS),
        subject=draw(WORDS),
        in_reply_to=draw(st.none() | IDS),
        references=tuple(draw(st.lists(IDS, max_size=12))),
        thread_index=draw(st.none() | WORDS | st.from_regex(r"[A-Za-z0-9+/]{28,60}", fullmatch=True)),
        auto=draw(st.booleans()),
        mark=draw(st.sampled_from([None, "b+mzxw6ytboi-bivc-alyyog5q7kyxdady@letters.practice.test"])),
    )


def fields_of(raw: bytes) -> list[bytes]:
    """The header's fields by the letter of RFC 5322, each checked as strictly as anybody would."""
    assert raw.isascii()
    assert b"\x00" not in raw
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", raw), "no line end stands alone"
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    head, blank, _ = raw.partition(b"\r\n\r\n")
    assert blank
    fields = re.split(rb"\r\n(?![ \t])", head)
    for field in fields:
        assert _FIELD.fullmatch(field), field
        assert all(line.strip() for line in field.split(b"\r\n")), "no line of blanks only"
        assert all(len(word) <= 75 for word in _ENCODED.findall(field)), "RFC 2047 section 2"
    return fields


def strict(raw: bytes, envelope: Envelope) -> None:
    """What must hold of every mail that leaves."""
    fields = fields_of(raw)
    names = [field.partition(b":")[0].decode().lower() for field in fields]
    assert not [name for name in ONCE if names.count(name) > 1]
    lenient: Any = message_from_bytes(raw)
    modern: Any = message_from_bytes(raw, policy=policy.default)
    signing = [name.decode().lower() for name, _ in dkim.rfc822_parse(raw)[0]]
    ours = [field.name for field in split_letter(raw)[0].fields]
    for others in ([one.lower() for one in lenient], [one.lower() for one in modern], signing, ours):
        assert others == names
    assert not modern.defects
    assert not [one for one in modern.values() if one.defects]
    for mail in (lenient, modern):
        assert getaddresses([str(mail["To"])]) == [("", envelope.recipient)]
        assert [address for _, address in getaddresses([str(mail["From"])])] == [envelope.sender]
        assert parsedate_to_datetime(str(mail["Date"])) == DATE
        ids = [*str(mail["Message-ID"]).split(), *str(mail["References"] or "").split()]
        ids += str(mail["In-Reply-To"] or "").split()
        assert all(map(_MESSAGE_ID.fullmatch, ids)), ids
    read = parse(raw)
    assert ([one.address for one in read.to], read.cc) == ([envelope.recipient], ())
    # Of letters that come in a name with an address or an angle in it would be unclear; nobody finds another in ours.
    assert read.sender in (None, envelope.sender)
    assert read.message_id == envelope.message_id


@pytest.mark.parametrize("kind", COMPOSERS)
@settings(max_examples=150, deadline=None)
@given(envelope=envelopes(), text=WORDS)
def test_whatever_is_written_no_mail_of_ours_has_a_field_more(
    kind: str, envelope: Envelope, text: str
) -> None:
    raw = COMPOSERS[kind](envelope, text)
    strict(raw, envelope)
    plain = COMPOSERS[kind](replace(TO_MARA, auto=envelope.auto, mark=envelope.mark), "x")
    added = {name.lower() for name in message_from_bytes(raw)} - {
        name.lower() for name in message_from_bytes(plain)
    }
    assert added <= {"thread-index"}


@given(st.from_regex(r"[a-z0-9]{1,60}@[a-z]{1,30}\.example", fullmatch=True), st.lists(IDS, max_size=30))
def test_references_end_with_the_letter_that_is_answered(answered: str, older: list[str]) -> None:
    envelope = replace(TO_MARA, in_reply_to=answered, references=("thread@practice.test", *older, answered))
    mail = message_from_bytes(compose_full(envelope, "x"))
    references = mail["References"].split()
    assert mail["In-Reply-To"] == f"<{answered}>"
    assert references[0] == "<thread@practice.test>"
    assert references[-1] == f"<{answered}>"
    assert len(references) == len(set(references))
