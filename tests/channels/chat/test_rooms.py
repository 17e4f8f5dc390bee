"""Who is in a session's room, through which node, and who is gone since when."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from channels.chat import breaks, signs
from channels.chat.passing import PAYLOAD, Sign, Told, payloads, read
from channels.chat.rooms import Move, Room
from messaging.ids import ConversationId, PersonId, PracticeId, SessionId

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MIRA, RUTH = PersonId(uuid4()), PersonId(uuid4())


def room() -> Room:
    return Room(PracticeId(uuid4()), ConversationId(uuid4()), SessionId(uuid4()))


def after(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def who(moves: list[Move]) -> list[tuple[PersonId, bool]]:
    return [(move.person, move.here) for move in moves]


def test_somebody_on_two_nodes_is_gone_only_when_the_last_way_is() -> None:
    made = room()
    assert who(made.came(RUTH, None, NOON, 0)) == [(RUTH, True)]
    assert not made.came(RUTH, "b", NOON, 0)
    assert not made.went(RUTH, None, after(1), 1)
    assert who(made.went(RUTH, "b", after(2), 2)) == [(RUTH, False)]
    assert made.gone[RUTH].since == after(2)


def test_who_comes_back_says_since_when_they_were_gone() -> None:
    made = room()
    made.came(RUTH, None, NOON, 0)
    made.went(RUTH, None, after(1), 1)
    assert [person for person, _ in made.long_gone(1)] == [RUTH]
    assert not list(made.long_gone(0.5))
    made.gone[RUTH].noted = True
    assert not list(made.long_gone(1))
    (move,) = made.came(RUTH, "b", after(60), 60)
    assert move.before is not None
    assert (move.before.since, move.before.noted, move.at) == (after(1), True, after(60))
    assert not made.gone


def test_a_roll_brings_and_takes_whom_single_signs_missed() -> None:
    made = room()
    assert who(made.lists("b", {MIRA, RUTH}, NOON, 0)) in (
        [(MIRA, True), (RUTH, True)],
        [(RUTH, True), (MIRA, True)],
    )
    assert who(made.lists("b", {MIRA}, after(10), 10)) == [(RUTH, False)]
    assert made.present() == {MIRA}


def test_a_node_that_fell_silent_takes_its_people_with_it_since_it_last_spoke() -> None:
    made = room()
    made.came(MIRA, None, NOON, 0)
    made.lists("b", {MIRA, RUTH}, after(10), 10)
    assert not made.forget_silent(since=9, now=34)
    assert who(made.forget_silent(since=11, now=36)) == [(RUTH, False)]
    assert made.gone[RUTH].since == after(10)
    assert made.present() == {MIRA}


def test_news_of_somebody_who_left_before_we_came_is_taken_once() -> None:
    made = room()
    assert who(made.went(RUTH, "b", NOON, 0)) == [(RUTH, False)]
    assert not made.went(RUTH, "c", after(5), 5)
    assert made.gone[RUTH].since == NOON


def told(kind: Sign, people: tuple[PersonId, ...] = (RUTH,), what: str = "") -> Told:
    return Told(kind, ConversationId(uuid4()), SessionId(uuid4()), NOON, people, what)


def test_signs_survive_the_way_over_the_bell() -> None:
    sent = [
        told(Sign.QUESTION),
        told(Sign.PRESENCE, what="1"),
        told(Sign.ROLL, (MIRA, RUTH)),
        told(Sign.WORD, what="take_your_time"),
    ]
    heard: list[Told] = []
    for payload in payloads("abc", sent):
        kind, node, items = payload.split(" ", 2)
        assert node == "abc"
        heard += read(kind, items)
    assert heard == sent


def test_a_storm_is_few_notifications_that_the_database_takes() -> None:
    storm = [told(Sign.QUESTION) for _ in range(1000)]
    made = list(payloads("node", storm))
    assert len(made) < 30
    assert all(len(payload) <= PAYLOAD for payload in made)
    assert sum(len(payload.split()) - 2 for payload in made) == 1000


def test_what_a_newer_node_says_is_passed_over() -> None:
    good = str(told(Sign.PRESENCE, what="1"))
    assert len(list(read("p", f"x/y {good} a/b/c/d/e {good}/more"))) == 1
    assert not list(read("z", good))


def test_breaks_beyond_the_bound_are_found_again_and_a_return_always_has_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(breaks, "BREAKS", 1)
    noting = signs.Signs("a", lambda _: None)
    made = room()
    for person in (MIRA, RUTH):
        made.came(person, None, NOON, 0)
        made.went(person, None, after(1), 1)
    noting._look(made, 100, calling=False)
    (first,) = [person for person, gone in made.gone.items() if gone.noted]
    assert noting._breaks._waiting.qsize() == 1
    noting._told(made, made.came(first, None, after(101), 101))
    assert noting._breaks._waiting.qsize() == 2
    lost, back = noting._breaks._waiting.get_nowait(), noting._breaks._waiting.get_nowait()
    assert (lost.person, lost.until, back.person, back.until) == (first, None, first, after(101))
    noting._look(made, 102, calling=False)
    assert noting._breaks._waiting.get_nowait().person == ({MIRA, RUTH} - {first}).pop()
