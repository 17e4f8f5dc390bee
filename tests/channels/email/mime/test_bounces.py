"""Reports: who was not reached, for good or for now, and why."""

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email.mime.bounce_causes import Cause, Class
from channels.email.mime.bounces import Bounce, read_report
from tests.bench import mail_corpora
from tests.bench.bounces import score, verp
from tests.channels.email.letters import CORPORA, NO_CORPORA, all_letters, corpus_files, letter

REPORT = letter("not_delivered")


def text_report(words: str, header: str = "From: MAILER-DAEMON@mx.example.net") -> Bounce | None:
    return read_report(f"{header}\r\nSubject: failure\r\n\r\n{words}\r\n".encode())


def test_a_standard_report_names_recipient_class_and_cause() -> None:
    assert read_report(REPORT) == Bounce(("mara@example.org",), Class.PERMANENT, Cause.NO_SUCH_ADDRESS)


@pytest.mark.parametrize(
    ("status", "diagnosis", "cause", "status_class"),
    [
        (b"5.2.2", b"smtp; 552 x", Cause.MAILBOX_FULL, Class.PERMANENT),
        (b"4.2.2", b"smtp; 452 x", Cause.MAILBOX_FULL, Class.TEMPORARY),
        (b"5.3.4", b"", Cause.TOO_BIG, Class.PERMANENT),
        (b"5.7.1", b"smtp; 554 refused as spam", Cause.BLOCKED, Class.PERMANENT),
        (b"5.1.2", b"", Cause.NO_SUCH_DOMAIN, Class.PERMANENT),
        (b"4.4.1", b"connection timed out", Cause.UNREACHABLE, Class.TEMPORARY),
        (b"5.0.0", b"smtp; 451 4.3.2 try again later", Cause.UNREACHABLE, Class.TEMPORARY),
    ],
)
def test_status_codes_become_plain_words(
    status: bytes, diagnosis: bytes, cause: Cause, status_class: Class
) -> None:
    raw = REPORT.replace(b"5.0.0", status).replace(
        b"smtp; 550 5.1.1 <mara@example.org>: user unknown", diagnosis
    )
    read = read_report(raw.replace(b": no such mailbox", b""))
    assert read is not None
    assert (read.cause, read.status_class) == (cause, status_class)
    assert not read.still_trying  # "Action: failed" is the end, be it the hour's fault or the address's


def test_a_delay_is_no_failure_and_a_success_is_no_report() -> None:
    delayed = read_report(REPORT.replace(b"Action: failed", b"Action: delayed"))
    assert delayed is not None
    assert delayed.still_trying
    assert read_report(REPORT.replace(b"Action: failed", b"Action: relayed")) is None


@pytest.mark.parametrize(
    ("words", "recipients", "status_class", "cause"),
    [
        (
            "Hi. I could not deliver.\n\n<mara@example.org>:\n550 5.1.1 unknown user\n",
            ("mara@example.org",),
            Class.PERMANENT,
            Cause.NO_SUCH_ADDRESS,
        ),
        (
            "The mailbox for mara@example.org is full.",
            ("mara@example.org",),
            Class.PERMANENT,
            Cause.MAILBOX_FULL,
        ),
        (
            "Delivery to mara@example.org has been delayed: 450 busy. We are still trying.",
            ("mara@example.org",),
            Class.TEMPORARY,
            Cause.UNREACHABLE,
        ),
        ("Something went wrong.", (), Class.UNKNOWN, Cause.UNKNOWN),
    ],
)
def test_reports_in_plain_words_are_read_too(
    words: str, recipients: tuple[str, ...], status_class: Class, cause: Cause
) -> None:
    trying = "trying" in words
    assert text_report(words) == Bounce(recipients, status_class, cause, still_trying=trying)


def test_the_returned_letter_is_not_taken_for_the_report() -> None:
    words = "I could not deliver this mail, sorry for that.\n\n--- Original message follows ---\nTo: eve@example.com\n"
    read = text_report(words)
    assert read is not None
    assert read.recipients == ()


@pytest.mark.parametrize(
    "raw",
    [
        letter("plain"),
        letter("out_of_office"),
        REPORT.replace(b"report-type=delivery-status", b"report-type=feedback-report"),
        REPORT.replace(b"report-type=delivery-status", b"report-type=disposition-notification"),
    ],
)
def test_letters_vacations_complaints_and_receipts_are_no_bounces(raw: bytes) -> None:
    assert read_report(raw) is None


def test_every_cause_is_a_sentence_and_the_repr_names_nobody() -> None:
    assert all(cause.sentence.endswith(".") for cause in Cause)
    assert "mara" not in repr(read_report(REPORT))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([REPORT, *all_letters()]), st.integers(0, 900), st.binary(max_size=30))
def test_no_bytes_raise(raw: bytes, place: int, put: bytes) -> None:
    read_report(raw[:place] + put + raw[place + len(put) :])


@pytest.mark.parametrize(
    "piece",
    [
        "a@",
        "mailbox ",
        "550 ",
        "5.1.1 ",
        "to <a@b.c",
        "----",
        "x" * 50 + "@",
        "user ",
        "your message not ",
        '{"a":',
        "following address a@b.c\n",
        "final-recipient: a\n",
        "delivery ",
        "could not deliver message to ",
        "> ",
    ],
)
@pytest.mark.parametrize("kind", ["text/plain", "text/html", "message/delivery-status"])
def test_a_megabyte_made_to_hurt_is_read_in_a_moment(piece: str, kind: str) -> None:
    begun = time.process_time()
    head = f"From: MAILER-DAEMON@mx.example.net\r\nContent-Type: {kind}"
    text_report(piece * (1_000_000 // len(piece)), head)
    assert time.process_time() - begun < 2.0


@pytest.fixture(scope="module")
def measured() -> Counter[str]:
    every = Counter[str]()
    for one in mail_corpora.sets(CORPORA):
        every.update(score(one).counts)
    return every


@pytest.mark.skipif(not CORPORA.is_dir(), reason=NO_CORPORA)
def test_the_corpora_meet_the_bar(measured: Counter[str]) -> None:
    assert measured["all_found"] >= 0.97 * measured["bounces"]
    assert measured["recipients_found"] >= 0.97 * measured["recipients"]
    assert measured["class_right"] >= 0.97 * measured["class_of"]
    assert measured["others_flagged"] == measured["exceptions"] == 0


def test_the_bounce_address_alone_says_which_letter_bounced() -> None:
    assert verp(200) == {"signed": 200, "led_back": 200, "forged_accepted": 0}


@pytest.mark.skipif(not CORPORA.is_dir(), reason=NO_CORPORA)
def test_no_mail_of_the_corpora_raises() -> None:
    for path in corpus_files():
        read_report(path.read_bytes())
