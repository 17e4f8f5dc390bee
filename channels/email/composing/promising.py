"""Mails about a promise: that a letter is here and until when it is answered, or that its answer is late.

Fixed words and a time. Nothing says whose letter it is, who answers it, or what either says.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from channels.email.composing.mail import Envelope, crlf, header_lines, text_part
from channels.email.composing.times import spoken
from messaging.memory.leaving import MailForm

CLOSING: Final = "This is an automatic notice."


@dataclass(frozen=True, slots=True)
class PromiseWords:
    """The fixed words of one kind. `help_line` stands before the way to help at once; empty where none is offered."""

    opening: str
    time: str
    after: str
    link: str = "You find it here:"
    help_line: str = "Nobody watches this mailbox all the time. If you need help now:"


RECEIVED: Final = PromiseWords(
    "Your message has arrived and is kept safely.",
    "It is answered by:",
    "What you add until then joins it, and this time stays the same.",
)
LATE: Final = PromiseWords(
    "The answer to your message is late, and that has been noticed.",
    "It was promised for:",
    "Your message is safe, and whoever answers has been told. You need not send it again.",
)
ALARM: Final = PromiseWords(
    "An answer that was promised is late.",
    "It was promised for:",
    "Who waits for it has been told, too.",
    "Which one it is stands here, after signing in:",
    "",
)
WAITING: Final = PromiseWords(
    "A message waits that you have not read.",
    "Its answer is promised for:",
    "You are told once, until it is answered.",
    "It stands here, after signing in:",
    "",
)


AFTER_THE_END: Final = replace(
    RECEIVED,
    opening="Your message has arrived and is kept safely. Care has ended here.",
    time="",
    after="No time is promised by which somebody answers. What is kept stays readable for you.",
    help_line="If you need help now, please do not wait for an answer here:",
)
WAITING_UNPROMISED: Final = replace(
    WAITING,
    opening="A message waits that you have not read. It was written after care had ended.",
    time="",
    after="Nothing is promised to who wrote it, and they have been told so. You are told once a day.",
)


@dataclass(frozen=True, slots=True)
class Places:
    """Where the mail leads to."""

    link: str
    help_now: str


def words_of(form: MailForm, *, promised: bool = True) -> PromiseWords:
    """What a mail of this form says of a promise, or that there is none. Raises ValueError for those that do neither."""
    match form:
        case MailForm.RECEIPT:
            return RECEIVED if promised else AFTER_THE_END
        case MailForm.LATE:
            return LATE
        case MailForm.ALARM:
            return ALARM
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
    times = [spoken(promise, zone) for zone in zones] if promise else []
    told = [words.time, *times[:1], *(f"that is {one}" for one in times[1:])] if times else []
    when = "\n".join([*told, "", ""]) if told else ""
    help_lines = f"{words.help_line}\n{places.help_now}\n\n" if words.help_line else ""
    text = f"{words.opening}\n\n{when}{words.after}\n\n{words.link}\n{places.link}\n\n{help_lines}{CLOSING}\n"
    return crlf([*header_lines(envelope), *text_part("plain", text)])


def zones_for(promise: datetime, own: str | None, practice: str) -> tuple[ZoneInfo, ...]:
    """The reader's zone and the practice's; one where both show the same time, or they told us none."""
    theirs, ours = ZoneInfo(own or practice), ZoneInfo(practice)
    if promise.astimezone(theirs).utcoffset() == promise.astimezone(ours).utcoffset():
        return (theirs,)
    return (theirs, ours)
