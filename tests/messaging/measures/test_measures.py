"""Measures are scored as they were published, and a pack that contradicts itself does not come into the house."""

import json
from collections.abc import Callable
from itertools import accumulate
from typing import Any, Final

import pytest

from messaging.errors import Malformed
from messaging.measures.packs import BadPack
from messaging.measures.scoring import checked_answers, scored
from web.measure_packs import BOX, in_the_box, read_measures, read_pack

PUBLISHED: Final = {
    # Kroenke, Spitzer, Williams 2001, table 4: cut points 5, 10, 15, 20 of 0 to 27
    "phq-9": [(0, "none"), (5, "mild"), (10, "moderate"), (15, "moderately severe"), (20, "severe")],
    # Spitzer, Kroenke, Williams, Löwe 2006: cut points 5, 10, 15 of 0 to 21
    "gad-7": [(0, "minimal"), (5, "mild"), (10, "moderate"), (15, "severe")],
    # Topp and others 2015: the sum of 0 to 25, four times; 50 or less is low
    "who-5": [(0, "low"), (51, "not low")],
}
HIGHEST: Final = {"phq-9": 27, "gad-7": 21, "who-5": 100}


@pytest.mark.parametrize("name", PUBLISHED)
def test_each_sum_has_its_published_band(name: str) -> None:
    measure = in_the_box()[name]
    most = max(one.value for one in measure.options)
    for total in range(most * len(measure.items) + 1):
        spread = list(
            accumulate(range(len(measure.items)), lambda left, _: max(0, left - most), initial=total)
        )
        answers = {item.id: min(most, left) for item, left in zip(measure.items, spread, strict=False)}
        found = scored(measure, checked_answers(measure, answers))
        assert found.score == total * measure.times
        assert found.band.name == [band for first, band in PUBLISHED[name] if found.score >= first][-1]
    assert (measure.lowest, measure.highest) == (0, HIGHEST[name])


def test_only_item_9_of_the_phq_9_is_shown_first_from_1_on() -> None:
    measure = in_the_box()["phq-9"]
    for item in measure.items:
        for value in range(4):
            answers = {one.id: 0 for one in measure.items} | {item.id: value}
            alerts = scored(measure, answers).alerts
            assert alerts == ((("9", value),) if item.id == "9" and value else ())
    assert not any(in_the_box()[name].alerts for name in ("gad-7", "who-5"))


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        (None, "`answers` is an object"),
        ([1], "`answers` is an object"),
        ({str(one): 1 for one in range(1, 9)}, "item 9"),
        ({str(one): 1 for one in range(1, 11)}, "'10'"),
        ({str(one): 4 for one in range(1, 10)}, "0, 1, 2, 3"),
        ({str(one): True for one in range(1, 10)}, "0, 1, 2, 3"),
        ({str(one): "1" for one in range(1, 10)}, "0, 1, 2, 3"),
        ({str(one): 1.0 for one in range(1, 10)}, "0, 1, 2, 3"),
    ],
)
def test_what_is_no_answer_is_refused_and_says_where(answers: object, told: str) -> None:
    with pytest.raises(Malformed, match=told):
        checked_answers(in_the_box()["phq-9"], answers)


def test_items_may_lack_and_count_from_the_other_end_where_a_pack_says_so() -> None:
    raw = pack(
        items=[item("1"), item("2") | {"reverse": True}, item("3")], may_lack=1, bands=[band(0, 9, "all")]
    )
    measure = read_pack(raw)
    assert scored(measure, checked_answers(measure, {"1": 3, "2": 0, "3": 3})).score == 9
    assert scored(measure, checked_answers(measure, {"1": 3, "2": 1})).score == 8, "5 of 2, for 3: 7.5"
    with pytest.raises(Malformed, match="item 2, 3"):
        checked_answers(measure, {"1": 3})


def item(name: str) -> dict[str, Any]:
    return {"id": name, "text": {"en": f"Question {name}"}}


def band(first: int, last: int, name: str) -> dict[str, Any]:
    return {"from": first, "to": last, "name": name, "text": {"en": name}}


def pack(**changed: Any) -> bytes:
    held: dict[str, Any] = {
        "name": "two",
        "title": {"en": "Two"},
        "intro": {"en": "How often?"},
        "items": [item("1"), item("2")],
        "options": [{"value": value, "text": {"en": str(value)}} for value in range(4)],
        "bands": [band(0, 2, "low"), band(3, 6, "high")],
        "source": "Here, 2026.",
        "licence": {"en": "Free."},
    }
    return json.dumps(held | changed).encode()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"bands": [band(0, 3, "low"), band(3, 6, "high")]}, "bands low and high overlap"),
        ({"bands": [band(0, 1, "low"), band(3, 6, "high")]}, "between bands low and high"),
        ({"bands": [band(0, 2, "low"), band(3, 5, "high")]}, "from 0 to 6, its bands from 0 to 5"),
        ({"bands": [band(2, 0, "low"), band(3, 6, "high")]}, "ends before it begins"),
        ({"bands": []}, "bands are missing"),
        ({"bands": [band(0, 2, "low"), band(3, 6, "low")]}, "band low stands twice"),
        ({"items": []}, "items are missing"),
        ({"items": [item("1"), item("1")]}, "item 1 stands twice"),
        ({"items": [item("1"), {"id": "2", "text": {"de": "Frage"}}]}, "item 2 has no English text"),
        ({"title": {"en": "Two", "de": "Zwei"}}, "not in the same languages: de"),
        ({"alerts": [{"item": "9", "at_least": 1}]}, "item 9, which is missing"),
        ({"alerts": [{"item": "2", "at_least": 0}]}, "at none of its values, or at every one"),
        ({"reliable_change": {"points": 6, "source": ""}}, "names no source"),
        ({"source": " "}, "where it was published"),
        ({"may_lack": 2}, "more items may lack"),
        ({"times": 0}, "whole number of times"),
        ({"name": "../two"}, "small letters"),
        ({"colour": "green"}, "not a pack"),
        ({"options": "0123"}, "not a pack"),
    ],
)
def test_a_pack_that_contradicts_itself_is_refused_with_the_reason(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(BadPack, match=why):
        read_pack(pack(**changed))


def test_packs_of_a_folder_stand_beside_those_in_the_box(tmp_path: Any) -> None:
    (tmp_path / "two.json").write_bytes(pack())
    assert set(read_measures(str(tmp_path))) == {*PUBLISHED, "two"}
    assert set(read_measures("")) == set(PUBLISHED)
    wrong: list[tuple[Callable[[], object], str]] = [
        (lambda: (tmp_path / "three.json").write_bytes(b"{}"), "three.json: it is not a pack"),
        (lambda: (tmp_path / "three.json").write_bytes((BOX / "phq-9.json").read_bytes()), "phq-9 already"),
    ]
    for spoil, why in wrong:
        spoil()
        with pytest.raises(ValueError, match=why):
            read_measures(str(tmp_path))
    with pytest.raises(ValueError, match="there is no folder"):
        read_measures(str(tmp_path / "nowhere"))
