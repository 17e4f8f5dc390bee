"""Whose address a letter says it is from."""

from channels.email.addresses import ReplyAddress, canonical, same_mailbox
from channels.email.senders.admitting import Sender
from channels.email.terms import MailIn
from channels.email.workers.parse_worker import Told
from messaging.arriving.receiving import Standing


def sender_of(told: Told, at: Standing, terms: MailIn) -> Sender:
    """Who wrote it by its From, of which nothing is believed yet."""
    address = told.letter.sender
    if address is None:
        return Sender.UNCLEAR
    if is_own(at.practice.mail_domain or terms.domain, address, terms):
        return Sender.OWN
    known = any(same_mailbox(one, address) for one in at.addresses)
    return Sender.REGISTERED if known else Sender.OTHER


def is_own(domain: str, address: str, terms: MailIn) -> bool:
    """Ours: a letter from it is a loop, or somebody who plays us."""
    replies = ReplyAddress(terms.reply_address, domain)
    ours = canonical(address) in {canonical(one) for one in (f"post@{domain}", terms.sender) if one}
    return ours or replies.token_of(address) is not None or replies.mistyped(address)
