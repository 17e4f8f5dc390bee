"""Mail about somebody's own ways in: fixed words, to their own address, as mail of a conversation they are in.

Whoever administers is in none; their mail goes with one of the practice's, as alarms do. Where there is no address or no
conversation there is no way by mail, and nobody who asked from outside is told.
"""

from datetime import datetime

from messaging.ids import ConversationId, MailId
from messaging.leaving.owing import owe
from messaging.memory.leaving import MailForm
from messaging.office import AccountOrder, Office
from messaging.people import Person, Role
from messaging.trust.access import Work, errand

ABOUT_NO_ENTRY = 0


async def tell_of_account(
    office: Office,
    to: Person,
    form: MailForm,
    token: str = "",
    when: datetime | None = None,
    mail: MailId | None = None,
) -> bool:
    """The mail is owed; False where there is no way. `token` opens what it leads to, `when` is the time it names.

    `mail`: its name, where the same is owed once however often it is told.
    """
    practice = await office.memory.people.practice(to.practice)
    conversation = await _place(office, to) if to.email is not None and to.active else None
    if practice is None or conversation is None:
        return False
    now = office.clock()
    order = AccountOrder(
        practice=practice,
        mail=mail or MailId(office.new_id()),
        to=to,
        conversation=conversation,
        form=form,
        at=now,
        token=token,
        when=when,
    )
    owed = await owe(office, order, office.press.freeze_account(order))
    await office.memory.mailbox.owe(
        errand(to.practice, conversation, Work.LEAVING), ABOUT_NO_ENTRY, owed, now
    )
    return True


async def _place(office: Office, to: Person) -> ConversationId | None:
    """Under whose key it is sealed while it is owed."""
    rows = await office.memory.inboxes.of_person(to.practice, to.id)
    if rows or to.role is not Role.ADMINISTRATOR:
        return rows[0].conversation.id if rows else None
    for other in await office.memory.people.all(to.practice):
        theirs = (
            await office.memory.inboxes.of_person(to.practice, other.id) if other.role.is_clinician else []
        )
        if theirs:
            return theirs[0].conversation.id
    return None
