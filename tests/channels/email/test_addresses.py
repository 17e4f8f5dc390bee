"""Reply addresses, bounce addresses and the grammar of what may be written to."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.email.addresses import (
    ReplyAddress,
    bounce_address,
    new_token,
    read_bounce_address,
    same_mailbox,
)
from messaging.addresses import LOCAL_PART_LIMIT, valid_address, valid_domain

OURS = ReplyAddress("reply+{token}@{domain}", "letters.practice.test")
KEY = b"k" * 32
NOW = datetime(2030, 1, 15, 12, tzinfo=UTC)
DOMAIN = "bounce.practice.test"
RANDOM = st.binary(min_size=16, max_size=16)


@given(RANDOM, st.randoms(use_true_random=False), st.sampled_from("+-."))
def test_a_token_survives_any_case_and_any_separator(random: bytes, dice: Random, separator: str) -> None:
    token = new_token(random)
    written = OURS.format(token).replace("+", separator)
    mangled = "".join(dice.choice((c.lower(), c.upper())) for c in written)
    assert OURS.token_of(mangled) == token
    assert len(written.partition("@")[0]) <= LOCAL_PART_LIMIT


@given(RANDOM, st.integers(0, 29), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_mistyped_token_is_told_from_an_unknown_one(random: bytes, place: int, letter: str) -> None:
    token = new_token(random)
    damaged = token[:place] + letter + token[place + 1 :]
    recipient = OURS.format(damaged)
    if damaged == token:
        assert OURS.token_of(recipient) == token
    else:
        assert OURS.token_of(recipient) is None
        assert OURS.mistyped(recipient)


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "@",
        "reply+@letters.practice.test",
        "reply@letters.practice.test",
        "someone@else.test",
        "reply+abc",
    ],
)
def test_other_addresses_hold_no_token_and_are_not_called_mistyped(recipient: str) -> None:
    assert OURS.token_of(recipient) is None
    assert not OURS.mistyped(recipient)


def test_a_token_at_another_domain_is_not_ours() -> None:
    token = new_token(bytes(16))
    assert OURS.token_of(f"reply+{token}@letters.elsewhere.test") is None
    assert OURS.token_of(f"replies+{token}@letters.practice.test") is None
    assert OURS.token_of(f"x.reply+{token}@letters.practice.test") is None


def test_a_template_may_be_the_bare_token_or_have_a_tail() -> None:
    token = new_token(bytes(range(16)))
    bare = ReplyAddress("{token}@{domain}", "practice.test")
    tailed = ReplyAddress("r.{token}.letters@in.{domain}", "practice.test")
    assert bare.token_of(bare.format(token)) == token
    assert tailed.token_of(tailed.format(token).upper()) == token


@pytest.mark.parametrize(
    "template",
    [
        "reply@{domain}",
        "reply+{token}",
        "r{token}{token}@{domain}",
        "reply@{token}.{domain}",
        "re ply+{token}@{domain}",
        "x" * 40 + "+{token}@{domain}",
    ],
)
def test_a_template_that_cannot_work_is_refused_at_start(template: str) -> None:
    with pytest.raises(ValueError, match="reply address"):
        ReplyAddress(template, "practice.test")


def test_a_token_is_made_from_exactly_sixteen_bytes() -> None:
    with pytest.raises(ValueError, match="16"):
        new_token(b"short")


@given(st.binary(min_size=1, max_size=20))
def test_a_bounce_address_comes_back_to_the_mail_it_was_made_for(outbox_id: bytes) -> None:
    address = bounce_address(outbox_id, KEY, domain=DOMAIN, now=NOW)
    assert valid_address(address)
    assert read_bounce_address(address.upper(), KEY, domain=DOMAIN, now=NOW) == outbox_id


def test_a_forged_or_foreign_or_old_bounce_address_means_nothing() -> None:
    address = bounce_address(b"id-1", KEY, domain=DOMAIN, now=NOW, days=3)
    last_letter = address.partition("@")[0][-1]
    forged = address.replace(f"{last_letter}@", ("a" if last_letter != "a" else "b") + "@")
    assert read_bounce_address(forged, KEY, domain=DOMAIN, now=NOW) is None
    assert read_bounce_address(address, b"other" * 7, domain=DOMAIN, now=NOW) is None
    assert read_bounce_address(address, KEY, domain="bounce.elsewhere.test", now=NOW) is None
    assert read_bounce_address("someone@bounce.practice.test", KEY, domain=DOMAIN, now=NOW) is None
    assert read_bounce_address(address, KEY, domain=DOMAIN, now=NOW + timedelta(days=3)) == b"id-1"
    assert read_bounce_address(address, KEY, domain=DOMAIN, now=NOW + timedelta(days=4)) is None


def test_a_bounce_address_refuses_what_would_not_fit() -> None:
    with pytest.raises(ValueError, match="20 bytes"):
        bounce_address(b"", KEY, domain=DOMAIN, now=NOW)
    with pytest.raises(ValueError, match="domain"):
        bounce_address(b"x", KEY, domain="bad domain", now=NOW)


@pytest.mark.parametrize(
    "address", ["mara@example.org", "a.b+c@sub.example.co.uk", "o'neil@example.org", "x@1.example"]
)
def test_plain_addresses_may_be_written_to(address: str) -> None:
    assert valid_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "mara",
        "@example.org",
        "mara@",
        "mara@example",
        "a..b@example.org",
        ".a@example.org",
        "a.@example.org",
        "a b@example.org",
        '"a b"@example.org',
        "mara@example.org\r\nBcc: x@y.test",
        "mara@example.org\n",
        "<a@b.test>",
        "a@-b.test",
        "a@b-.test",
        "a@b..test",
        "mära@example.org",
        "a@[127.0.0.1]",
        "x" * 65 + "@example.org",
        "a@" + "b" * 64 + ".test",
        "a@" + "b." * 130 + "test",
        "a\0@example.org",
        "a@b.test,c@d.test",
    ],
)
def test_addresses_that_could_break_a_command_or_a_header_are_refused(address: str) -> None:
    assert not valid_address(address)


@given(st.text(max_size=60))
def test_no_address_with_a_line_end_is_ever_valid(text: str) -> None:
    for end in ("\r", "\n", "\r\n", "\0", "\x85", "\u2028"):
        assert not valid_address(text + end + "mara@example.org")
        assert not valid_address("mara@example.org" + end + text)


def test_two_spellings_of_one_mailbox_are_the_same() -> None:
    assert same_mailbox("Mara@Example.org", " mara@example.org. ")
    assert not same_mailbox("mara@example.org", "mara@example.com")


def test_domains_are_plain_host_names() -> None:
    assert valid_domain("bounce.practice.test")
    assert not valid_domain("practice")
    assert not valid_domain("a b.test")
