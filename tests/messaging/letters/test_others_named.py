"""A letter that greets or names another client asks before it goes; one that names nobody else does not."""

from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.letters.others_named import NamesOthers, Said, ask_about_others
from messaging.letters.sending import HandedIn, send_letter
from messaging.letters.writing import Letter
from messaging.memory.record import Verdict
from messaging.trust.access import Deed
from tests.cast import Cast


class NoPace:
    def take(self, *_: object) -> None:
        """Always."""

    give_back = take


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Dear Ben,\n\nI was thinking of you.", "Ben"),
        ("dear ben,\n\nI was thinking of you.", "Ben"),
        ("Dear Ruth,\n\nas Ben says.", "Ben"),
        ("Dear Ruth,\n\n> as Ben said\n\nYes.", "Ben"),
        ("Dear Ruth,\n\nBen's garden.", "Ben"),
        ("Liebe Ruth,\n\nBens Garten.", "Ben"),
        ("Dear Ruth,\n\nBEN came.", "Ben"),
        ("Dear Zoe,", "Zoë"),
        ("Dear Zoë,", "Zoe"),
        ("Dear Zoe\u0308,", "Zo\u00eb"),
        ("Dear Ruth,\n\nFrau Lindqvist-Morgenstern rief an.", "Ida Lindqvist Morgenstern"),
        ("Dear Ruth,\n\nand O'Brien.", "Sean O\u2019Brien"),
        ("ok. tell ben i said so", "Ben"),
        ("عزيزي يوسف،", "يوسف"),
        ("Dear Ruth, a word for ليوسف here", "يوسف"),
        ("Dear Ruth,\n\n李さんのことです。", "李"),
        ("Дорогой Иван,", "Иван"),
    ],
)
def test_whoever_is_greeted_or_named_is_found(text: str, name: str) -> None:
    assert Said(text).names(name)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Dear Ruth,\n\nI hope you slept.", "Hope"),
        ("Dear Ruth,\n\nWe bend, and Bending is no breaking.", "Ben"),
        ("Dear Ruth,\n\nDr Mira wrote.", "Dr Mira"),
        ("Dear Ruth,\n\nA. is a letter.", "A. Berger"),
        ("", "Ben"),
        ("Dear Ruth,\n\n[A former member]", "[A former member]"),
    ],
)
def test_what_is_nobodys_name_is_not(text: str, name: str) -> None:
    assert not Said(text, without=["Ruth Alder", "Dr Mira"]).names(name)


def test_a_name_both_bear_is_their_own_and_the_other_part_is_not() -> None:
    said = Said("Dear Ruth,\n\nFrau Berger rief an.", without=["Ruth Alder"])
    assert not Said("Dear Ruth,", without=["Ruth Alder"]).names("Ruth Berger")
    assert said.names("Ruth Berger")


@given(st.text(), st.text(), st.sampled_from(["Ben", "Zoë", "يوسف", "李", "Иван", "Anna-Lena"]))
def test_who_is_greeted_is_found_whatever_else_is_written(before: str, after: str, name: str) -> None:
    assert Said(f"{name}, {after}").names(name)
    assert Said(f"Dear Ruth,\n{before} {name} {after}").names(name)


async def handed(cast: Cast, text: str, *sure: str) -> None:
    held, circle = await cast.enter("mira", "ruth", Deed.WRITE)
    letter = HandedIn(Letter(uuid4(), text), sure=frozenset(cast[one].id for one in sure))
    outcome = await send_letter(cast.office, held, circle, letter, NoPace())
    assert outcome.verdict is Verdict.NEW


async def test_it_is_asked_until_each_of_them_is_meant(cast: Cast) -> None:
    with pytest.raises(NamesOthers) as asked:
        await handed(cast, "Dear Ben,\n\nand Linden.")
    assert asked.value.named == {cast["ben"].id: "Ben", cast["linden"].id: "Linden"}
    assert "Ben" not in f"{asked.value!r} {asked.value.detail}"
    with pytest.raises(NamesOthers) as again:
        await handed(cast, "Dear Ben,\n\nand Linden.", "ben")
    assert again.value.named == asked.value.named, "what is said of one page is said of all of them"
    await handed(cast, "Dear Ben,\n\nand Linden.", "ben", "linden")


async def test_nobody_is_asked_about_who_is_in_the_conversation_or_in_others_care(cast: Cast) -> None:
    await handed(cast, "Dear Ruth,\n\nOmar is a name, and Mira is mine.")


async def test_a_program_is_not_asked(cast: Cast) -> None:
    held, circle = await cast.enter("mira", "ruth", Deed.WRITE)
    sent = HandedIn(Letter(uuid4(), "Dear Ben,"))
    assert (await send_letter(cast.office, held, circle, sent, NoPace())).verdict is Verdict.NEW


async def test_others_have_their_turn_while_a_large_caseload_is_compared(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("messaging.letters.others_named.SOME", 1)
    turns = 0

    async def breathe() -> None:
        nonlocal turns
        turns += 1

    _, circle = await cast.enter("mira", "ruth", Deed.WRITE)
    office = replace(cast.office, breathe=breathe)
    await ask_about_others(office, cast["mira"], circle, "Dear Ruth,", ())
    assert turns == 3, "Linden, Ben and Tess, one at a time"
