"""A practice's own settings: its name and clock, its numbers for Help now, the days it works, what its mail is called."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal
from uuid import UUID

from messaging.errors import Malformed, NotFound
from messaging.ids import PracticeId
from messaging.leaving.wishes import known_zone
from messaging.office import Office
from messaging.people import ExitPage, HelpNumber, Identity, Language, Person, Practice, PublicPage
from messaging.practice.founding import checked_name
from messaging.trust.noted import Noted
from messaging.trust.roles import Task, must_do

NUMBERS: Final = 12
"""Of a practice's own: who needs one must find it at a glance."""
NUMBER: Final = re.compile(r"\+?[0-9][0-9 ()/-]{1,38}")
HOLIDAYS: Final = 300
"""Days: some years of public holidays and the weeks a practice is closed."""
HOLIDAY_NAME: Final = 80
KEEP_YEARS: Final = 100
PUBLIC_TEXT: Final = 2_000
QUESTIONS: Final = 12
MAIL_NAME: Final = 80
MAIL_SUBJECT: Final = 80
"""Characters."""
EXITS: Final = 8
EXIT: Final = re.compile(r"https://[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/[A-Za-z0-9._~/?=&%+-]{0,200})?")
"""A page as one would read it out: no port, no name or password before the host, nothing a browser would read otherwise."""


@dataclass(frozen=True, slots=True)
class PracticeChanges:
    """What is to be otherwise of a practice; None stays as it is. An empty name or subject of its mail is our own again."""

    name: str | None = None
    time_zone: str | None = None
    numbers: tuple[HelpNumber, ...] | None = None
    workdays: tuple[int, ...] | None = None
    holidays: Mapping[date, str] | None = None
    mail_name: str | None = field(default=None, repr=False)
    mail_subject: str | None = field(default=None, repr=False)
    identity: Identity | None = None
    """Of new clients, where nobody says otherwise."""
    keep_years: int | None = None
    """For how long records are kept after care has ended; 0: nobody says."""
    exits: tuple[ExitPage, ...] | None = field(default=None, repr=False)
    language: Language | Literal[""] | None = None
    """In which clients are spoken to who say nothing themselves; "": as their browser asks."""
    page: PublicPage | Literal[""] | None = field(default=None, repr=False)
    """What its public page says; "": it has none."""


async def change_practice(office: Office, by: Person, changes: PracticeChanges) -> Practice:
    """From now on: every promise is by its days and hours on its clock. Raises NotFound, Malformed, Busy."""
    must_do(by, Task.PRACTICE)
    practice = await office.memory.people.practice(by.practice)
    if practice is None:
        raise NotFound
    now = changed(practice, changes)
    if now != practice:
        await office.memory.trail.note(practice.id, office.clock(), by.id, Noted.PRACTICE_CHANGED, None)
        await office.memory.people.set_practice(now)
    return now


def check_changes(changes: PracticeChanges) -> None:
    """Before a practice is founded with them. Raises Malformed."""
    changed(Practice(PracticeId(UUID(int=0)), "", "", "UTC"), changes)


def changed(practice: Practice, changes: PracticeChanges) -> Practice:
    """The practice with these. Raises Malformed."""
    if changes.time_zone is not None:
        known_zone(changes.time_zone)
    return replace(
        practice,
        name=practice.name if changes.name is None else checked_name(changes.name),
        time_zone=changes.time_zone or practice.time_zone,
        numbers=practice.numbers if changes.numbers is None else checked_numbers(changes.numbers),
        workdays=practice.workdays if changes.workdays is None else checked_workdays(changes.workdays),
        holidays=practice.holidays if changes.holidays is None else checked_holidays(changes.holidays),
        mail_name=_own(changes.mail_name, practice.mail_name, MAIL_NAME),
        mail_subject=_own(changes.mail_subject, practice.mail_subject, MAIL_SUBJECT),
        identity=changes.identity or practice.identity,
        keep_years=_years(changes.keep_years, practice.keep_years),
        exits=practice.exits if changes.exits is None else checked_exits(changes.exits),
        language=practice.language if changes.language is None else changes.language or None,
        page=practice.page if changes.page is None else checked_page(changes.page) if changes.page else None,
    )


def checked_numbers(numbers: tuple[HelpNumber, ...]) -> tuple[HelpNumber, ...]:
    """As they are kept. Raises Malformed."""
    if len(numbers) > NUMBERS:
        raise Malformed(f"There is room for {NUMBERS} numbers.")
    checked = []
    for one in numbers:
        if not NUMBER.fullmatch(one.number.strip()):
            raise Malformed("A telephone number has digits, blanks, hyphens and at most one plus.")
        when = checked_name(one.when) if one.when.strip() else ""
        checked.append(HelpNumber(checked_name(one.name), one.number.strip(), when))
    return tuple(checked)


def checked_exits(pages: tuple[ExitPage, ...]) -> tuple[ExitPage, ...]:
    """As they are kept. Raises Malformed."""
    if len(pages) > EXITS:
        raise Malformed(f"There is room for {EXITS} pages.")
    for one in pages:
        if not EXIT.fullmatch(one.place):
            raise Malformed("A page to leave to has an address like https://www.example.org/weather.")
    return tuple(ExitPage(checked_name(one.name), one.place) for one in pages)


def checked_page(page: PublicPage) -> PublicPage:
    """As it is kept. Raises Malformed."""
    texts = (page.about, page.unsuitable, page.waiting, *page.questions)
    if len(page.questions) > QUESTIONS:
        raise Malformed(f"There is room for {QUESTIONS} questions.")
    if any(len(one) > PUBLIC_TEXT or not is_plain(one) for one in texts):
        raise Malformed(f"Each text of the public page has at most {PUBLIC_TEXT} characters.")
    questions = tuple(one.strip() for one in page.questions if one.strip())
    return PublicPage(page.about.strip(), page.unsuitable.strip(), questions, page.waiting.strip())


def is_plain(text: str) -> bool:
    """Whether it can be shown as it is: lines of signs, nothing that steers."""
    return all(one.isprintable() or one in "\n\r\t" for one in text)


def checked_workdays(days: Sequence[int]) -> tuple[int, ...]:
    """Weekdays (0 Monday), each once, in their order. Raises Malformed where there is none."""
    found = tuple(sorted(set(days)))
    if not found or not set(found) <= set(range(7)):
        raise Malformed("A practice works on one weekday at least.")
    return found


def checked_holidays(days: Mapping[date, str]) -> Mapping[date, str]:
    """By date. Raises Malformed."""
    if len(days) > HOLIDAYS:
        raise Malformed(f"There is room for {HOLIDAYS} days. Please take out those that have passed.")
    if any(len(name) > HOLIDAY_NAME or not name.isprintable() for name in days.values()):
        raise Malformed(f"What a day is called has at most {HOLIDAY_NAME} characters.")
    return {day: days[day].strip() for day in sorted(days)}


def _years(asked: int | None, before: int | None) -> int | None:
    if asked is None:
        return before
    if not 0 <= asked <= KEEP_YEARS:
        raise Malformed(
            f"Records are kept for 1 to {KEEP_YEARS} years; 0 where nothing is ever to be erased."
        )
    return asked or None


def _own(asked: str | None, before: str | None, most: int) -> str | None:
    if asked is None:
        return before
    text = asked.strip()
    if len(text) > most or not text.isprintable():
        raise Malformed(f"What mail is called has at most {most} characters on one line.")
    return text or None
