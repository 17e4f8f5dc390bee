"""Told that a mail did not arrive: who answers hears of it by a mail of fixed words, which names neither mail nor reader."""

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Final
from uuid import UUID, uuid5

from messaging.ids import MailId
from messaging.leaving.owing import owe
from messaging.leaving.quiet import rest_for
from messaging.memory.leaving import LETTERS, MailForm, Owe, StoredMail
from messaging.office import AccountOrder, Office
from messaging.people import Role
from messaging.record.reading import circle_of, practice_of

_UNARRIVED: Final = UUID("0c4bd0a8-6f7e-5a55-9d55-0a5b4f6f2f10")


async def unarrived_mails(office: Office, failed: StoredMail) -> list[Owe]:
    """What is owed to those who care where a letter's mail or an invitation failed; nothing for every other mail."""
    if failed.form not in LETTERS and failed.form is not MailForm.INVITATION:
        return []
    found = await office.memory.conversations.find(failed.practice, failed.conversation)
    if found is None:
        return []
    circle, now = await circle_of(office, found), office.clock()
    practice = await practice_of(office, circle)
    if practice is None:
        return []
    owed = []
    for one in circle.clinicians:
        if one.role is Role.SUPERVISOR or not one.email or not one.active or one.told_after is None:
            continue
        since = failed.created_at.astimezone(UTC).isoformat()
        order = AccountOrder(
            practice=practice,
            mail=MailId(uuid5(_UNARRIVED, f"{failed.id}/{one.id}/{since}")),
            to=one,
            conversation=found.id,
            form=MailForm.UNARRIVED,
            at=now,
        )
        mail = await owe(office, order, office.press.freeze_account(order))
        owed.append(replace(mail, rests=rest_for(practice, one, now, timedelta())))
    return owed
