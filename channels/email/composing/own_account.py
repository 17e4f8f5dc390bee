"""Mails about somebody's own ways in: fixed words, and an address that opens one thing; not whose account, nor where.

What opens something stands behind the `#` of its address, where no server and no log on the way sees it, and looking at it
uses nothing up: programs that open every link of a mail change nothing.
"""

from dataclasses import dataclass
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from channels.email.composing.mail import Envelope, crlf, header_lines, text_part
from channels.email.composing.times import spoken
from channels.email.composing.words import said
from channels.language.saying import N_
from messaging.memory.leaving import MailForm
from messaging.office import AccountOrder

NOTHING_TO_DO: Final = N_(
    "If it was not you, you need not do anything: nothing has changed. Please do not pass this on."
)


@dataclass(frozen=True, slots=True)
class AccountWords:
    """The fixed words of one form, in the order they stand. `time` stands before the time it names, where it names one."""

    opening: str
    place: str
    """Where its link leads; `{token}` opens it."""
    time: str
    closing: str


WAY_BACK: Final = AccountWords(
    N_("Somebody asked to choose another password here. If it was you, this opens the way:"),
    "/way-back#{token}",
    N_("It can be opened until:"),
    NOTHING_TO_DO,
)
INVITATION: Final = AccountWords(
    N_("You have been invited to write here. Nobody but you can open it, and it opens once:"),
    "/invitation#{token}",
    N_("It can be opened until:"),
    N_("If you did not expect this, you need not do anything. Please do not pass it on."),
)
BACK_FROM: Final = AccountWords(
    N_(
        "Another password can be chosen here soon, as somebody asked. If it was not you, please stop it here:"
    ),
    "/way-back/stop#{token}",
    N_("If it was you, ask for a link once more. It is enough from this time on:"),
    N_("Please do not pass this on."),
)
PASSWORD_CHANGED: Final = AccountWords(
    N_(
        "The password here was changed, and every device is signed out. If it was not you, ask for a way back at once:"
    ),
    "/forgotten",
    "",
    N_("And please tell somebody you know here, not by mail."),
)
NEW_DEVICE: Final = AccountWords(
    N_(
        "Somebody signed in here from a device that was not known before. Where you are signed in stands here:"
    ),
    "/account",
    N_("It was at:"),
    N_("If it was you, you need not do anything. If not, end it there, and choose another password."),
)


ADDRESS_CHANGED: Final = AccountWords(
    N_(
        "The address for mail from here was changed: from now on it goes to the new one only. You sign in here:"
    ),
    "/",
    "",
    N_("If you did not expect this, please tell somebody you know here, not by mail."),
)
UNARRIVED: Final = AccountWords(
    N_("A mail from here did not arrive where it should. Which one stands here, after signing in:"),
    "/inbox",
    "",
    N_("You are told once for each."),
)
ENQUIRY: Final = AccountWords(
    N_("There is something for you here. Nobody but you should open it:"),
    "/enquiry#{token}",
    N_("It can be opened until:"),
    N_("If you did not expect this, you need not do anything. Please do not pass it on."),
)


def words_of(form: MailForm) -> AccountWords:
    """What a mail of this form says. Raises ValueError for those that are about something else."""
    match form:
        case MailForm.INVITATION:
            words = INVITATION
        case MailForm.WAY_BACK:
            words = WAY_BACK
        case MailForm.BACK_FROM:
            words = BACK_FROM
        case MailForm.PASSWORD_CHANGED:
            words = PASSWORD_CHANGED
        case MailForm.ADDRESS_CHANGED:
            words = ADDRESS_CHANGED
        case MailForm.UNARRIVED:
            words = UNARRIVED
        case MailForm.NEW_DEVICE:
            words = NEW_DEVICE
        case MailForm.ENQUIRY:
            words = ENQUIRY
        case (
            MailForm.WHOLE
            | MailForm.LOCKED
            | MailForm.NOTICE
            | MailForm.KEYLESS
            | MailForm.EXPIRED
            | MailForm.UNUSABLE
            | MailForm.APPOINTMENT
            | MailForm.REMINDER
            | MailForm.RECEIPT
            | MailForm.LATE
            | MailForm.ALARM
            | MailForm.WAITING
        ):
            raise ValueError("no mail of this form is about its reader's own ways in")
        case _:
            assert_never(form)
    return words


def compose_account(envelope: Envelope, order: AccountOrder, base_url: str, zone: ZoneInfo) -> bytes:
    """The mail, final."""
    words = said(words_of(order.form))
    lines = [words.opening, base_url + words.place.format(token=order.token)]
    if order.when is not None and words.time:
        lines.append(f"{words.time}\n{spoken(order.when, zone)}")
    text = "\n\n".join([*lines, words.closing])
    return crlf([*header_lines(envelope), *text_part("plain", f"{text}\n")])
