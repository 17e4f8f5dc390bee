"""A time on a form, as the practice's clocks show it, with the offset in the hour that autumn repeats."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class When:
    """What stands in a form for a time. `both`: the two times it can be, of which one is to be chosen."""

    day: str = ""
    time: str = ""
    minutes: str = "50"
    until: str = ""
    pause: str = "10"
    weeks: str = "1"
    count: str = "1"
    both: tuple[str, ...] = ()
    mistake: str = ""
