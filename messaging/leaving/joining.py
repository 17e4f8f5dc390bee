"""One notice per reader of a conversation and ten minutes: whoever writes thirty letters causes two, and no letter untold.

A notice says only that there is something new, so one that goes after a letter was written tells of that letter too. The
earliest that is owed goes; later ones wait until it went, and then count as sent with it (`outbox.told_by`). What is
written in the ten minutes after waits for their end. Mails that carry words are never joined.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from messaging.memory.leaving import NOTICES, DueMail, MailState

APART: Final = timedelta(minutes=10)


def put_off(due: Sequence[DueMail], now: datetime) -> list[tuple[DueMail, datetime]]:
    """Those among claimed mails that wait for another notice to the same reader, and until when."""
    later: list[tuple[DueMail, datetime]] = []
    told = set[tuple[object, ...]]()
    for one in sorted(due, key=lambda one: (one.mail.created_at, one.mail.id)):
        if one.mail.form not in NOTICES or one.mail.state is not MailState.OWED:
            continue
        reader = (one.mail.practice, one.mail.conversation, one.mail.person)
        until = max((at + APART for at in (one.told_at, now if reader in told else None) if at), default=now)
        if until > now:
            later.append((one, until))
        told.add(reader)
    return later
