"""The truth about the mail of a letter: of several the gravest, and what a clinician may do about it."""

from collections.abc import Iterable
from typing import Final, assert_never

from messaging.conversations import Circle
from messaging.leaving.delivering import Delivery
from messaging.letters.second_tries import AGAIN
from messaging.memory.leaving import MailForm, MailState
from messaging.people import EmailMode
from web.pages.parts import views as parts
from web.pages.parts.views import Carriage

GRAVEST: Final = (
    MailState.FAILED,
    MailState.STOPPED,
    MailState.IN_DOUBT,
    MailState.SENDING,
    MailState.OWED,
    MailState.SENT,
    MailState.REPLACED,
)
"""All of them: of several mails about one letter, the one that most needs to be known stands first."""
NEEDLESS: Final = (MailForm.RECEIPT, MailState.STOPPED)
"""The answer was there before the receipt went."""
LESS: Final = frozenset({MailForm.KEYLESS, MailForm.EXPIRED, MailForm.UNUSABLE})
"""Notices to those who wished for the words: of two that went, the one to tell of."""


def carriage(
    mails: Iterable[Delivery], circle: Circle, *, may_decide: bool = False, waits: bool = True
) -> Carriage | None:
    """The gravest truth among the mails about one letter, and what a clinician may do about it.

    What tells a clinician that it waits is about no delivery. `waits`: the letter waits for its answer. Once it does not, a
    receipt that was stopped on its way is wanted by nobody.
    """
    known = sorted(
        (
            mail
            for mail in mails
            if mail.form is not MailForm.WAITING and (waits or (mail.form, mail.state) != NEEDLESS)
        ),
        key=lambda mail: (GRAVEST.index(mail.state), mail.form not in LESS, not mail.of_letter),
    )
    if not known:
        return None
    gravest = known[0]
    whole = gravest.form in (MailForm.WHOLE, MailForm.LOCKED)
    if gravest.form is None:
        whole = any(p.email and p.email_mode is not EmailMode.NOTICE for p in circle.clients)
    deeds = may_decide and gravest.state in AGAIN and gravest.of_letter
    return Carriage(
        _state(gravest.state),
        gravest.since,
        _reason(gravest),
        whole,
        gravest.form or "",
        deeds_at=f"/c/{circle.conversation.id}/mail/{gravest.mail}" if deeds else "",
        may_say_arrived=gravest.state is MailState.IN_DOUBT,
        tries=gravest.tries,
    )


def _state(state: MailState) -> parts.Delivery:
    match state:
        case MailState.OWED | MailState.SENDING:
            return parts.Delivery.OWED
        case MailState.SENT:
            return parts.Delivery.SENT
        case MailState.IN_DOUBT:
            return parts.Delivery.IN_DOUBT
        case MailState.FAILED | MailState.STOPPED | MailState.REPLACED:
            return parts.Delivery.FAILED
        case _:
            assert_never(state)


def _reason(mail: Delivery) -> str:
    if mail.state is MailState.STOPPED:
        return "it was stopped, because the address it was written for is no longer theirs"
    return f"the mail server answered {mail.code}" if mail.code else ""
