"""A fault is told by type and place, and by nothing that was said."""

import json
from typing import Any

import pytest

from messaging.addresses import checked_address
from messaging.errors import Malformed
from messaging.faults import FRAMES, located

SECRET = "I have not told my husband"


class Chatty(ValueError):
    """Quotes what it was given, in every way an exception can."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.add_note(text)
        self.text = text

    def __repr__(self) -> str:
        return self.text


def told(raiser: Any) -> dict[str, Any]:
    with pytest.raises(BaseException) as caught:  # noqa: PT011 - groups, too
        raiser()
    found = located(caught.value)
    assert SECRET not in json.dumps(found)
    return found


def raising() -> None:
    words = SECRET
    raise Chatty(words)


def test_our_own_frames_are_named_and_the_librarys_last() -> None:
    class Words(str):
        """Stands for a library: its fault quotes what it was given."""

        __slots__ = ()

        def __len__(self) -> int:
            raise Chatty(self)

    found = told(lambda: checked_address(Words(SECRET)))
    places = [frame.rpartition(":") for frame in found["frames"]]
    assert [place for place, _, _ in places[:2]] == [
        "messaging.addresses:checked_address",
        "messaging.addresses:valid_address",
    ]
    assert places[2][0].endswith(".Words.__len__")
    assert all(line.isdigit() for _, _, line in places)


def test_neither_text_nor_notes_nor_attributes_nor_locals_are_told() -> None:
    assert told(raising) == {
        "fault": "tests.messaging.test_faults.Chatty",
        "frames": [f"tests.messaging.test_faults:raising:{raising.__code__.co_firstlineno + 2}"],
    }


def test_what_it_came_from_is_told_in_the_same_way() -> None:
    def chained() -> None:
        try:
            raising()
        except Chatty as fault:
            raise Malformed(SECRET) from fault

    assert [one.partition(" at ")[0] for one in told(chained)["within"]] == [
        "tests.messaging.test_faults.Chatty"
    ]


def test_members_of_a_group_are_told_and_circles_end() -> None:
    def grouped() -> None:
        first, second = Chatty(SECRET), KeyError(SECRET)
        first.__cause__, second.__cause__ = second, first
        raise ExceptionGroup(SECRET, [first, ExceptionGroup(SECRET, [second, *[OSError(SECRET)] * 9])])

    found = told(grouped)
    assert found["fault"] == "ExceptionGroup"
    assert len(found["within"]) == 4


def test_a_recursion_does_not_fill_the_log() -> None:
    def deeper(times: int) -> None:
        if times == 0:
            raise Chatty(SECRET)
        deeper(times - 1)

    assert len(told(lambda: deeper(200))["frames"]) <= FRAMES
