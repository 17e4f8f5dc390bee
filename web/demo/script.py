"""What is written and said while the demonstration runs. Invented, like the history it goes on with."""

from typing import Final

WRITER: Final = "tess"
LETTERS: Final = (
    "Dear both,\n\nthirteen minutes last night. Ben began, and I did not finish a single sentence for him. [proud of that]"
    "\n\nHis mother's birthday is on Sunday. He has written it on the door himself.\n\nTess",
    "Dear both,\n\nthe birthday was loud and good. On the way home we were quiet, and for once I did not ask what the quiet "
    "was about.\n\nTess",
    "Dear both,\n\na short one: we forgot the twelve minutes twice, and then laughed about it. Is that allowed?\n\nTess",
)
"""Tess's, one at each start."""

SAYS: Final = {
    "linden": (
        "sorry, the machine next door started spinning. i am here",
        "if nobody has complained since june, what am i waiting for",
        "[long pause] maybe for someone to say that i may stop looking",
    ),
    "mira": (
        "Take your time with it. What would the defence say to the one who keeps looking?",
        "[unhurried] And who gave that one the job?",
        "Let us keep that question. We have time.",
    ),
}
"""What the side that nobody is says next, the other side being there."""
