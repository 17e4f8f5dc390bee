"""A letter in passages: what is quoted, what is answered, and what was said where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.letters.passages import (
    DEEPEST,
    Known,
    Passage,
    Search,
    left,
    own_words,
    passages,
    quoted,
    sought,
    to_answer,
    unquoted,
    with_quote,
)

LETTER = """Dear Mira,

I keep going back to that evening. Not the shouting,
the part after.

> What did you do with your hands?

I held the edge of the table.

Yours,
Ruth"""

LINES = st.text(st.sampled_from("> ab\n\u05d0\u0628\u4e2d\U0001f6b6[]\t."), max_size=60)


@given(st.text(max_size=200) | LINES)
def test_a_quotation_gives_back_the_very_words(words: str) -> None:
    assert unquoted(quoted(words)) == words
    assert all(line.startswith(">") for line in quoted(words).split("\n"))


@given(LINES, LINES)
def test_whatever_is_quoted_into_a_draft_is_one_quotation_at_its_end(draft: str, words: str) -> None:
    answer = with_quote(draft, words)
    *above, last = passages(answer)
    assert (last.text, last.quoted) == (words, True)
    assert above == [*passages(draft.rstrip())]
    assert passages(answer + "My answer.")[-1] == Passage("My answer.")


@given(LINES)
def test_no_word_is_lost_or_moved(text: str) -> None:
    assert "".join(_signs(passages(text))) == "".join(sign for sign in text if sign not in "> \n\t")


def _signs(found: tuple[Passage, ...]) -> list[str]:
    return [sign for one in found for sign in one.text if sign not in "> \n\t"]


def test_answers_stay_under_the_lines_they_answer_and_nothing_is_lost() -> None:
    found = passages("Dear M,\n\n> what\n> then?\nThis then.\nAnd this.\n\n\nR")
    assert [(one.text, one.quoted) for one in found] == [
        ("Dear M,", False),
        ("what\nthen?", True),
        ("This then.\nAnd this.", False),
        ("R", False),
    ]


def test_a_list_shows_a_letters_own_words_and_others_only_where_there_are_none() -> None:
    assert own_words("> Yours.\n>> And mine.\n\nI see\nit.") == "I see it."
    assert own_words("> Yours.\n") == "> Yours."


def test_quotations_within_quotations_are_told_apart_to_a_depth() -> None:
    (quotation, answer) = passages("> Yes, and\n>> what then?\n>>\n>> And now?\n> Nothing.\nI see.")
    assert [(one.text, one.quoted) for one in quotation.inner] == [
        ("Yes, and", False),
        ("what then?\n\nAnd now?", True),
        ("Nothing.", False),
    ]
    assert [one.text for one in quotation.inner[1].inner] == ["what then?", "And now?"]
    assert answer == Passage("I see.")
    (deep,) = passages(">" * 5000 + " down here")
    for _ in range(DEEPEST - 1):
        (deep,) = deep.inner
    assert deep.inner == (Passage("down here"),)


def test_the_paragraphs_to_answer_are_the_writers_own_without_address_and_name() -> None:
    found = passages(LETTER)
    assert [found[place].text.split()[0] for place in to_answer(LETTER, "Ruth Adler")] == ["I", "I"]
    assert to_answer(LETTER, "Somebody Else") == (1, 3, 4)
    assert to_answer("عزيزتي ميرا،\n\nلم أنم.\n\nليلى", "ليلى") == (1,)


@pytest.mark.parametrize(
    "words", ["Help me.", "Help", "I can't, Mira", "Ruth!", "Dear Mira,", "Yours,\nRuth"]
)
def test_a_letter_of_one_paragraph_is_never_nothing_to_answer(words: str) -> None:
    assert to_answer(words, "Ruth") == (0,)


@pytest.mark.parametrize(
    "last", ["Help me", "I do not want to live.", "No", "Please, help me", "Ruth is dead."]
)
def test_last_words_that_are_no_name_count(last: str) -> None:
    assert to_answer(f"Hello.\n\n{last}", "Ruth") == (0, 1)


PARAGRAPHS = ("I keep going back.\nTo that evening.", "My sister says tell him.", "I did not sleep again.")


@pytest.mark.parametrize(
    ("answer", "still"),
    [
        ("", (0, 1, 2)),
        ("Dear Ruth, I read it all.", (0, 1, 2)),
        ("> I keep going back. To that evening.\n\nYes.", (1, 2)),
        ("> back.\n> To that\n\nYes.", (1, 2)),
        ("> My sister says tell him.\n\n", (0, 1, 2)),
        ("> I keep going back.\n\n> did not sleep\n\nTo both.", (1,)),
        ("> I keep going back.\n> To that evening.\n>\n> My sister says tell him.\n\nWell.", (2,)),
        ("Dear Ruth,\n\n> something she never wrote\n\nWell.", (0, 1, 2)),
        ("> My sister says tell him.\nWell.\n> did not sleep\n", (0, 2)),
    ],
)
def test_a_paragraph_is_answered_by_words_below_its_quotation(answer: str, still: tuple[int, ...]) -> None:
    assert left(PARAGRAPHS, answer) == still


def test_the_same_words_quoted_twice_answer_the_two_paragraphs_that_hold_them() -> None:
    twice = ("Yes.", "No.", "Yes.")
    assert left(twice, "> Yes.\n\nGood.") == (1, 2)
    assert left(twice, "> No.\n\nAh.\n\n> Yes.\n\nGood.") == (0,)


@given(st.lists(st.text(st.sampled_from("ab \u0628\n"), max_size=20), max_size=5), LINES)
def test_quoting_and_answering_all_paragraphs_leaves_none(paragraphs: list[str], words: str) -> None:
    known = [one for one in paragraphs if one.strip()]
    answer = "".join(with_quote("", one) + "My answer.\n\n" for one in known)
    assert left(known, answer) == ()
    assert set(left(known, words)) <= set(range(len(known)))


def test_quoted_words_are_found_where_they_stand_however_their_lines_are_broken() -> None:
    letters = ["Nothing here.", LETTER]
    assert _places("> Not the shouting, the part\n> after.", letters) == [(1, 1)]
    assert _places("> I held the edge of the table.\n>\n> Yours, Ruth", letters) == [(1, 3)]
    assert _places("> Not the singing", letters) == []
    assert _places("> I held the edge of the table.\n>\n> Dear Mira,", letters) == []
    assert _places("> What did you do with your hands?", letters) == []  # not hers: she quotes it
    assert _places(">", letters) == []


def _places(quotation: str, letters: list[str]) -> list[tuple[int, int]]:
    (found,) = passages(quotation)
    looked = [Known(letter).place_of(sought(found), Search()) for letter in letters]
    return [(number, place) for number, place in enumerate(looked) if place is not None]
