"""Who signs in, and what they are in a practice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final, assert_never

from messaging.ids import PersonId, PracticeId


class Role(StrEnum):
    """What a person is in a practice; one person, one role."""

    CLIENT = "client"
    THERAPIST = "therapist"
    PSYCHIATRIST = "psychiatrist"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"

    @property
    def is_clinician(self) -> bool:
        """Clinicians answer from the inbox; administrators see metadata only."""
        match self:
            case Role.THERAPIST | Role.PSYCHIATRIST | Role.SUPERVISOR:
                return True
            case Role.CLIENT | Role.ADMINISTRATOR:
                return False
            case _:
                assert_never(self)


class EmailMode(StrEnum):
    """What our mail to a client may say, by recorded consent. `openpgp` is a notice while their key cannot be used."""

    NOTICE = "notice"
    FULL = "full"
    OPENPGP = "openpgp"


class AppName(StrEnum):
    """What a client's pages, icon and notices are called on their device: a closed list that says nothing of them."""

    NOTES = "notes"
    READING = "reading"
    RECIPES = "recipes"
    GARDEN = "garden"
    LISTS = "lists"


class Identity(StrEnum):
    """What is known of who a client is, and to whom."""

    IDENTIFIED = "identified"
    SEALED = "sealed"
    """They are called by another name everywhere; their own and their address nobody is shown."""
    PSEUDONYMOUS = "pseudonymous"
    """Nobody knows their name. An address they alone can set, and nobody else sees."""


class Language(StrEnum):
    """In which language somebody is spoken to, and how they are called in it."""

    ENGLISH = "en"
    GERMAN = "de"
    """By surname, and *Sie*."""
    GERMAN_DU = "de-du"
    """By first name, and *du*."""
    ARABIC = "ar"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when until when, by somebody's own clock, no mail tells them of anything; over midnight where it ends before."""

    begins: time
    ends: time


@dataclass(frozen=True, slots=True)
class Profile:
    """What who cares says of themselves on the practice's public page (`enquiries.public`); each part may be empty."""

    about: str = ""
    """In a sentence or two of their own."""
    way: str = ""
    """How they work."""
    treats: str = ""
    treats_not: str = ""
    languages: str = ""
    licence: str = ""
    """Its number."""
    register: str = ""
    """The https address of the register it stands in."""
    training: str = ""
    places: str = ""
    """Where they may practise."""
    openings: str = ""
    """Whether there is room, or an honest time to wait."""


@dataclass(frozen=True, slots=True)
class PublicPage:
    """What a practice says to who has not written yet, at `/p/{slug}`. A practice without one has no such page."""

    about: str = ""
    unsuitable: str = ""
    """For what text is not the right help: said first."""
    questions: tuple[str, ...] = ()
    """What somebody may ask themselves before they write."""
    waiting: str = ""
    """How soon somebody answers."""


@dataclass(frozen=True, slots=True)
class Person:
    """One who signs in. The name and address of a client are sealed at rest; here they are open and never printed."""

    practice: PracticeId
    id: PersonId
    role: Role
    name: str = field(repr=False)
    """What they are called. Of a sealed identity never their own name (`practice.identity`)."""
    email: str | None = field(default=None, repr=False)
    """Where mail goes. What others are shown of it is `shown_email`."""
    email_mode: EmailMode = EmailMode.NOTICE
    time_zone: str | None = None
    """An IANA name, where they told us theirs: mail names times in it. None: the practice's."""
    receipts: bool = True
    """Whether a mail tells them that a letter of theirs has arrived."""
    told_after: int | None = None
    """For who answers: minutes after which a mail tells of a letter they have not read; None: never."""
    quiet: QuietHours | None = None
    """When no mail tells who answers of what waits."""
    unreachable: str | None = field(default=None, repr=False)
    """An address no mail can be sent to, kept before such were refused. Who has one has no `email`."""
    active: bool = True
    """False once they have left the practice."""
    erased: bool = False
    """Nothing is left of them but their id, for others' record."""
    second_factor: bool = False
    """Whether signing in takes a code beside the password."""
    grace_until: datetime | None = None
    """Until when who must have one may go without."""
    hat_of: PersonId | None = None
    """Whose second hat this is (`entrance.hats`): their password and second factor are this one's."""
    identity: Identity = Identity.IDENTIFIED
    app: AppName = AppName.NOTES
    """What this is called on their device."""
    exit_page: str | None = field(default=None, repr=False)
    """Where Exit leads, as they chose it (`entrance.own_choices`); None: they chose nothing."""
    country: str | None = field(default=None, repr=False)
    """Where they are, by ISO 3166-1, as they said it for Help now."""
    language: Language | None = None
    """In which pages and mail speak to who is in care. None: as the practice says."""
    profile: Profile | None = None
    """Of who cares: what the public page says of them; None: they are not named there."""
    takes_enquiries: bool = False
    """Of who cares: enquiries of those who are not in care yet come to them."""

    @property
    def shown_email(self) -> str | None:
        """Their address, as others may see it: of who is not identified, nobody may."""
        return self.email if self.identity is Identity.IDENTIFIED else None


@dataclass(frozen=True, slots=True)
class HelpNumber:
    """Whom to call in need: whose number it is, the number, and when somebody answers there."""

    name: str
    number: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class ExitPage:
    """A page somewhere else to which Exit may lead. `place` is an https address."""

    name: str
    place: str


MONDAY_TO_FRIDAY: Final = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Practice:
    """The tenant: a clinic or a solo therapist. `time_zone` is an IANA name, `mail_domain` None for the server's own."""

    id: PracticeId
    slug: str
    name: str
    time_zone: str
    mail_domain: str | None = None
    numbers: tuple[HelpNumber, ...] = ()
    """The practice's own numbers, which stand first under Help now."""
    workdays: tuple[int, ...] = MONDAY_TO_FRIDAY
    """Weekdays (0 Monday) on which letters are answered by those who answer within working days."""
    holidays: Mapping[date, str] = field(default_factory=dict, hash=False)
    """Days on which nobody works, and what they are called."""
    identity: Identity = Identity.IDENTIFIED
    """How much is known of a new client, where nobody says otherwise."""
    keep_years: int | None = None
    """For how long a record is kept after care has ended; None: nobody has said, and nothing is ever due to be erased."""
    mail_name: str | None = field(default=None, repr=False)
    """What its mail is from, where its name would say too much in a mailbox. None: its name."""
    mail_subject: str | None = field(default=None, repr=False)
    """The one neutral subject of its mail, where it has its own."""
    exits: tuple[ExitPage, ...] = ()
    """The pages its clients can choose Exit to lead to; the first is where it leads for who chose none."""
    language: Language | None = None
    """In which its clients are spoken to, where they say nothing themselves. None: as a browser asks, by mail English."""
    page: PublicPage | None = None
    """Its public page, where it has one."""

    @property
    def sender(self) -> str:
        """What stands as the sender of its mail."""
        return self.mail_name or self.name

    def works_on(self, day: date) -> bool:
        """Whether somebody works on this day, by its clock."""
        return day.weekday() in self.workdays and day not in self.holidays


def language_for(person: Person, practice: Practice) -> Language | None:
    """In which language somebody is spoken to; None where nobody has said. Who works here is spoken to in English."""
    if person.role is not Role.CLIENT:
        return Language.ENGLISH
    return person.language or practice.language
