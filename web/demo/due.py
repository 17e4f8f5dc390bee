"""What is promised for the day on which the demonstration begins: Omar's first letter, and one of Tess's."""

from datetime import date, time
from typing import Final

from messaging.conversations import AnswerRule
from web.demo.scenes import Brings, Letter, Scene
from web.demo.wren import WREN

TODAY: Final = frozenset({"omar", "ben"})
"""Files answered on the weekday of the first start, late enough that whoever looks finds them due."""
BY: Final = time(23)

TESS: Final[tuple[Scene, ...]] = (
    Letter(
        "ben",
        "tess",
        1,
        "21:05",
        "Dear Mira, dear Eli,\n\nthe twelve minutes became forty, and nobody looked at the clock. [surprised] We stopped "
        "because the soup boiled over.\n\nI am a little afraid of next week. What if it was luck?\n\nTess",
    ),
)
APART: Final[tuple[Scene, ...]] = (*WREN, *TESS)
"""What came into the demonstration later than its first stories."""


def answered_today(file: str, today: date) -> AnswerRule | None:
    """The rule of a file whose letters are promised for this weekday; None for every other."""
    return AnswerRule(weekday=today.weekday(), by=BY) if file in TODAY else None


FOUR_COUNTS: Final = Brings(
    "four counts.txt",
    "Four counts, for the evening\n\nIn: one, two, three, four.\nOut: one, two, three, four.\nFour times. Then look whether "
    "the gate is still there.\n",
)
