"""Who signs in, and what they are in a practice."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import assert_never

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


@dataclass(frozen=True, slots=True)
class Person:
    """One who signs in. The name and address of a client are sealed at rest; here they are open and never printed."""

    practice: PracticeId
    id: PersonId
    role: Role
    name: str = field(repr=False)
    email: str | None = field(default=None, repr=False)
    email_mode: EmailMode = EmailMode.NOTICE
    time_zone: str | None = None
    """An IANA name, where they told us theirs: mail names times in it. None: the practice's."""
    receipts: bool = True
    """Whether a mail tells them that a letter of theirs has arrived."""
    told_after: int | None = None
    """For who answers: minutes after which a mail tells of a letter they have not read; None: never."""
    unreachable: str | None = field(default=None, repr=False)
    """An address no mail can be sent to, kept before such were refused. Who has one has no `email`."""
    active: bool = True
    """False once they have left the practice."""
    second_factor: bool = False
    """Whether signing in takes a code beside the password."""
    grace_until: datetime | None = None
    """Until when who must have one may go without."""


@dataclass(frozen=True, slots=True)
class HelpNumber:
    """Whom to call in need: whose number it is, the number, and when somebody answers there."""

    name: str
    number: str
    when: str = ""


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
