"""In which language a mail speaks to who gets it, whoever wrote the letter it is about."""

from contextlib import AbstractContextManager

from channels.language.speaking import speaking
from messaging.office import AccountOrder, AppointmentOrder, MailOrder, PromiseOrder
from messaging.people import Language, language_for


def speaking_to(
    order: MailOrder | PromiseOrder | AccountOrder | AppointmentOrder,
) -> AbstractContextManager[None]:
    """Within, its reader's language is spoken."""
    return speaking(language_for(order.to, order.practice) or Language.ENGLISH)
