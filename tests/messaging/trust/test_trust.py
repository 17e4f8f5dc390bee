"""Why a door opens: passes, tokens, passwords, pace."""

import os
from dataclasses import replace
from datetime import time
from uuid import uuid4

import pytest

from messaging.conversations import AnswerRule, Conversation, Kind, Member
from messaging.errors import Malformed, NotFound, TooFast, TooLong
from messaging.ids import ConversationId, PersonId, PracticeId
from messaging.messages import CHAT_LIMIT, checked_text
from messaging.people import Person, Role
from messaging.trust import passwords
from messaging.trust.access import Deed, admit
from messaging.trust.pace import Pace, Rate
from messaging.trust.passwords import hash_password, is_outdated, verify_password
from messaging.trust.tokens import TOKEN_LENGTH, new_token, read_token

PRACTICE = PracticeId(uuid4())


def person(role: Role, practice: PracticeId = PRACTICE) -> Person:
    return Person(practice, PersonId(uuid4()), role, "Somebody")


def conversation(*people: Person) -> Conversation:
    members = tuple(Member(p.id, p.role) for p in people)
    return Conversation(
        PRACTICE,
        ConversationId(uuid4()),
        Kind.INDIVIDUAL,
        7,
        0,
        None,
        None,
        AnswerRule(None, time(18)),
        None,
        members,
    )


@pytest.mark.parametrize("deed", list(Deed))
def test_only_members_are_admitted_and_refusals_look_alike(deed: Deed) -> None:
    mira, ruth, stranger = person(Role.THERAPIST), person(Role.CLIENT), person(Role.THERAPIST)
    held = conversation(mira, ruth)
    assert admit(mira, held, deed).revision == 7
    for asker, asked in ((stranger, held), (mira, None), (replace(mira, practice=PracticeId(uuid4())), held)):
        with pytest.raises(NotFound) as refusal:
            admit(asker, asked, deed)
        assert refusal.value.detail == NotFound.words


def test_clients_cannot_hold_sessions_and_administrators_read_nothing() -> None:
    ruth, nour = person(Role.CLIENT), person(Role.ADMINISTRATOR)
    held = conversation(ruth, nour)
    assert admit(ruth, held, Deed.SAY).person == ruth.id
    for asker, deed in ((ruth, Deed.HOLD_SESSION), (ruth, Deed.SETTLE), (nour, Deed.READ)):
        with pytest.raises(NotFound):
            admit(asker, held, deed)


def test_a_token_is_read_back_and_only_its_hash_would_be_kept() -> None:
    token = new_token(PRACTICE, os.urandom(32))
    assert len(token.text) == TOKEN_LENGTH
    assert read_token(token.text) == token
    assert token.text not in repr(token)
    for wrong in ("", token.text[:-1], token.text + "A", "é" * TOKEN_LENGTH, "!" * TOKEN_LENGTH):
        assert read_token(wrong) is None


def test_a_password_fits_only_itself_and_nobody_fits_none() -> None:
    encoded = hash_password("correct horse battery")
    assert verify_password(encoded, "correct horse battery")
    assert not verify_password(encoded, "correct horse batterz")
    assert not verify_password(None, "nobody has this password")
    # Absence does the same work: the same parameters, and as much of salt and hash.
    assert not is_outdated(passwords._NOBODY)
    assert [len(part) for part in passwords._NOBODY.split("$")] == [len(part) for part in encoded.split("$")]


def test_a_pace_slows_one_and_leaves_the_others_alone() -> None:
    pace = Pace(Rate(burst=3, per_second=1))
    for _ in range(3):
        pace.take("flooder", 0.0)
    with pytest.raises(TooFast) as refusal:
        pace.take("flooder", 0.5)
    assert refusal.value.retry_after == pytest.approx(0.5)
    pace.take("other", 0.5)
    pace.take("flooder", 1.0)


@pytest.mark.parametrize("text", ["", "  \n", "a\x00b", "\ud800", None, 5, b"bytes"])
def test_text_that_cannot_be_kept_is_refused_and_never_mended(text: object) -> None:
    with pytest.raises(Malformed):
        checked_text(text, CHAT_LIMIT)


def test_text_keeps_its_characters_and_has_one_kind_of_line_end() -> None:
    assert (
        checked_text("a\r\nb\rc\n\u202eright to left\U0001f600", 100)
        == "a\nb\nc\n\u202eright to left\U0001f600"
    )
    with pytest.raises(TooLong):
        checked_text("x" * 101, 100)
