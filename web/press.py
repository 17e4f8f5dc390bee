"""The press of this installation, on the terms that its settings say."""

from channels.email.composing.signing import Signer, read_signer
from channels.email.leaving.post_office import PostOffice
from channels.email.sealing.locked import Hands
from channels.email.terms import MailOut
from messaging.trust.encryption import InstallationKey
from web.causes import read_file
from web.fair.aside import Aside
from web.mail_settings import SigningKey
from web.settings import BadSettings, Settings


def press_of(settings: Settings, installation: InstallationKey, hands: Hands, aside: Aside) -> PostOffice:
    """Raises BadSettings: the key that mail is signed with cannot be used."""
    mail = settings.mail
    terms = MailOut(mail.domain, mail.reply_address, settings.web.base_url, mail.sender)
    return PostOffice(terms, installation, hands, aside, read_signing_key(mail.dkim))


def read_signing_key(named: SigningKey | None) -> Signer | None:
    """The key that mail is signed with, if there is one. Raises BadSettings."""
    if named is None:
        return None
    try:
        return read_signer(named.selector, read_file("QUIETLINE_DKIM", named.path))
    except ValueError as fault:
        raise BadSettings(f"QUIETLINE_DKIM: {named.path}: {fault}") from None
