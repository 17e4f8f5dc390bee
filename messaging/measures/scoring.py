"""Answers checked against their instrument, and scored exactly as it was published."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from messaging.errors import Malformed
from messaging.measures.measure import Band, Measure


@dataclass(frozen=True, slots=True)
class Scored:
    """What answers amount to: the score, its band, and what is shown first to who cares, as item and value."""

    score: int
    band: Band
    alerts: tuple[tuple[str, int], ...] = field(repr=False)


def checked_answers(measure: Measure, raw: object) -> dict[str, int]:
    """By item, in the instrument's order. Raises Malformed naming items, never what was answered."""
    if not isinstance(raw, Mapping):
        raise Malformed("`answers` is an object: the id of each item with the value that was chosen.")
    known = [one.id for one in measure.items]
    unknown = sorted(str(name)[:40] for name in raw.keys() - set(known))
    if unknown:
        raise Malformed(f"Not an item of {measure.name}: {', '.join(map(repr, unknown[:5]))}.")
    allowed = {one.value for one in measure.options}
    given = {name: raw[name] for name in known if name in raw}
    wrong = [name for name, value in given.items() if type(value) is not int or value not in allowed]
    if wrong:
        choices = ", ".join(map(str, sorted(allowed)))
        raise Malformed(f"{measure.name} takes {choices} as answers. Please look at item {', '.join(wrong)}.")
    missing = [name for name in known if name not in given]
    if len(missing) > measure.may_lack:
        raise Malformed(f"Not answered yet, of {measure.name}: item {', '.join(missing)}.")
    return given


def scored(measure: Measure, answers: Mapping[str, int]) -> Scored:
    """The score of checked answers. Where items may lack, the mean of the others stands for them, a half rounded up."""
    ends = min(one.value for one in measure.options) + max(one.value for one in measure.options)
    reverse = {one.id for one in measure.items if one.reverse}
    total = sum(ends - value if name in reverse else value for name, value in answers.items())
    whole, there = len(measure.items), len(answers)
    score = (2 * total * measure.times * whole + there) // (2 * there)
    alerts = tuple(
        (one.item, answers[one.item])
        for one in measure.alerts
        if answers.get(one.item, one.at_least - 1) >= one.at_least
    )
    return Scored(score, measure.band_of(score), alerts)
