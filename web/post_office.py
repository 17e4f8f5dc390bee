"""How the acts' mail orders become mail: the practice's neutral name, the reader's own reply address, nothing else."""

from dataclasses import dataclass

from channels.email.addresses import ReplyAddress, bounce_address, new_token
from channels.email.leaving.composing import Envelope, compose_full, compose_notice, letter_id
from messaging import notices
from messaging.ids import EntryId
from messaging.office import FrozenMail, MailOrder
from messaging.people import EmailMode, Practice
from messaging.trust.encryption import InstallationKey
from web.settings import Settings


@dataclass(frozen=True, slots=True)
class PostOffice:
    """The press of this installation."""

    settings: Settings
    installation: InstallationKey

    def freeze(self, order: MailOrder) -> FrozenMail:
        """The mail, final: made once, sent as it is however often it is tried."""
        domain = self.domain(order.practice)
        if order.to.email is None:
            raise ValueError("mail is owed only to those who have an address")
        message_id = self._letter_id(order, order.entry, domain)
        envelope = Envelope(
            sender_name=order.practice.name,
            sender=f"post@{domain}",
            recipient=order.to.email,
            reply_to=self.reply_address(domain).format(order.reply_token),
            message_id=message_id,
            date=order.at,
            subject=notices.SUBJECT,
            in_reply_to=order.answers,
            references=self._references(order, domain),
        )
        whole = order.to.email_mode is EmailMode.FULL
        raw = (
            compose_full(envelope, order.text)
            if whole
            else compose_notice(envelope, f"{self.settings.web.base_url}/")
        )
        sender = bounce_address(order.mail.bytes, self.installation.bounce_key, domain=domain, now=order.at)
        return FrozenMail(order.to.email, sender, message_id, raw, whole)

    def new_token(self, random: bytes) -> str:
        """A fresh reply token."""
        return new_token(random)

    def domain(self, practice: Practice) -> str:
        """The mail domain of a practice."""
        return practice.mail_domain or self.settings.mail.domain

    def reply_address(self, domain: str) -> ReplyAddress:
        """The reply addresses of a domain."""
        return ReplyAddress(self.settings.mail.reply_address, domain)

    def _references(self, order: MailOrder, domain: str) -> tuple[str, ...]:
        root = (
            [self._letter_id(order, order.thread, domain)] if order.thread not in (None, order.entry) else []
        )
        return (*root, *([order.answers] if order.answers else []))

    def _letter_id(self, order: MailOrder, entry: EntryId | None, domain: str) -> str:
        """Stable over retries, and one for each reader: two mailboxes of a couple never share a Message-ID."""
        return letter_id(f"{entry}-{order.to.id.hex[:12]}", domain)
