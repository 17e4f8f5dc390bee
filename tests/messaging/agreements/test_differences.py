"""What is different in a new version, word by word; whatever the two texts are, the new one can be read out of it."""

import re
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.agreements.differences import GONE, GONE_ENDS, NEW, NEW_ENDS, SIGNS, differences

SHOWN = str.maketrans(NEW + NEW_ENDS + GONE + GONE_ENDS, "{}<>")
WORDS = st.text("ab #-*1.\n", max_size=80)


def said(before: str, now: str) -> str:
    marked = differences(before, now).text
    return marked.translate(SHOWN)


@pytest.mark.parametrize(
    ("before", "now", "shown", "places"),
    [
        ("Letters on Wednesdays.", "Letters on Thursdays.", "Letters on <Wednesdays.> {Thursdays.}", 1),
        ("A\n\nB", "A\n\nB", "A\n\nB", 0),
        ("He answers.", "My colleague answers.", "<He> {My colleague} answers.", 1),
        ("# When I am away\n\nSo.", "# When away\n\nSo.", "# When <I am> away\n\nSo.", 1),
        ("# I am away", "# Away", "# <I am away> {Away}", 1),
        ("# Now I am away", "# I am away", "# <Now> I am away", 1),
        ("Kept.", "Kept.\n\n- for ten years\n- here", "Kept.\n\n- {for ten years}\n- {here}", 1),
        ("Kept.\n\nFor *ten* years.", "Kept.", "Kept.\n\n<For ten years.>", 1),
        ("Write **at noon**.", "Write **at eight**.", "Write **at <noon.> {eight**.}", 1),
        ("", "All new.", "{All new.}", 1),
    ],
)  # fmt: skip
def test_words_are_marked_inside_the_new_text(before: str, now: str, shown: str, places: int) -> None:
    assert (said(before, now), differences(before, now).places) == (shown, places)


@given(before=WORDS, now=WORDS)
def test_the_new_words_stand_there_in_order_whatever_was_before(before: str, now: str) -> None:
    marked = differences(before, now).text
    left = re.sub(f"{GONE}[^{GONE_ENDS}]*{GONE_ENDS}", "", marked)
    assert SIGNS.sub("", left).split() == now.split()


def test_two_long_texts_that_have_nothing_in_common_cost_no_second() -> None:
    begun = perf_counter()
    differences("\n\n".join(f"a{n}" for n in range(9000)), "\n\n".join(f"b{n}" for n in range(9000)))
    differences(" ".join(f"a{n % 7}" for n in range(20_000)), " ".join(f"a{n % 5}" for n in range(20_000)))
    assert perf_counter() - begun < 3
