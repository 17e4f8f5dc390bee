"""The addresses and references a mail of ours bears: what it is from, where answers and reports go, and what they name.

From a domain of ours each mail has an envelope sender of its own. A provider takes mail from the account's own
address only: then that is in the envelope and in From, and a mark in the header does what the envelope sender did.
"""

from dataclasses import dataclass
from datetime import datetime

from channels.email.addresses import ReplyAddress, bounce_address, keyed
from channels.email.composing.mail import letter_id
from channels.email.terms import MailOut
from messaging.ids import MailId
from messaging.trust.encryption import InstallationKey


def neutral_address(domain: str) -> str:
    """What our mail is from, unless a provider gave us an account. Nobody reads there: answers go to the reader's own reply
    address."""
    return f"post@{domain}"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """On the terms of this installation."""

    terms: MailOut
    installation: InstallationKey

    def sender(self, domain: str) -> str:
        """What stands in From."""
        return self.terms.sender or neutral_address(domain)

    def replies(self, domain: str) -> ReplyAddress:
        """The reply addresses of a domain."""
        return ReplyAddress(self.terms.reply_address, domain)

    def reply_to(self, domain: str, token: str | None) -> str:
        """Where the reader answers to; without a token nobody reads it."""
        return self.replies(domain).format(token) if token else self.sender(domain)

    def bounces_to(self, mail: MailId, at: datetime, domain: str) -> str:
        """The envelope sender."""
        return self.terms.sender or self._bounce_address(mail, at, domain)

    def mark(self, mail: MailId, at: datetime, domain: str) -> str | None:
        """What a report gives back, where the envelope sender does not say which mail it is about."""
        return self._bounce_address(mail, at, domain) if self.terms.sender else None

    def reference(self, stem: str, token: str | None, domain: str) -> str:
        """A reference of ours; where all answers come to one address it tells whose an answer is."""
        if token is not None and not self.replies(domain).tagged:
            stem = keyed(stem, token)
        return letter_id(stem, domain)

    def _bounce_address(self, mail: MailId, at: datetime, domain: str) -> str:
        return bounce_address(mail.bytes, self.installation.bounce_key, domain=domain, now=at)
