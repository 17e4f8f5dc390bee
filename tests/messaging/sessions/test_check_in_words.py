"""Code words and the answers of a check-in, decided without a database."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from messaging.conversations import Session, SessionState
from messaging.errors import Malformed
from messaging.ids import ConversationId, SessionId
from messaging.sessions.at_hand import waiting_room_open
from messaging.sessions.checking_in import checked_phone, checked_place, checked_region, dialled
from messaging.sessions.countries import COUNTRIES, country
from messaging.sessions.standings import Answers, Step, decode, encode
from messaging.trust.code_words import LONGEST, WordVerdict, checked_word, folded


@pytest.mark.parametrize(
    "typed",
    ["Blaue Straße", "  blaue   STRASSE ", "ｂｌａｕｅ strasse", "blaue\tstrasse", "blaue\u00a0strasse"],
    ids=["as-chosen", "case-and-blanks", "full-width", "tab", "no-break"],
)
def test_a_word_is_the_same_word_however_it_is_typed(typed: str) -> None:
    assert folded(typed) == "blaue strasse"


def test_accents_count_but_not_how_they_are_spelled() -> None:
    assert folded("Zo\u00eb") == folded("ZOE\u0308")
    assert folded("Zo\u00eb") != folded("Zoe")


@pytest.mark.parametrize("raw", ["", "  ", "ab", "x" * (LONGEST + 1), "x" * 10_000, None, 7])
def test_a_word_is_neither_too_short_nor_too_long(raw: object) -> None:
    with pytest.raises(Malformed):
        checked_word(raw)


def test_a_word_may_hold_any_sign_a_keyboard_makes() -> None:
    assert checked_word("🦊 im Schnee") == "🦊 im schnee"
    assert checked_word("half\ud800pair") == "half?pair"


@pytest.mark.parametrize("raw", ["+43 660 123 45 67", "0660/123-45", "(01) 40 400.12", ""])
def test_a_number_is_taken_as_people_write_it(raw: str) -> None:
    assert checked_phone(raw) == raw


@pytest.mark.parametrize("raw", ["call me", "+43 <b>", "12 3", "1" * 41, "javascript:1234567"])
def test_what_is_no_telephone_number_is_refused(raw: str) -> None:
    with pytest.raises(Malformed):
        checked_phone(raw)


def test_a_number_is_dialled_by_its_digits() -> None:
    assert dialled("+43 (0) 660 123-45") == "+43066012345"
    assert dialled("0660/12 345") == "066012345"


@pytest.mark.parametrize("raw", ["", " \n ", "x" * 121, "a\x07b", "a\ud800b", None])
def test_a_place_is_one_line_of_words(raw: object) -> None:
    with pytest.raises(Malformed):
        checked_place(raw)


def test_a_place_in_any_script_is_taken() -> None:
    assert checked_place("  Graz,\tbei   Oma ") == "Graz, bei Oma"
    assert checked_place("بيروت") == "بيروت"


@pytest.mark.parametrize("raw", ["", "at", "XX", "Austria", None])
def test_a_region_is_one_of_the_list(raw: object) -> None:
    with pytest.raises(Malformed):
        checked_region(raw)


def test_the_list_holds_every_code_of_the_standard_once() -> None:
    assert len(COUNTRIES) == 249
    assert all(len(code) == 2 and code.isupper() and name.strip() == name for code, name in COUNTRIES.items())
    assert checked_region("AT") == "AT"
    assert (country("AT"), country("ZZ")) == ("Austria", "ZZ")


NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "minutes", "is_open"),
    [
        (SessionState.BOOKED, 15.1, False),
        (SessionState.BOOKED, 15, True),
        (SessionState.BOOKED, -49.9, True),
        (SessionState.BOOKED, -50, False),
        (SessionState.LIVE, 60, True),
        (SessionState.LIVE, -60, True),
        (SessionState.CANCELLED, 5, False),
        (SessionState.MISSED, 5, False),
        (SessionState.ENDED, 0, False),
    ],
)
def test_the_waiting_room_is_open_from_a_quarter_of_an_hour_before_to_the_end(
    state: SessionState, minutes: float, is_open: bool
) -> None:
    session = Session(
        SessionId(uuid4()), ConversationId(uuid4()), state, NOW + timedelta(minutes=minutes), 50
    )
    assert waiting_room_open(session, NOW) is is_open


def test_answers_are_the_same_after_sealing_and_are_never_printed() -> None:
    answers = Answers("home, Graz", "AT", True, "+43 660 1234567", WordVerdict.DIFFERS)
    assert decode(encode(Step.ANSWERED, answers)) == (Step.ANSWERED, answers)
    assert "Graz" not in repr(answers)
    assert "660" not in repr(answers)
    assert "differs" not in repr(answers)
