"""Fetching from a mailbox elsewhere: one node at a time."""

from contextlib import AbstractAsyncContextManager

from messaging.memory.arriving import Turn
from messaging.office import Office


def turn_at(office: Office, mailbox: bytes) -> AbstractAsyncContextManager[Turn | None]:
    """This node's turn at the mailbox with this keyed hash; None while another node has it. Raises Busy."""
    return office.memory.mailboxes.turn(mailbox)
