"""Mails about a promise: that a letter is here and until when it is answered, or that its answer is late.

Fixed words and a time. Nothing says whose letter it is, who answers it, or what either says.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from channels.email.composing.mail import Envelope, crlf, header_lines, text_part
from channels.email.composing.times import ALSO, spoken
from channels.email.composing.words import _, said
from channels.language.saying import N_
from messaging.memory.leaving import MailForm

CLOSING: Final = N_("This is an automatic notice.")


@dataclass(frozen=True, slots=True)
class PromiseWords:
    """The fixed words of one kind. `help_line` stands before the way to help at once; empty where none is offered."""

    opening: str
    time: str
    after: str
    link: str = N_("You find it here:")
    help_line: str = N_("Nobody watches this mailbox all the time. If you need help now:")


RECEIVED: Final = PromiseWords(
    N_("Your message has arrived and is kept safely."),
    N_("It is answered by:"),
    N_("What you add until then joins it, and this time stays the same."),
)
LATE: Final = PromiseWords(
    N_("The answer to your message is late, and that has been noticed."),
    N_("It was promised for:"),
    N_("Your message is safe, and whoever answers has been told. You need not send it again."),
)
ALARM: Final = PromiseWords(
    N_("An answer that was promised is late."),
    N_("It was promised for:"),
    N_("Who waits for it has been told, too."),
    N_("Which one it is stands here, after signing in:"),
    "",
)
UNREAD: Final = PromiseWords(
    N_("Something that came has not been read by anybody who cares there."),
    N_("It was to be read by:"),
    N_("You are told this once. What it says, no mail tells."),
    N_("Where it waits stands here, after signing in:"),
    "",
)
WAITING: Final = PromiseWords(
    N_("A message waits that you have not read."),
    N_("Its answer is promised for:"),
    N_("You are told once, until it is answered."),
    N_("It stands here, after signing in:"),
    "",
)


AFTER_THE_END: Final = replace(
    RECEIVED,
    opening=N_("Your message has arrived and is kept safely. Care has ended here."),
    time="",
    after=N_("No time is promised by which somebody answers. What is kept stays readable for you."),
    help_line=N_("If you need help now, please do not wait for an answer here:"),
)
WAITING_UNPROMISED: Final = replace(
    WAITING,
    opening=N_("A message waits that you have not read. It was written after care had ended."),
    time="",
    after=N_("Nothing is promised to who wrote it, and they have been told so. You are told once a day."),
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the mail leads to."""

    link: str
    help_now: str


def words_of(form: MailForm, *, promised: bool = True, unread: bool = False) -> PromiseWords:
    """What a mail of this form says of a promise, or that there is none. Raises ValueError for those that do neither."""
    match form:
        case MailForm.RECEIPT:
            return RECEIVED if promised else AFTER_THE_END
        case MailForm.LATE:
            return LATE
        case MailForm.ALARM:
            return UNREAD if unread else ALARM
        case MailForm.WAITING:
            return WAITING if promised else WAITING_UNPROMISED
        case (
            MailForm.WHOLE
            | MailForm.LOCKED
            | MailForm.NOTICE
            | MailForm.KEYLESS
            | MailForm.EXPIRED
            | MailForm.UNUSABLE
            | MailForm.APPOINTMENT
            | MailForm.REMINDER
            | MailForm.INVITATION
            | MailForm.WAY_BACK
            | MailForm.BACK_FROM
            | MailForm.PASSWORD_CHANGED
            | MailForm.ADDRESS_CHANGED
            | MailForm.UNARRIVED
            | MailForm.NEW_DEVICE
            | MailForm.ENQUIRY
        ):
            raise ValueError("no mail of this form tells of a promise")
        case _:
            assert_never(form)


def compose_promise(
    envelope: Envelope,
    words: PromiseWords,
    promise: datetime | None,
    zones: tuple[ZoneInfo, ...],
    places: Places,
) -> bytes:
    """The mail, final. `zones`: the reader's first, then the practice's where its clocks show another time then."""
    words = said(words)
    times = [spoken(promise, zone) for zone in zones] if promise else []
    told = [words.time, *times[:1], *(_(ALSO, time=one) for one in times[1:])] if times else []
    when = "\n".join([*told, "", ""]) if told else ""
    help_lines = f"{words.help_line}\n{places.help_now}\n\n" if words.help_line else ""
    text = (
        f"{words.opening}\n\n{when}{words.after}\n\n{words.link}\n{places.link}\n\n{help_lines}{_(CLOSING)}\n"
    )
    return crlf([*header_lines(envelope), *text_part("plain", text)])


def zones_for(promise: datetime, own: str | None, practice: str) -> tuple[ZoneInfo, ...]:
    """The reader's zone and the practice's; one where both show the same time, or they told us none."""
    theirs, ours = ZoneInfo(own or practice), ZoneInfo(practice)
    if promise.astimezone(theirs).utcoffset() == promise.astimezone(ours).utcoffset():
        return (theirs,)
    return (theirs, ours)
