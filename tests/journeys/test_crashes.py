"""Nothing that was acknowledged is lost when the server or its PostgreSQL is killed, and the judge of it has teeth."""

import copy
from pathlib import Path

import pytest

from tests.journeys.crash_rounds import TURNS, Crashes
from tests.journeys.history import Findings, History, Told, View, judge

RUTH, MIRA = ("c1", "ruth"), ("c1", "mira")
ENTRIES: list[Told] = [(1, None), (2, "a"), (3, "b"), (4, "c")]


def told_well() -> tuple[History, dict[View, list[Told]]]:
    """A history in which all went well: a session opened, three messages."""
    history = History()
    for number, key in ENTRIES:
        for view in (RUTH, MIRA):
            history.tell(view, number, key)
        if key is not None:
            history.ask("c1", key)
            history.ack("c1", key, number)
    return history, {RUTH: list(ENTRIES), MIRA: list(ENTRIES)}


def kinds(findings: Findings) -> set[str]:
    """The kinds that have findings."""
    return {kind for kind, lines in findings.lines().items() if lines}


def test_a_history_in_which_all_went_well_is_clean() -> None:
    history, records = told_well()
    assert judge(history, records).clean


def test_words_of_unknown_fate_may_be_kept_or_not() -> None:
    history, records = told_well()
    history.ask("c1", "never answered")
    assert judge(history, records).clean
    del history.acked["c1", "c"]
    assert judge(history, records).clean


def test_the_judge_sees_a_lost_message() -> None:
    history, records = told_well()
    records[RUTH].pop()
    records[MIRA].pop()
    assert kinds(judge(history, records)) == {"lost"}


def test_the_judge_sees_a_message_kept_but_never_told() -> None:
    history, records = told_well()
    history.told[MIRA].pop()
    assert kinds(judge(history, records)) == {"lost"}


def test_the_judge_sees_a_doubled_message() -> None:
    history, records = told_well()
    for view in (RUTH, MIRA):
        records[view].append((5, "c"))
        history.tell(view, 5, "c")
    assert "doubled" in kinds(judge(history, records))


def test_the_judge_sees_a_number_told_twice() -> None:
    history, records = told_well()
    history.told[RUTH].insert(2, (2, "a"))
    assert "doubled" in kinds(judge(history, records))


def test_the_judge_sees_a_reordered_message() -> None:
    history, records = told_well()
    history.told[RUTH][1:3] = [(3, "b"), (2, "a")]
    assert kinds(judge(history, records)) == {"out_of_order"}


def test_the_judge_sees_a_gap_in_the_record() -> None:
    history, records = told_well()
    for view in (RUTH, MIRA):
        records[view][3] = history.told[view][3] = (5, "c")
    history.acked["c1", "c"] = 5
    assert kinds(judge(history, records)) == {"out_of_order"}


@pytest.mark.parametrize("where", ["record", "frames", "acknowledgement"])
def test_the_judge_sees_views_that_differ(where: str) -> None:
    history, records = copy.deepcopy(told_well())
    if where == "record":
        records[MIRA][1:3] = [(2, "b"), (3, "a")]
    elif where == "frames":
        history.told[RUTH][1:3] = [(2, "b"), (3, "a")]
    else:
        history.ack("c1", "a", 3)
    assert kinds(judge(history, records)) == {"differing"}


def test_the_judge_sees_words_nobody_said() -> None:
    history, records = told_well()
    history.asked.remove(("c1", "b"))
    assert kinds(judge(history, records)) == {"strange"}


async def test_nothing_acknowledged_is_lost_when_server_and_database_are_killed_or_restarted(
    tmp_path: Path,
) -> None:
    crashes = Crashes(tmp_path, conversations=10)
    findings = await crashes.run(rounds=3, calm=0.2)
    assert findings.lines() == Findings().lines()
    assert len(crashes.history.acked) > 100
    assert {turn: len(crashes.seconds[turn]) for turn in TURNS} == dict.fromkeys(TURNS, 1)
    # A restart says that it is one, so that pages come back by themselves; a database that dies closes no line.
    assert {frozenset(speaker.codes) for speaker in crashes.speakers} == {frozenset({1006, 1012})}
    assert {speaker.connections for speaker in crashes.speakers} == {3}
