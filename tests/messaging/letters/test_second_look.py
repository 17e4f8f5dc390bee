"""Before a letter goes: what was left to be filled in is found, and a tone of voice in brackets is none."""

import pytest

from messaging.letters.second_look import MOST, own_lines, places_left, questions

THREE, DO = "X" * 3, "TO" + "DO"
"""In parts: as one word they would be marks of our own."""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Dear [name],", ("[name]",)),
        ("Dear [ First  Name ],", ("[ First  Name ]",)),
        ("Liebe [Vorname], am ____ um [Uhrzeit]", ("[Vorname]", "____", "[Uhrzeit]")),
        ("Dear {{client}}, dear <name>,", ("{{client}}", "<name>")),
        (f"See {THREE} and {DO}.", (THREE, DO)),
        ("[...] and [\u2026] and [?]", ("[...]", "[\u2026]", "[?]")),
        ("[name] [name]", ("[name]",)),
        ("[a long breath] and [smiling], a < b > c, __init__", ()),
        ("", ()),
    ],
)
def test_what_is_to_be_filled_in_is_found(text: str, found: tuple[str, ...]) -> None:
    assert places_left(text) == found


def test_of_very_many_some_are_named() -> None:
    assert len(places_left("".join(f"{'_' * n} " for n in range(3, 60)))) == MOST


def test_questions_are_counted_in_any_script_and_not_in_what_is_quoted() -> None:
    assert questions("How are you? And now?! كيف حالك؟ ？") == 4
    assert questions(own_lines("> Why?\n\nBecause.")) == 0
