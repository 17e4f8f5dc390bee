"""What goes with a letter of the story, as a file."""

from typing import Final

from web.demo.scenes import Brings

FOUR_COUNTS: Final = Brings(
    "four counts.txt",
    "Four counts, for the evening\n\nIn: one, two, three, four.\nOut: one, two, three, four.\nFour times. Then look whether "
    "the gate is still there.\n",
)
