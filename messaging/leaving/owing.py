"""Mail that is owed: sealed under its conversation's key, with the reply address its reader answers to."""

import json
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from messaging.conversations import Circle
from messaging.ids import SessionId
from messaging.memory.leaving import MailForm, Owe
from messaging.office import FrozenMail, MailOrder, Office, Order
from messaging.people import Person
from messaging.trust.access import Work, errand
from messaging.trust.encryption import Place
from messaging.trust.seams import Seam, insist

REPLY: Final = "reply_tokens.sealed"
MAIL: Final = "outbox.sealed"


async def reply_token(office: Office, circle: Circle, reader: Person) -> str:
    """The reader's own reply token for this conversation, made at its first use."""
    practice, conversation = circle.conversation.practice, circle.conversation.id
    key = await office.keyring.key(practice, conversation)
    place = Place(REPLY, practice, conversation, reader.id)
    way = errand(practice, conversation, Work.LEAVING)
    if circle.ground is not None:
        sealed = circle.ground.tokens.get(reader.id)
    else:
        sealed = await office.memory.mailbox.reply_token(way, reader.id)
    if sealed is not None:
        return key.open(place, sealed).decode()
    token = office.press.new_token(office.random(16))
    await office.memory.mailbox.keep_reply_token(
        way,
        reader.id,
        office.installation.lookup("reply", token),
        office.keyring.seal(key, place, token.encode()),
        office.clock(),
    )
    return token


async def owe(office: Office, order: Order, mail: FrozenMail, since: datetime | None = None) -> Owe:
    """The mail as it is owed: sealed under its conversation's key, found again by its keyed hashes.

    Raises SeamBroken where it was made for another address than that of the person to whom it is owed.
    """
    insist(Seam.OWED, mail.recipient == order.to.email)
    practice, conversation = order.practice.id, order.conversation
    key = await office.keyring.key(practice, conversation)
    sealed = office.keyring.seal(key, Place(MAIL, practice, conversation, order.mail), encode_mail(mail))
    return Owe(
        order.mail,
        order.to.id,
        message_ids=tuple(
            office.installation.lookup("message-id", one) for one in _found_by(office, order, mail)
        ),
        found_by=office.installation.lookup("mail", order.mail.hex),
        form=mail.form,
        sealed=sealed,
        since=since,
    )


def _found_by(office: Office, order: Order, mail: FrozenMail) -> tuple[str, ...]:
    """What an answer to this mail may name: relays that give it another Message-ID leave its References alone."""
    if isinstance(order, MailOrder):
        return mail.message_id, office.press.thread_id(order)
    return (mail.message_id,)


def encode_mail(mail: FrozenMail) -> bytes:
    """The envelope as one JSON line, then the bytes as they will be sent."""
    head: dict[str, Any] = {
        "to": mail.recipient,
        "from": mail.sender,
        "id": mail.message_id,
        "whole": mail.whole,
        "form": mail.form.value,
    }
    if mail.session is not None:
        head["session"] = [mail.session.hex, mail.sequence]
    if mail.since is not None:
        head["since"] = mail.since.isoformat()
    if mail.locked_for:
        head["locked_for"] = mail.locked_for
    return json.dumps(head).encode() + b"\n" + mail.raw


def decode_mail(sealed: bytes) -> FrozenMail:
    """The inverse of `encode_mail`."""
    head, _, raw = sealed.partition(b"\n")
    held: dict[str, Any] = json.loads(head)
    session, sequence = held.get("session", (None, 0))
    return FrozenMail(
        recipient=held["to"],
        sender=held["from"],
        message_id=held["id"],
        raw=raw,
        whole=held.get("whole", True),
        locked_for=held.get("locked_for"),
        form=MailForm(held.get("form", MailForm.WHOLE)),
        session=None if session is None else SessionId(UUID(hex=session)),
        sequence=sequence,
        since=datetime.fromisoformat(held["since"]) if "since" in held else None,
    )
