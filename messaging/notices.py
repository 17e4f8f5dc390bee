"""The fixed words we use outside the app. They never vary with what was said, by whom, or in which practice's care."""

from typing import Final

SUBJECT: Final = "You have a new message"
BODY: Final = (
    "There is something new for you.\n\n"
    "Please sign in to read it:\n{link}\n\n"
    "You can also answer this mail; your answer reaches only the people you write with.\n"
    "This mailbox is not watched all the time. If you need help now: {help_now}\n"
)
