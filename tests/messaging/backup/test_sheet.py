"""The recovery sheet is the key, and tells a slip of the pen."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.backup.sheet import GROUP, GROUPS, NoSheet, typed, written

KEYS = st.binary(min_size=32, max_size=32)


@given(KEYS)
def test_it_is_read_however_it_is_typed(key: bytes) -> None:
    groups = written(key).split()
    assert [len(one) for one in groups] == [GROUP] * GROUPS
    typed_so = (
        " ".join(groups),
        "-".join(groups).lower(),
        "".join(groups) + "\n",
        "\ufeff" + "\u2013".join(groups),
    )
    for way in typed_so:
        assert typed(way.replace("O", "0").replace("o", "0")) == key


@given(KEYS, st.randoms())
def test_i_and_l_are_read_for_each_other(key: bytes, chance: Random) -> None:
    plain = written(key)
    assert typed("".join(chance.choice("IL1il") if one in "IL" else one for one in plain)) == key


@given(KEYS, st.integers(0, GROUP * GROUPS - 1), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_a_wrong_letter_is_noticed(key: bytes, at: int, letter: str) -> None:
    plain = "".join(written(key).split())
    wrong = plain[:at] + letter + plain[at + 1 :]
    if wrong.replace("L", "I") != plain.replace("L", "I"):
        with pytest.raises(NoSheet):
            typed(wrong)


@pytest.mark.parametrize("text", ["", "AAAA", "A" * 56, "9" * 56, "é" * 56])
def test_what_is_no_sheet_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(NoSheet) as refused:
        typed(text)
    assert "\n" not in str(refused.value)
