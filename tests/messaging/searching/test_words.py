"""Whatever words an entry holds are found, and where they stand is known."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.errors import Malformed
from messaging.facts import ClosingFacts
from messaging.ids import SessionId
from messaging.memory.searching import Sort
from messaging.messages import (
    AttachmentNote,
    Body,
    Channel,
    EntryKind,
    EventName,
    encode_body,
)
from messaging.searching.words import AROUND, LONGEST, excerpt, fold, fold_to_ascii, spans, words_of
from tests.messaging.searching.sealed import Sealed

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=80)
NEAR = st.text(
    st.sampled_from("aAbß ẞÄäe\u0301ﬁⅧΐİıKſ\"\\'\n\u00ad\u200dمَدـ\u0654ﷺ한漢ü"), min_size=1, max_size=40
)
"""Characters that change when they are folded, and those that a body escapes."""


@given(st.one_of(TEXTS, NEAR))
def test_a_text_folds_character_by_character(text: str) -> None:
    assert fold(text) == "".join(map(fold, text))
    assert fold(fold(text)) == fold(text)


@given(st.one_of(TEXTS, NEAR))
def test_what_is_left_of_ascii_leaves_out_no_ascii_word(text: str) -> None:
    assert fold(text).encode("ascii", "ignore").decode() == fold_to_ascii(text)


@given(st.one_of(TEXTS, NEAR), st.sampled_from(["t", "f", "s"]), st.sampled_from(Channel))
def test_whatever_words_an_entry_holds_are_found(text: str, where: str, channel: Channel) -> None:
    try:
        words = words_of(" ".join(text.split()[:3])[:LONGEST])
    except Malformed:
        return
    body = {"t": Body(text), "f": Body("x", folded=text), "s": Body("x", subject=text)}[where]
    sealed = Sealed()
    row = sealed.row(encode_body(body), channel=channel)
    (hit,) = sealed.opening(words).hits([row])
    assert hit.sort is (Sort.CHAT if channel is Channel.CHAT else Sort.LETTER)
    assert len(hit.excerpt) <= AROUND + 4


@given(NEAR, NEAR)
def test_the_fast_way_finds_what_the_slow_one_does(text: str, asked: str) -> None:
    words = tuple(dict.fromkeys(one for one in map(fold, asked.split()) if one))
    if not words:
        return
    sealed = Sealed()
    found = list(sealed.opening(words).hits([sealed.row(encode_body(Body(text)))]))
    assert bool(found) == all(word in fold(text) for word in words)


@given(NEAR, NEAR)
def test_what_is_marked_is_what_was_looked_for(before: str, word: str) -> None:
    folded = fold("".join(word.split()))
    if not folded:
        return
    text = f"{before} {word}"
    marked = spans(text, [folded])
    assert all(0 <= begin < end <= len(text) for begin, end in marked)
    assert [one for one in marked if folded in fold(text[one[0] : one[1]])] == marked
    assert bool(marked) == (folded in fold(text))


def test_a_long_letter_is_cut_around_the_word() -> None:
    letter = f"{'long ago ' * 9_000} ÜBER the gate {'and back ' * 9_000}"
    shown = excerpt([letter], ["uber"])
    assert "ÜBER the gate" in shown
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) <= AROUND + 4


def test_homework_and_names_of_files_are_words() -> None:
    sealed = Sealed()
    facts = ClosingFacts(SessionId(uuid4()), homework="walk to the gate")
    closing = Body("what I take along", event=EventName.CLOSING, facts=facts)
    rows = [sealed.row(encode_body(closing), kind=EntryKind.EVENT)]
    assert [one.sort for one in sealed.opening(["gate"]).hits(rows)] == [Sort.EVENT]
    files = (
        AttachmentNote(uuid4(), "garden gate.jpg", "image/jpeg", 1),
        AttachmentNote(uuid4(), "else.pdf", "application/pdf", 1),
    )
    rows = [sealed.row(encode_body(Body("see the picture", attachments=files)))]
    assert [(one.sort, one.excerpt) for one in sealed.opening(["gate"]).hits(rows)] == [
        (Sort.FILE, "garden gate.jpg")
    ]
    assert [one.sort for one in sealed.opening(["gate", "picture"]).hits(rows)] == [Sort.LETTER]


@pytest.mark.parametrize(
    "plain", [b"", b"[]", b'{"t":7}', b'{"e":"of another version","t":"gate"}', b"\xff gate"]
)
def test_what_another_program_wrote_is_told_as_unreadable(plain: bytes) -> None:
    sealed = Sealed()
    opening = sealed.opening(["gate"])
    assert list(opening.hits([sealed.row(plain)])) == []
    assert len(opening.unreadable) == (b"gate" in plain)


def test_another_key_or_another_row_opens_nothing() -> None:
    one, other = Sealed(), Sealed()
    row = one.row(encode_body(Body("gate")))
    opening = other.opening(["gate"])
    assert list(opening.hits([row])) == []
    assert len(opening.unreadable) == 1
    moved = (*row[:2], uuid4().bytes, *row[3:])
    opening = one.opening(["gate"])
    assert list(opening.hits([moved])) == []
    assert len(opening.unreadable) == 1
