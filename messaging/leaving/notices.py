"""The fixed words we use outside the app. They never vary with what was said, by whom, or in which practice's care."""

import re
from collections.abc import Mapping
from typing import Final

from messaging.people import Language, Practice

SUBJECT: Final = "You have a new message"
SUBJECTS: Final[Mapping[Language, str]] = {
    Language.ENGLISH: SUBJECT,
    Language.GERMAN: "Neue Nachricht",
    Language.GERMAN_DU: "Neue Nachricht",
    Language.ARABIC: "رسالة جديدة",
}
"""Answers come back under it for years: one is added with a language, and none is ever changed."""
_BEFORE: Final = re.compile(r"(?:[^\W\d_]{1,5}(?:\[\d{1,3}\])?\s?[:：]\s*)+")
"""What programs put before a subject they answer or forward, in many languages: Re:, AW:, Antw:, Fwd:, Re[2]:."""


def given_subject(subject: str, ours: str | None = None) -> str:
    """A letter's subject where its writer gave it one; empty where it only repeats ours, whatever stands before it.

    `ours`: the practice's own, where it has one.
    """
    subject = subject.strip()
    before = _BEFORE.match(subject)
    bare = subject[before.end() :] if before else subject
    return (
        ""
        if bare.strip().casefold() in ("", (ours or "").casefold(), *map(str.casefold, SUBJECTS.values()))
        else subject
    )


def subject_for(practice: Practice, language: Language) -> str:
    """The one neutral subject of a practice's mail: its own, or ours in the reader's language."""
    return practice.mail_subject or SUBJECTS[language]
