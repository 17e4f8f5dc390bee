"""Letters we send: what is in them, and what can never get into them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from channels.email.composing.mail import (
    REPLY_ABOVE,
    Envelope,
    NoticeWords,
    compose_full,
    compose_notice,
    folded_references,
    letter_id,
)
from channels.email.composing.signing import read_signer
from channels.email.mime.parsing import envelope_check, parse

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
RSA = read_signer("s2026", KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
DATE = datetime(2031, 1, 14, 18, 20, 5, tzinfo=timezone(timedelta(hours=1)))
LINK = "https://practice.test/c/7Q"
TO_MARA = Envelope(
    sender_name="Quiet Practice",
    sender="letters@practice.test",
    recipient="mara@example.org",
    reply_to="reply+abc@letters.practice.test",
    message_id=letter_id("0190-7f", "letters.practice.test"),
    date=DATE,
    subject="You have a new message",
    in_reply_to="first.1@example.org",
    references=("root@letters.practice.test", "own@letters.practice.test", "first.1@example.org"),
)
WORDS = st.text(max_size=120)


def other_reader(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def check_wire_form(raw: bytes) -> None:
    assert raw.isascii()
    assert envelope_check(raw) is None
    assert raw.endswith(b"\r\n")
    for line in raw.split(b"\r\n"):
        assert len(line) <= 998
        assert b"\r" not in line
        assert b"\n" not in line
        assert not line.startswith((b".", b"From "))


def test_a_notice_holds_only_fixed_words_and_the_link() -> None:
    raw = compose_notice(TO_MARA, LINK)
    check_wire_form(raw)
    body = other_reader(raw).get_content()
    words = NoticeWords()
    assert body.split() == f"{words.opening} {words.invitation} {LINK} {words.closing}".split()


def test_a_letter_goes_to_exactly_one_and_answers_come_to_the_reply_address() -> None:
    mail = other_reader(compose_full(TO_MARA, "Hello"))
    assert mail["To"] == "mara@example.org"
    assert (mail["Cc"], mail["Bcc"]) == (None, None)
    assert mail["Reply-To"] == "reply+abc@letters.practice.test"
    assert mail["From"] == "Quiet Practice <letters@practice.test>"
    assert mail["Message-ID"] == "<letter-0190-7f@letters.practice.test>"
    assert mail["In-Reply-To"] == "<first.1@example.org>"
    assert mail["References"].split()[-1] == "<first.1@example.org>"
    assert mail["Date"].datetime == DATE


def test_what_a_person_wrote_is_not_called_automatic() -> None:
    by_hand = other_reader(compose_full(TO_MARA, "Hello"))
    assert by_hand["Auto-Submitted"] is None
    assert by_hand["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    receipt = other_reader(compose_notice(replace(TO_MARA, auto=True), LINK))
    assert receipt["Auto-Submitted"] == "auto-replied", "it answers a mail"
    alone = other_reader(compose_notice(replace(TO_MARA, auto=True, in_reply_to=None), LINK))
    assert alone["Auto-Submitted"] == "auto-generated"
    assert receipt["X-Auto-Response-Suppress"] == "All"
    notice = other_reader(compose_notice(replace(TO_MARA, auto=True, unasked=True), LINK))
    assert notice["Auto-Submitted"] == "auto-generated", "it stands below a mail, and answers none"
    assert notice["X-Auto-Response-Suppress"] == "OOF, AutoReply", "whether it arrived is to be known"


def test_a_full_letter_begins_with_the_marker_in_text_and_html() -> None:
    text = "Dear Mara,\n\n<how> are you & yours?\nschön\n"
    mail = other_reader(compose_full(TO_MARA, text))
    plain = mail.get_body(("plain",))
    markup = mail.get_body(("html",))
    assert plain is not None
    assert markup is not None
    assert plain.get_content().splitlines() == [REPLY_ABOVE, "", *text.splitlines()]
    assert markup.get_content().index(REPLY_ABOVE) < markup.get_content().index("Dear Mara")
    assert "&lt;how&gt; are you &amp; yours?<br>" in markup.get_content()
    assert "style" not in markup.get_content()


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert compose_full(TO_MARA, "Hello") == compose_full(TO_MARA, "Hello")


@given(WORDS, WORDS, WORDS)
def test_nothing_written_can_add_a_header(name: str, subject: str, text: str) -> None:
    evil = "\r\nBcc: eve@example.com\r\n\r\n.\r\n"
    envelope = replace(
        TO_MARA, sender_name=name + evil, subject=evil + subject, references=(evil, "a@b.test" + evil)
    )
    raw = compose_full(envelope, text + evil)
    check_wire_form(raw)
    mail = message_from_bytes(raw)
    assert mail.keys() == message_from_bytes(compose_full(replace(TO_MARA, references=()), "x")).keys()
    # A practice whose name holds an address would be held here as unclear; whoever reads its mail finds ours alone.
    read = parse(raw)
    assert read.sender in (None, "letters@practice.test")
    assert [one.addr_spec for one in other_reader(raw)["From"].addresses] == ["letters@practice.test"]
    assert [one.address for one in read.to] == ["mara@example.org"]


LONG = "l" * 50


@given(
    name=st.text(max_size=90),
    subject=st.text(max_size=200)
    | st.lists(st.sampled_from(["word", "=?", "x" * 80, "é" * 30])).map(" ".join),
    local=st.integers(1, 64),
    labels=st.integers(1, 2),
    references=st.integers(0, 9),
)
def test_no_line_of_a_header_is_longer_than_the_longest_thing_in_it(
    name: str, subject: str, local: int, labels: int, references: int
) -> None:
    """RFC 5322 section 2.1.1: 78 columns, wherever there is a blank; RFC 2047 section 2: 76 with an encoded word."""
    address = f"{'a' * local}@{'.'.join([LONG] * labels)}.test"
    ids = tuple(f"{number}-{LONG}@{LONG}.test" for number in range(references))
    envelope = replace(
        TO_MARA,
        sender_name=name,
        subject=subject,
        sender=f"letters@{LONG}.test",
        recipient=address,
        reply_to=address,
        message_id=letter_id(LONG, f"{LONG}.test"),
        in_reply_to=f"{LONG}@{LONG}.test",
        references=ids,
        thread_index="A" * 300,
    )
    head = RSA.sign(compose_full(envelope, "x"), "practice.test").partition(b"\r\n\r\n")[0]
    for line in head.decode().split("\r\n"):
        alone = " " not in (line.partition(": ")[2] or line).strip()
        assert len(line) <= (76 if "=?utf-8?b?" in line else 78) or alone, line
        assert line.strip(), "a line of blanks ends the header for some"
    read = other_reader(head + b"\r\n\r\n")
    assert (read["To"], read["Reply-To"], read["Message-ID"]) == (
        address,
        address,
        f"<{envelope.message_id}>",
    )
    assert read["Subject"].split() == parse(head).subject.split()


@given(st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=80), WORDS)
def test_subjects_and_words_come_back_as_they_were(subject: str, text: str) -> None:
    read = parse(compose_full(replace(TO_MARA, subject=subject), text))
    assert read.subject == " ".join(subject.split())
    assert read.attachments == ()
    shown = "".join(letter for letter in text if letter.isalnum())
    assert shown in "".join(letter for letter in read.text if letter.isalnum())


@given(st.lists(st.from_regex(r"[a-z]{1,60}@[a-z]{1,30}\.test", fullmatch=True), max_size=25))
def test_references_stay_short_and_end_with_the_nearest(ids: list[str]) -> None:
    kept = folded_references(tuple(ids))
    assert sum(len(one) + 4 for one in kept) <= 900
    distinct = [*dict.fromkeys(one for one in ids if one != ids[-1]), *ids[-1:]]
    assert list(kept[:2]) == distinct[:2]
    assert kept[-1:] == tuple(distinct[-1:])


BAD: list[Callable[[], object]] = [
    lambda: compose_notice(replace(TO_MARA, recipient="mara@example.org, eve@example.com"), LINK),
    lambda: compose_notice(replace(TO_MARA, reply_to="x@y.test\r\nBcc: z@y.test"), LINK),
    lambda: compose_notice(replace(TO_MARA, message_id="a b@c.test"), LINK),
    lambda: compose_notice(replace(TO_MARA, date=DATE.replace(tzinfo=None)), LINK),
    lambda: compose_notice(TO_MARA, "javascript:alert(1)"),
    lambda: compose_notice(TO_MARA, LINK + "\n\nmore words"),
    lambda: letter_id("x\r\n", "practice.test"),
]


@pytest.mark.parametrize("make", BAD)
def test_what_must_not_be_sent_is_not_composed_and_not_named(make: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"valid|link|zone|plain") as caught:
        make()
    assert "example" not in str(caught.value)


def test_the_repr_of_an_envelope_shows_no_person() -> None:
    assert "mara" not in repr(TO_MARA)
    assert TO_MARA.date.astimezone(UTC).hour == 17
