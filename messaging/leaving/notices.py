"""The fixed words we use outside the app. They never vary with what was said, by whom, or in which practice's care."""

import re
from typing import Final

SUBJECT: Final = "You have a new message"
BODY: Final = (
    "There is something new for you.\n\n"
    "Please sign in to read it:\n{link}\n\n"
    "You can also answer this mail; your answer reaches only the people you write with.\n"
    "This mailbox is not watched all the time. If you need help now: {help_now}\n"
)
_BEFORE: Final = re.compile(r"(?:[^\W\d_]{1,5}(?:\[\d{1,3}\])?\s?[:：]\s*)+")
"""What programs put before a subject they answer or forward, in many languages: Re:, AW:, Antw:, Fwd:, Re[2]:."""


def given_subject(subject: str, ours: str | None = None) -> str:
    """A letter's subject where its writer gave it one; empty where it only repeats ours, whatever stands before it.

    `ours`: the practice's own, where it has one.
    """
    subject = subject.strip()
    before = _BEFORE.match(subject)
    bare = subject[before.end() :] if before else subject
    return "" if bare.strip().casefold() in ("", SUBJECT.casefold(), (ours or "").casefold()) else subject
