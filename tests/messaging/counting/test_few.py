"""No figure stands for fewer than five people: whatever is shown, and whatever can be reckoned from it."""

from collections.abc import Mapping
from itertools import chain, combinations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from messaging.counting.few import FEWEST, Figures, may_be_shown
from messaging.ids import PersonId

PEOPLE = [PersonId(UUID(int=number)) for number in range(9)]
PARTS = st.dictionaries(
    st.sampled_from(["in_time", "late", "not_answered", "other"]),
    st.dictionaries(st.sampled_from(PEOPLE), st.integers(0, 3)),
    min_size=1,
)


def people(parts: Mapping[str, Mapping[PersonId, int]], names: tuple[str, ...]) -> set[PersonId]:
    return {who for name in names for who, much in parts[name].items() if much}


@given(PARTS)
def test_neither_a_figure_nor_a_difference_stands_for_a_few(parts: dict[str, dict[PersonId, int]]) -> None:
    told = may_be_shown(parts)
    shown = tuple(name for name, figure in told.parts.items() if figure is not None)
    assert all(len(people(parts, (name,))) not in range(1, FEWEST) for name in shown)
    if told.whole is not None:
        for taken in chain.from_iterable(combinations(shown, size) for size in range(len(shown) + 1)):
            rest = tuple(name for name in parts if name not in taken)
            assert len(people(parts, rest)) not in range(1, FEWEST)
    for name in shown:
        assert told.parts[name] == sum(parts[name].values())


def by(*people: int) -> dict[PersonId, int]:
    return {PEOPLE[one]: 1 for one in people}


def test_what_would_be_the_difference_is_hidden_with_it_and_the_rest_is_shown() -> None:
    told = may_be_shown({"in_time": by(*range(6)), "late": by(7), "not_answered": by(*range(8))})
    assert told == Figures(15, {"in_time": None, "late": None, "not_answered": 8})


def test_four_are_told_as_nothing_and_nobody_as_nought() -> None:
    assert may_be_shown({"a": by(0, 1), "b": by(2, 3)}) == Figures(None, {"a": None, "b": None})
    assert may_be_shown({"a": {}, "b": {PEOPLE[0]: 0}}) == Figures(0, {"a": 0, "b": 0})
    assert may_be_shown({"a": by(*range(5)), "b": {}}) == Figures(5, {"a": 5, "b": 0})
