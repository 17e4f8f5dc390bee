"""What is sealed of a person reads back as it was, by this program and by those before and after it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.details import NO_DETAILS, Details, decode_details, encode_details
from messaging.people import QuietHours

words = st.text(st.characters(exclude_categories=["Cs"]))
minutes = st.times().map(lambda one: one.replace(second=0, microsecond=0))
some = words.filter(bool)
details = st.builds(
    Details,
    name=words,
    username=words,
    email=st.none() | some,
    zone=st.none() | some,
    receipts=st.booleans(),
    quiet=st.none() | st.builds(QuietHours, minutes, minutes),
    rest=st.dictionaries(
        some.filter(
            lambda name: name not in {"name", "username", "email", "zone", "receipts", "told", "quiet"}
        ),
        words,
    ),
)


@given(details)
def test_what_is_sealed_reads_back(one: Details) -> None:
    assert decode_details(encode_details(one)) == one


def test_what_was_sealed_before_reads_as_it_did() -> None:
    """As programs before this one wrote them."""
    founded = b'{"name": "Ruth \xc3\x96", "username": "ruth", "email": "ruth@mail.example"}'
    assert decode_details(founded) == Details("Ruth Ö", "ruth", "ruth@mail.example")
    assert encode_details(decode_details(founded)) == founded
    wished = b'{"name": "Ben", "username": "ben", "zone": "Asia/Tokyo", "receipts": "no"}'
    assert decode_details(wished) == Details("Ben", "ben", None, "Asia/Tokyo", receipts=False)
    assert encode_details(decode_details(wished)) == wished
    assert decode_details(b'{"name": "Nour"}') == Details("Nour")


def test_what_a_newer_program_wrote_beside_is_kept_when_they_are_sealed_anew() -> None:
    newer = {"name": "Ruth", "pronoun": "she", "telephone": "1"}
    assert json.loads(encode_details(decode_details(json.dumps(newer).encode()))) == newer


@pytest.mark.parametrize("raw", [b"", b"[]", b"7", b"{}", b'"Ruth"', b"\xff"])
def test_what_nobody_wrote_is_refused_in_one_of_few_ways(raw: bytes) -> None:
    with pytest.raises(NO_DETAILS):
        decode_details(raw)


def test_details_do_not_print() -> None:
    shown = repr(Details("CANARY", "CANARY", "CANARY", rest={"CANARY": "CANARY"}))
    assert "CANARY" not in shown
